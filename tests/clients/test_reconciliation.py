"""What an import says of what was there before it, what it moved, and what was there afterwards."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import ImportBatch
from clients.queries.adding_up import TITLES, adds_up_words
from clients.queries.reconciliation import EVENTS, behind
from tests.clients.imported import take_in
from tests.clients.portfolio_files import client as client_row
from tests.clients.portfolio_files import loan, portfolio, write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """Writes sheets as CSV files and gives their folder."""
    made = iter(range(99))
    return lambda sheets, **how: write_csv(tmp_path / f"portfolio-{next(made)}", sheets, **how)


def second() -> dict:
    """After ``portfolio``: one loan ends, one goes on, one begins, one begins and ends, one opens again."""
    return {
        "clients": [client_row("C4"), client_row("C5")],
        "loans": [
            loan("L2", "C2", principal="750.50", closed_on="2025-03-05", status="repaid", outstanding="0"),
            loan("L4", "C4", outstanding="400.5"),
            loan("L5", "C4", closed_on="2024-06-01", status="repaid"),
            loan("L1", "C1", outstanding="30"),
        ],
    }


def test_clients_and_loans_add_up_from_before_to_after(folder):
    first = take_in(folder(portfolio()))["reconciliation"]
    assert first["clients"] == {"before": 0, "created": 3, "after": 3}
    assert first["loans"] == {"before": 0, "begun": 3, "reopened": 0, "ended": 2, "after": 1}

    report = take_in(folder(second()))["reconciliation"]
    assert report["clients"] == {"before": 3, "created": 2, "after": 5}
    assert report["loans"] == {"before": 1, "begun": 2, "reopened": 1, "ended": 2, "after": 2}
    assert report["outstanding"] == {
        "before": "120.2500",
        "begun": "400.5000",
        "reopened": "30.0000",
        "ended": "120.2500",
        "went_on": "0.0000",
        "after": "430.5000",
    }


def test_each_number_is_that_of_the_list_behind_it(folder, manager):
    take_in(folder(portfolio()))
    sheets = second()
    sheets["clients"].append(client_row("C6", joined_on="2999-01-01"))
    sheets["loans"] += [
        loan("L6", "C6", disbursed_on="2999-01-01"),
        loan("L7", "C5", disbursed_on="2024-03-01"),
        loan("L8", "C5", disbursed_on="2024-03-01"),
        loan("L9", "C5", disbursed_on="2024-04-01", product="OTHER"),
    ]
    sheets["repayments"] = [{"loan_id": "L9", "date": "2999-01-01", "amount": "1", "repayment_id": "R9"}]
    report = take_in(folder(sheets))["reconciliation"]
    batch = ImportBatch.objects.latest("pk")

    assert report["odd"] == {
        "overlaps": 2,
        "no-outstanding": 4,
        "future-client-joined_on": 1,
        "future-loan-disbursed_on": 1,
        "future-repayment-on": 1,
    }
    counts = report["odd"] | {
        "clients-new": report["clients"]["created"],
        "loans-begun": report["loans"]["begun"],
        "loans-reopened": report["loans"]["reopened"],
        "loans-ended": report["loans"]["ended"],
    }
    assert {what: behind(batch, what, manager).count() for what in counts} == counts
    assert [loan.external_id for loan in behind(batch, "overlaps", manager)] == ["L5", "L8"]
    said = adds_up_words({"reconciliation": report})
    assert said == "What was there before, with what came and went, is what was there afterwards."
    report["clients"]["before"] += 1
    assert adds_up_words({"reconciliation": report}).startswith("The numbers do not agree")


def test_a_loan_that_begins_the_day_another_ends_is_not_odd(folder, manager):
    sheets = portfolio()
    sheets["loans"].append(loan("L10", "C1", disbursed_on="2024-12-20"))
    take_in(folder(sheets))
    assert list(behind(ImportBatch.objects.get(), "overlaps", manager)) == []
    take_in(folder({"loans": [loan("L10", "C1", disbursed_on="2024-12-19")]}))
    (odd,) = behind(ImportBatch.objects.latest("pk"), "overlaps", manager)
    assert odd.external_id == "L10"


def test_every_day_of_an_event_has_a_title_for_its_list():
    events = {f"future-{name}-{field}" for name, (_model, _way, fields) in EVENTS.items() for field in fields}
    assert {what for what in TITLES if what.startswith("future-")} == events


def page_of(client, what):
    address = reverse("clients:import-behind", args=[ImportBatch.objects.latest("pk").pk])
    return client.get(address, {"count": what})


@pytest.mark.parametrize("what", list(TITLES))
def test_every_list_opens(folder, client, manager, what):
    take_in(folder(portfolio()))
    client.force_login(manager)
    assert page_of(client, what).status_code == 200


def test_what_is_no_number_is_not_found(folder, client, manager):
    take_in(folder(portfolio()))
    client.force_login(manager)
    asked = ["nothing", "future-client-name", "future-nobody-on"]
    assert [page_of(client, what).status_code for what in asked] == [404, 404, 404]


def test_the_report_shows_what_came_and_went_with_the_lists_behind(folder, client, manager, admin):
    take_in(folder(portfolio()))
    batch = ImportBatch.objects.get()
    client.force_login(manager)
    page = client.get(batch.get_absolute_url()).text
    assert "Does it add up?" in page
    assert f"/clients/imports/{batch.pk}/behind/?count=loans-ended" in page
    assert "María Peña" in page_of(client, "clients-new").text

    client.force_login(admin)
    masked = page_of(client, "clients-new").text
    assert ("María" in masked, "M••• P•••" in masked) == (False, True)


def test_a_list_asks_as_many_queries_for_one_row_as_for_three(folder, client, manager):
    client.force_login(manager)
    take_in(folder({"clients": [client_row("C1")], "loans": [loan()]}))
    page_of(client, "loans-begun")
    with CaptureQueriesContext(connection) as one:
        page_of(client, "loans-begun")
    take_in(folder(portfolio() | {"loans": [loan(f"N{n}", "C1") for n in range(3)]}))
    with CaptureQueriesContext(connection) as three:
        assert page_of(client, "loans-begun").context["paginator"].count == 3
    assert len(three) == len(one)
