"""A small institution with every kind of client, its figures built, for the tests of the exit pages."""

import datetime as dt

from clients.models import ImportBatch, Loan
from exits import actions
from tests.factories import ClientFactory, LoanFactory, OfficeFactory, OfficerFactory, ProductFactory

AS_OF = dt.date(2025, 12, 31)
DAY = dt.timedelta(days=1)


def repaid(client, start, end, **fields):
    return LoanFactory(client=client, disbursed_on=start, closed_on=end, status=Loan.Status.REPAID, **fields)


def written_off(client, start, end, **fields):
    status = Loan.Status.WRITTEN_OFF
    return LoanFactory(client=client, disbursed_on=start, written_off_on=end, status=status, **fields)


def built(as_of=AS_OF):
    """The figures of what is in the database, as of a day."""
    ImportBatch.objects.create(source="portfolio.xlsx", state=ImportBatch.State.DONE, data_as_of=as_of)
    actions.rebuild_spells(by=None)


def portfolio(office, far_office, officer=None, other_officer=None):
    """Clients of all kinds, in two offices and of two officers, in the year 2025; figures as of its end.

    `near` of `office` and `officer`: stays, left by choice, died, written off, resting, came back, overdue.
    `far` of `far_office`: two who stay and one who left.
    """
    officer, other_officer = officer or OfficerFactory(), other_officer or OfficerFactory()
    group, farm = ProductFactory(code="GRP", name="Group loan"), ProductFactory(code="FARM", name="Farm loan")
    near = {"office": office, "officer": officer}
    far = {"office": far_office, "officer": other_officer, "sex": "M", "area": "urban", "birth_date": None}

    stays = ClientFactory(external_id="STAYS", name="Rosa Mamani", **near)
    repaid(stays, dt.date(2024, 3, 1), dt.date(2025, 3, 1), product=group)
    LoanFactory(client=stays, disbursed_on=dt.date(2025, 3, 20), due_on=dt.date(2026, 3, 1), product=group)

    left = ClientFactory(external_id="LEFT", name="Ana Flores", **near)
    repaid(left, dt.date(2024, 3, 1), dt.date(2025, 2, 1), product=group)

    died = ClientFactory(
        external_id="DIED", name="Luz Rojas", status="deceased", status_on=dt.date(2025, 5, 5), **near
    )
    LoanFactory(client=died, disbursed_on=dt.date(2024, 8, 1), due_on=dt.date(2025, 8, 1), product=farm)

    lost = ClientFactory(external_id="LOST", name="Eva Quispe", **near)
    written_off(lost, dt.date(2024, 2, 1), dt.date(2025, 6, 1), product=farm)

    rests = ClientFactory(external_id="RESTS", name="Ines Huanca", **near)
    repaid(rests, dt.date(2025, 1, 15), dt.date(2025, 11, 15), product=group)

    back = ClientFactory(external_id="BACK", name="Julia Condori", **near)
    repaid(back, dt.date(2024, 1, 10), dt.date(2024, 6, 1), product=group)
    LoanFactory(client=back, disbursed_on=dt.date(2025, 4, 1), due_on=dt.date(2026, 4, 1), product=farm)

    overdue = ClientFactory(external_id="OVERDUE", name="Sara Choque", **near)
    LoanFactory(
        client=overdue,
        external_id="L-OVERDUE",
        disbursed_on=dt.date(2024, 1, 10),
        due_on=dt.date(2025, 1, 10),
        product=farm,
    )

    for number in range(2):
        client = ClientFactory(external_id=f"FAR{number}", **far)
        LoanFactory(
            client=client, disbursed_on=dt.date(2025, 2, 1), due_on=dt.date(2026, 2, 1), product=group
        )
    gone = ClientFactory(external_id="FARGONE", **far)
    repaid(gone, dt.date(2024, 5, 1), dt.date(2025, 8, 1), product=group)
    built()


def many(office, officer, number, product=None):
    """So many clients more, who left one after the other in 2025; for counting queries."""
    product = product or ProductFactory()
    for n in range(number):
        client = ClientFactory(office=office, officer=officer)
        repaid(client, dt.date(2024, 1, 1), dt.date(2025, 3, 1) + n * DAY, product=product)


def offices(number):
    return [OfficeFactory() for _ in range(number)]
