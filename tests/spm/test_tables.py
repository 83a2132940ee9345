"""One list of columns makes the table on the screen, its order, and the file."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db.models import Value
from django.db.models.functions import NullIf
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from spm import tables
from spm.models import Job
from spm.tables import Cell, Column

DAY = dt.date(2026, 11, 24)
PEOPLE = [("Ana", 3, DAY), ("Rosa", None, DAY), ("Luis", 12, None)]
COLUMNS = [
    Column(
        "Name", value=lambda row: row[0], cell=lambda row: Cell(row[0], url="/x/"), order=lambda row: row[0]
    ),
    Column("Loans", "count", value=lambda row: row[1], order=lambda row: row[1]),
    Column("Since", "date", value=lambda row: row[2]),
    Column("Secret", value=lambda row: row[0].lower(), on_screen=False),
]


def names(rows):
    return [row[0] for row in rows]


def test_the_screen_says_in_words_what_the_file_holds_as_values():
    shown = tables.on_screen(COLUMNS, PEOPLE)
    assert [column.label for column in shown["columns"]] == ["Name", "Loans", "Since"]
    assert list(shown["rows"])[1:] == [
        [Cell("Rosa", url="/x/"), Cell("–"), Cell("24 Nov 2026")],
        [Cell("Luis", url="/x/"), Cell("12"), Cell("–")],
    ]
    file = tables.as_file("People", COLUMNS, PEOPLE, [("Filter", "all")], filter_in_name="x")
    assert (file.name, file.about, file.filter_in_name) == ("People", [("Filter", "all")], "x")
    assert list(file.rows)[1:] == [("Rosa", None, DAY, "rosa"), ("Luis", 12, None, "luis")]


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [("number", -3, "−3"), ("number", -0.25, "−0.25"), ("number", -0.0, "0.0"), ("count", -1204, "−1,204")],
)
def test_below_zero_the_screen_has_a_minus_sign_and_the_file_the_number(kind, value, words):
    columns = [Column("Difference", kind, value=lambda row: row)]
    assert [
        list(tables.on_screen(columns, [value])["rows"]),
        list(tables.as_file("x", columns, [value]).rows),
    ] == [
        [[Cell(words)]],
        [(value,)],
    ]


def test_a_field_is_read_called_and_sorted_by_its_name():
    column = tables.field("Asked", "day.year", "number", on_screen=False)
    row = SimpleNamespace(day=DAY)
    assert (column.value(row), column.software_name, column.order) == (2026, "day.year", "day.year")
    assert tables.field("Loan", "day", code="date", value=str).value(DAY) == "2026-11-24"
    assert tables.field("Loan", "day", code="date").key == "date"


@pytest.mark.django_db
def test_a_table_sorts_only_where_it_is_given_an_order():
    def heads(sort):
        shown = tables.on_screen(COLUMNS, PEOPLE, sort)
        page = render_to_string("_components/table.html", shown, RequestFactory().get("/"))
        return page.count('class="sort"')

    assert (heads(None), heads("")) == (0, 2)


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (None, "count", "–"),
        ("", "text", "–"),
        (True, "text", "sí"),
        (1204, "count", "1.204"),
        (0.183, "share", "18,3\u202f%"),
        (90, "number", "90"),
        (DAY, "date", "24 nov 2026"),
        (dt.datetime(2026, 11, 24, 15, 30, tzinfo=dt.UTC), "date", "24 nov 2026, 15:30"),
    ],
)
def test_values_are_said_in_the_pages_language(value, kind, words, settings):
    settings.TIME_ZONE = "UTC"
    with translation.override("es"):
        assert tables.in_words(value, kind) == words


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["Ana", "Rosa", "Luis"]),
        ("name", ["Ana", "Luis", "Rosa"]),
        ("-name", ["Rosa", "Luis", "Ana"]),
        ("loans", ["Ana", "Luis", "Rosa"]),
        ("-loans", ["Luis", "Ana", "Rosa"]),
        ("since", ["Ana", "Rosa", "Luis"]),
        ("no-such-column", ["Ana", "Rosa", "Luis"]),
    ],
)
def test_rows_follow_the_column_asked_for_and_empty_ones_come_last(sort, order):
    assert names(tables.sorted_rows(PEOPLE, COLUMNS, sort)) == order


@pytest.mark.django_db
def test_the_database_sorts_alike_and_keeps_the_order_before_within_equals(manager):
    for work, message in (("a", ""), ("b", "x"), ("b", "y"), ("c", "")):
        Job.objects.create(work=work, message=message, by=manager)
    columns = [
        Column("Work", order="work"),
        Column("Message", order=NullIf("message", Value(""))),
        Column("Asked", "date"),
    ]

    def order(sort):
        found = tables.in_order(Job.objects.order_by("created_at"), columns, sort)
        return [f"{job.work}{job.message}" for job in found]

    assert {sort: order(sort) for sort in ("", "work", "-work", "message", "-message", "asked", "pk")} == {
        "": ["a", "bx", "by", "c"],
        "work": ["a", "bx", "by", "c"],
        "-work": ["c", "bx", "by", "a"],
        "message": ["bx", "by", "a", "c"],
        "-message": ["by", "bx", "a", "c"],
        "asked": ["a", "bx", "by", "c"],
        "pk": ["a", "bx", "by", "c"],
    }
    newest_first = tables.in_order(Job.objects.all(), columns, "work")
    assert [f"{job.work}{job.message}" for job in newest_first] == ["a", "by", "bx", "c"]
