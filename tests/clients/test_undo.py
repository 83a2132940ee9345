"""An import taken back leaves the records as they were."""

import datetime as dt
import os
import tempfile
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from clients import actions
from clients.actions.changes import RECORDED
from clients.actions.people import identify_officer
from clients.actions.roles import grant_role
from clients.models import BeforeImage, Client, ImportBatch, Loan, Office, Officer
from exits.models import Spell
from spm import jobs
from spm.models import Job
from tests.clients.imported import forget_everything, take_in
from tests.clients.portfolio_files import client, loan, portfolio, write_csv
from tests.clients.test_import_parts import SLOW_IS_FINE, portfolios
from tests.exported import exported
from tests.factories import LoanFactory

pytestmark = pytest.mark.django_db
EXAMPLES = max(4, round(40 * float(os.environ.get("SPM_EXAMPLES", "1"))))
State = ImportBatch.State


@pytest.fixture
def folder(tmp_path):
    """Writes sheets as CSV files and gives their folder."""
    made = iter(range(99))
    return lambda sheets, **how: write_csv(tmp_path / f"portfolio-{next(made)}", sheets, **how)


def digest() -> dict:
    """Every record to the last column, its primary key included."""
    return {name: list(model.objects.order_by("pk").values()) for name, model in RECORDED.items()}


def latest() -> ImportBatch:
    return ImportBatch.objects.filter(state=State.DONE).latest("pk")


def undo(batch=None) -> ImportBatch:
    return actions.undo_import(batch=batch or latest(), by=None)


def refusal(batch) -> list[str]:
    before = digest()
    with pytest.raises(ValidationError) as refused:
        undo(batch)
    assert digest() == before
    return refused.value.messages


def test_undoing_the_first_import_leaves_what_was_before_it(folder):
    before = digest()
    take_in(folder(portfolio()))
    batch = undo()

    assert digest() == before
    assert (batch.state, BeforeImage.objects.count()) == (State.UNDONE, 0)


@st.composite
def whole_portfolios(draw) -> dict:
    """Random portfolios with everything that an import may write, often with a head office of its own."""
    sheets = draw(portfolios())
    kinds = st.sampled_from(["region", "branch"])
    if draw(st.booleans()):
        north = {"code": "N", "name": draw(st.sampled_from(["Norte", "North"])), "kind": draw(kinds)}
        sheets["offices"] = [{"code": "HQ", "name": "Casa matriz", "kind": "head"}, north]
    if draw(st.booleans()):
        sheets["products"] = [{"code": "CAPITAL", "name": draw(st.sampled_from(["Capital", "Otro"]))}]
    for number, row in enumerate(sheets["clients"]):
        account = {"account_id": f"A{number}", "client_id": row["client_id"], "product": "AHORRO"}
        balance = str(draw(st.decimals(0, 99, places=2)))
        sheets.setdefault("savings", []).append({**account, "opened_on": "2024-01-05", "balance": balance})
        moved = {"movement_id": f"M{number}", "account_id": f"A{number}", "date": "2024-02-01"}
        by_client = draw(st.sampled_from(["0", "1"]))
        sheets.setdefault("movements", []).append({**moved, "amount": "5", "by_client": by_client})
        sheets["attendance"][number]["present"] = draw(st.sampled_from(["0", "1"]))
    return sheets


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW_IS_FINE)
@given(first=whole_portfolios(), second=whole_portfolios())
def test_undoing_the_second_leaves_exactly_the_first(db, first, second):
    forget_everything()
    empty = digest()
    with tempfile.TemporaryDirectory() as path:
        take_in(write_csv(Path(path, "first"), first))
        after_first, one = digest(), latest()
        take_in(write_csv(Path(path, "second"), second))
        two = latest()
        if two.changes:
            undo(two)
            assert digest() == after_first
            undo(two)
        assert digest() == after_first
        undo(one)
        assert digest() == empty


def test_an_import_that_a_newer_one_changed_waits_for_that_one_to_go_first(folder):
    sheets = portfolio()
    take_in(folder(sheets))
    first = latest()
    sheets["loans"][1]["outstanding"] = "60"
    take_in(folder(sheets))
    newer = latest()

    (why,) = refusal(first)
    assert why == (
        f"“{newer.source}”, imported later, has changed some of the same records. Take that one back first."
    )
    undo(newer)
    undo(first)
    assert Loan.objects.count() == 0


def test_what_hangs_on_a_new_record_keeps_the_import(folder, manager):
    take_in(folder(portfolio()))
    LoanFactory(client=Client.objects.get(external_id="C2"))
    grant_role(
        user=manager,
        role="manager",
        office=Office.objects.get(code="NORTE"),
        valid_from=dt.date(2025, 1, 1),
        by=None,
    )

    assert refusal(latest()) == [
        "Something newer refers to what this import made (Offices): roles of people.",
        "Something newer refers to what this import made (Clients): Loans.",
    ]


def test_what_somebody_changed_by_hand_keeps_the_import(folder, nobody):
    take_in(folder(portfolio()))
    identify_officer(officer=Officer.objects.get(code="ANA"), name="Ana Quispe", user=nobody, by=None)

    assert refusal(latest()) == ["Changed since in another way: Officers (1)."]


def test_an_import_that_changed_nothing_has_nothing_to_undo(folder):
    take_in(folder(portfolio()))
    take_in(folder(portfolio()))

    assert refusal(latest()) == ["This import changed nothing, or what it changed was not noted."]
    assert BeforeImage.objects.count() == 0


def test_what_stood_before_an_import_is_forgotten_after_thirty_days(folder):
    sheets = portfolio()
    take_in(folder(sheets))
    sheets["clients"][0]["name"] = "Eva"
    take_in(folder(sheets))
    batch = latest()
    sent = timezone.now() - dt.timedelta(days=29)
    ImportBatch.objects.update(finished_at=sent)
    actions.sweep_uploads()
    assert BeforeImage.objects.count() == 1
    ImportBatch.objects.update(finished_at=sent - dt.timedelta(days=2))
    actions.sweep_uploads()

    assert BeforeImage.objects.count() == 0
    assert refusal(batch) == ["What stood before this import is not kept (any more)."]


def test_an_office_that_became_the_head_office_is_a_branch_again(folder):
    sheets = portfolio()
    del sheets["offices"]
    sheets["clients"][0]["office"] = "HQ"
    take_in(folder(sheets))
    before = digest()
    take_in(folder(portfolio()))
    assert Office.head().code == "HQ"

    undo()
    assert digest() == before


def test_roles_that_moved_to_the_head_office_keep_the_import(folder, nobody):
    sheets = portfolio()
    del sheets["offices"]
    sheets["clients"][0]["office"] = "HQ"
    take_in(folder(sheets))
    branch = Office.objects.get(code="HQ")
    grant_role(user=nobody, role="manager", office=branch, valid_from=dt.date(2025, 1, 1), by=None)
    take_in(folder(portfolio()))

    assert refusal(latest()) == ["What stood before this import is not kept (any more)."]


def test_spells_are_those_of_the_records_again(folder, run_jobs, manager, settings):
    def spells():
        run_jobs()
        return list(Spell.objects.order_by("client", "start").values("client", "start", "left_on", "loans"))

    take_in(folder(portfolio()))
    jobs.enqueue("exits.rebuild_spells", by=None)
    before = spells()
    take_in(folder({"clients": [client("C9")], "loans": [loan("L9", "C9"), loan("L1", "C1")]}))
    jobs.enqueue("exits.rebuild_spells", by=None)
    assert len(spells()) == len(before) + 1

    assert actions.ask_undo_import(batch=latest(), by=manager)
    assert spells() == before
    asked = [job.work for job in Job.objects.order_by("created_at")]
    assert asked[asked.index("clients.undo_import") :] == ["clients.undo_import", *settings.AFTER_IMPORT]


def test_the_page_asks_first_and_says_what_will_happen(client, manager, folder, run_jobs, settings):
    settings.AFTER_IMPORT = []
    client_page = client
    take_in(folder(portfolio()))
    batch = latest()
    client_page.force_login(manager)
    ask = reverse("clients:import-undo", args=[batch.pk])
    assert ask in client_page.get(batch.get_absolute_url()).text

    page = client_page.get(ask)
    shown = [tuple(cell.text for cell in row) for row in page.context["undoing"]["rows"]]
    assert shown == [tuple(row.values()) for row in exported(client_page, ask)]
    assert {records: (int(removed), int(put_back)) for records, removed, put_back in shown} == {
        "Offices": (2, 1),
        "Products": (2, 0),
        "Officers": (1, 0),
        "Groups": (1, 0),
        "Clients": (3, 0),
        "Loans": (3, 0),
        "Repayments": (2, 0),
        "Savings accounts": (1, 0),
        "Savings movements": (2, 0),
        "Attendance": (1, 0),
        "Moves of clients": (3, 0),
    }
    assert Client.objects.count() == 3

    client_page.post(ask)
    assert "Waiting to start." in client_page.get(batch.get_absolute_url()).text
    run_jobs()
    assert "This import was taken back." in client_page.get(batch.get_absolute_url()).text
    assert Client.objects.count() == 0
    assert client_page.get(ask).status_code == 404


def test_a_refusal_found_while_undoing_is_told_on_the_import(client, manager, folder, run_jobs):
    take_in(folder(portfolio()))
    batch = latest()
    LoanFactory(client=Client.objects.get(external_id="C2"))
    client.force_login(manager)
    client.post(reverse("clients:import-undo", args=[batch.pk]))
    run_jobs()

    page = client.get(batch.get_absolute_url()).text
    assert "Something newer refers to what this import made (Clients): Loans." in page
    with translation.override("es"):
        assert Job.objects.get().error_words == (
            "Algo más reciente se refiere a lo que creó esta importación (Clientes): Préstamos."
        )
    assert Client.objects.count() == 3
