"""What the records know of a stay that ended, which nobody is asked again."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from clients.models import Loan, Repayment, SavingsAccount, SavingsMovement
from exits.models import ExitInterview, Spell
from exits.queries.interviews import ToAsk, about_interview
from exits.queries.of_record import record_facts, with_record
from tests.exits import pages
from tests.exits.asked import LEFT, interview, leaver
from tests.exported import exported
from tests.factories import ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]
DAY = dt.timedelta(days=1)


def saves(client, *moves, closed_on=None):
    """An account with these (days since leaving, amount, by the client)."""
    account = SavingsAccount.objects.create(
        client=client,
        external_id=f"S{SavingsAccount.objects.count()}",
        product=ProductFactory(kind="savings"),
        opened_on=dt.date(2020, 1, 1),
        closed_on=closed_on,
        balance=sum(amount for _days, amount, _by in moves),
    )
    SavingsMovement.objects.bulk_create(
        SavingsMovement(
            account=account, external_id=f"{account}-{n}", on=LEFT + days * DAY, amount=amount, by_client=by
        )
        for n, (days, amount, by) in enumerate(moves)
    )


def paid(client, *payments):
    loan = Loan.objects.get(client=client)
    Repayment.objects.bulk_create(
        Repayment(loan=loan, external_id=f"{loan}-{n}", on=LEFT + days * DAY, amount=amount)
        for n, (days, amount) in enumerate(payments)
    )


@pytest.fixture
def rosa(office):
    """Paid late and at last 120, took 150 out of two accounts, and has 30 left there."""
    rosa = leaver(office, external_id="ROSA")
    Loan.objects.filter(client=rosa).update(due_on=LEFT - 12 * DAY)
    paid(rosa, (-30, 80), (0, 120))
    # What was taken out before the last loan, and what we took as a fee, is not counted.
    saves(rosa, (-700, 400, True), (-600, -100, True), (-3, -100, True), (-2, -200, False))
    saves(rosa, (-100, 80, True), (-1, -50, True))
    pages.built()
    return rosa


def stay(client):
    return with_record(Spell.objects.filter(client=client)).get()


def test_the_last_loan_its_last_payment_and_the_savings_are_known_from_the_records(rosa):
    assert record_facts(stay(rosa)) == [
        ("Last loan", "Repaid on 1 Mar 2025, 12 days late"),
        ("Last payment on it", "$120.00 on 1 Mar 2025"),
        ("Savings taken out since that loan", "$150.00"),
        ("Savings still here", "$30.00"),
    ]


def test_what_is_not_known_is_not_said_and_no_savings_are_not_zero(office):
    known = leaver(office)
    Loan.objects.update(due_on=LEFT + DAY)
    pages.built()
    assert [said for _label, said in record_facts(stay(known))] == ["Repaid on 1 Mar 2025", "", "", ""]


def test_a_loan_written_off_is_as_late_as_core_banking_says(office):
    lost = leaver(office)
    Loan.objects.filter(client=lost).update(
        status="written_off", written_off_on=LEFT, closed_on=None, days_late=91, due_on=LEFT - 500 * DAY
    )
    pages.built()
    assert record_facts(stay(lost))[0][1] == "Written off on 1 Mar 2025, 91 days late"


def test_whoever_asks_is_shown_it_beside_the_form(rosa, manager, client):
    asked = about_interview(ToAsk(rosa, Spell.objects.get().start), manager)
    assert dict(asked.facts)["Last payment on it"] == "$120.00 on 1 Mar 2025"
    client.force_login(manager)
    page = client.get(reverse("exits:interview-add"), {"client": "ROSA"})
    assert "Repaid on 1 Mar 2025, 12 days late" in page.text


def test_the_file_and_the_page_of_an_interview_have_it(rosa, manager, client):
    row = interview(rosa, "delay", paid_with="sold", savings_use="loan", complaint="x", complaint_on=True)
    client.force_login(manager)
    (line,) = exported(client, reverse("exits:interview-list"))
    assert [line[name] for name in ("loan_status", "loan_due_on", "loan_closed_on", "last_paid_on")] == [
        *("Repaid", "2025-02-17", "2025-03-01", "2025-03-01")
    ]
    assert [Decimal(line[name]) for name in ("last_paid", "saved_out", "saved_here")] == [120, 150, 30]
    assert [line[name] for name in ("paid_with", "savings_use", "complaint_on")] == [
        *("By selling something", "To pay back the loan", "1")
    ]
    page = client.get(reverse("exits:interview-detail", args=[row.pk]))
    facts = dict(page.context["of_record"])
    assert (facts["Last payment"], facts["Savings still here"]) == ("$120.00", "$30.00")
    assert "The person wishes the complaint to be handed on." in page.text


def test_whoever_asked_out_of_reach_sees_none_of_it_afterwards(rosa, other_officer, client):
    row = interview(rosa, "delay", by=other_officer)
    assert ExitInterview.objects.visible_to(other_officer).get() == row
    client.force_login(other_officer)
    page = client.get(reverse("exits:interview-detail", args=[row.pk]))
    assert (page.context["of_record"], "What the records know" in page.text) == ([], False)
