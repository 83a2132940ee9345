"""Many rows into a table at once: values arrive as they are, what is there is changed, constraints hold."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import BinaryField
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from clients.models import Client, Group, Loan
from spm import bulk
from spm.bulk import put
from spm.models import Job
from tests.factories import ClientFactory, GroupFactory, LoanFactory, OfficeFactory, ProductFactory

TEXTS = [
    *("", " ", "\\", "\\N", "\\.", "\t", "a\tb", "line\nline", "line\r\nline", '"', "'", "a,b", "%s", "NULL"),
    *("Nuñez Ñandú", "日本", "🌱", "\x01", "\\\\N", "end\\"),
]


def groups():
    return list(Group.objects.order_by("code").values_list("code", "name"))


def test_each_text_arrives_as_it_is(db):
    codes = [f"G{number:02}" for number in range(len(TEXTS))]
    put(Group, ["code", "name"], [codes, TEXTS])
    assert groups() == list(zip(codes, TEXTS, strict=True))


@example(["\\N", "\t", "\n"])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)))
def test_no_text_reads_as_a_sign_of_copy(texts):
    lines = bulk.escaped(texts)
    assert [line.count(sign) for line in lines for sign in "\t\n\r"] == [0] * 3 * len(texts)
    assert [read(line) for line in lines] == texts


def read(line):
    """The text behind a value in PostgreSQL's COPY, by its manual."""
    signs = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
    letters = iter(line)
    return "".join(signs[next(letters)] if letter == "\\" else letter for letter in letters)


def test_nothing_is_told_from_an_empty_text():
    assert bulk.escaped(["", None, "\\N"]) == ["", "\\N", "\\\\N"]


def test_each_kind_of_value_arrives_as_the_model_gives_it_back(db):
    client, product, group = ClientFactory(), ProductFactory(), GroupFactory()
    day = dt.date(2024, 2, 29)
    rows = [
        ("L1", client.pk, product.pk, Decimal("1234567.8901"), day, None, group.pk, 12),
        ("L2", client.pk, product.pk, Decimal("0.0000"), "2024-03-01", day, None, None),
    ]
    names = ["external_id", "client", "product", "principal", "disbursed_on", "due_on", "group", "days_late"]
    put(Loan, [*names, "status"], [*zip(*rows, strict=True), ["open", "open"]])
    fields = [Loan._meta.get_field(name).attname for name in names]
    found = list(Loan.objects.order_by("external_id").values_list(*fields))
    assert found == [rows[0], (*rows[1][:4], dt.date(2024, 3, 1), *rows[1][5:])]


def test_times_truth_and_nested_values_arrive_too(db):
    moment = timezone.now()
    saved = Job.objects.create(
        work="spm.a",
        arguments={"n": [1, None, "ñ\n\\"]},
        cancel_asked=True,
        created_at=moment,
        heartbeat=moment,
    )
    fields = [field for field in Job._meta.concrete_fields if field.name != "id"]
    copied = Job().pk
    put(
        Job,
        ["id", *(field.name for field in fields)],
        [[copied], *([getattr(saved, field.attname)] for field in fields)],
    )
    names = [field.attname for field in fields]
    assert (
        Job.objects.filter(pk=copied).values_list(*names).get()
        == Job.objects.filter(pk=saved.pk).values_list(*names).get()
    )


def test_rows_whose_keys_are_there_are_changed_in_the_columns_named_and_the_others_inserted(db):
    client, other = ClientFactory(), ClientFactory()
    there = LoanFactory(external_id="L1", client=client, principal=500, days_late=3)
    columns = [
        ["L1", "L2"],
        [other.pk, other.pk],
        [there.product_id] * 2,
        [Decimal(700), Decimal(800)],
        [there.disbursed_on] * 2,
        ["open"] * 2,
        [9, 9],
    ]
    names = ["external_id", "client", "product", "principal", "disbursed_on", "status", "days_late"]
    put(Loan, names, columns, keys=["external_id"], changed=["principal", "client"])
    found = list(
        Loan.objects.order_by("external_id").values_list("external_id", "client", "principal", "days_late")
    )
    assert found == [("L1", other.pk, 700, 3), ("L2", other.pk, 800, 9)]
    assert Loan.objects.get(external_id="L1").pk == there.pk


def test_rows_may_be_changed_twice_in_one_transaction(db):
    for name in ("once", "twice"):
        put(Group, ["code", "name"], [["G1"], [name]], keys=["code"], changed=["name"])
    assert groups() == [("G1", "twice")]


def test_no_rows_are_no_rows(db):
    put(Group, ["code", "name"], [[], []])
    put(Group, ["code", "name"], [[], []], keys=["code"], changed=["name"])
    assert groups() == []


def test_more_rows_than_go_at_a_time_arrive_in_their_order(db, monkeypatch):
    monkeypatch.setattr(bulk, "PIECE", 3)
    codes = [f"G{number}" for number in range(8)]
    put(Group, ["code", "name"], [codes, codes])
    assert list(Group.objects.order_by("pk").values_list("code", flat=True)) == codes


@pytest.mark.parametrize("upsert", [{}, {"keys": ["external_id"], "changed": ["name"]}])
def test_what_a_constraint_forbids_is_refused_and_nothing_is_written(upsert, db):
    office = OfficeFactory()
    names = ["external_id", "name", "office", "sex"]
    with pytest.raises(IntegrityError), transaction.atomic():
        put(Client, names, [["C1", "C2"], ["a", "b"], [office.pk, None], ["F", "F"]], **upsert)
    assert Client.objects.count() == 0
    put(Group, ["code", "name"], [["G1"], ["a"]], keys=["code"], changed=["name"])
    assert groups() == [("G1", "a")]


def test_columns_of_unequal_length_are_refused_and_nothing_is_written(db):
    with pytest.raises(ValueError, match="unequal"), transaction.atomic():
        put(Group, ["code", "name"], [["G1", "G2"], ["a"]])
    assert groups() == []


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's columns hold anything")
@pytest.mark.parametrize("text", ["a" * 101, "nul \0"])
def test_what_a_column_cannot_hold_is_refused(text, db):
    with pytest.raises(DataError), transaction.atomic():
        put(Group, ["code", "name"], [[text], ["a"]])
    assert groups() == []


def test_bytes_are_refused():
    with pytest.raises(TypeError):
        bulk.stored(BinaryField(), [b"\0"])
