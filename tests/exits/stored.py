"""A random portfolio written into the database, as an import would leave it."""

import datetime as dt

from clients.models import (
    Client,
    Group,
    ImportBatch,
    Loan,
    Office,
    Officer,
    Product,
    SavingsAccount,
    SavingsMovement,
)
from exits.models import ExitDefinition
from tests.exits.portfolios import LOAN_PRODUCTS, SAVINGS_PRODUCTS


def store(portfolio):
    """Write the rows; offices `NORTH-1` and `SOUTH-1` lie below regions of their own."""
    office = offices()
    product = {
        code: Product.objects.get_or_create(code=code, defaults={"name": code.title(), "kind": kind})[0]
        for kind, codes in (("loan", LOAN_PRODUCTS), ("savings", SAVINGS_PRODUCTS))
        for code in codes
    }
    officer = named(Officer, ["ANA", "BEN", "EVA"])
    group = named(Group, ["SOL", "LUNA"])
    people = Client.objects.bulk_create(
        Client(
            external_id=row["client_id"],
            name=row["name"],
            search_name=row["name"].casefold(),
            office=office[row["office"]],
            officer=officer.get(row["officer"]),
            group=group.get(row["group"]),
            sex=row["sex"],
            birth_date=row["birth_date"],
            area=row["area"],
            status=row["status"],
            status_on=row["status_on"],
        )
        for row in portfolio.clients
    )
    client = {person.external_id: person for person in people}
    Loan.objects.bulk_create(
        Loan(
            external_id=row["loan_id"],
            client=client[row["client_id"]],
            product=product[row["product"]],
            principal=100,
            disbursed_on=row["disbursed_on"],
            closed_on=row["closed_on"],
            written_off_on=row["written_off_on"],
            status=status(row),
            officer=officer.get(row["officer"]),
            group=group.get(row["group"]),
        )
        for row in portfolio.loans
    )
    store_movements(portfolio, client, product)


def store_movements(portfolio, client, product):
    rows = {row["account_id"]: row for row in portfolio.movements}
    accounts = SavingsAccount.objects.bulk_create(
        SavingsAccount(
            external_id=name,
            client=client[row["client_id"]],
            product=product[row["product"]],
            opened_on=dt.date(2020, 1, 1),
        )
        for name, row in rows.items()
    )
    account = {found.external_id: found for found in accounts}
    SavingsMovement.objects.bulk_create(
        SavingsMovement(
            external_id=row["movement_id"],
            account=account[row["account_id"]],
            on=row["date"],
            amount=5,
            by_client=row["by_client"],
        )
        for row in portfolio.movements
    )


def offices():
    head = Office.head()
    found = {}
    for region in ("NORTH", "SOUTH"):
        parent, _ = Office.objects.get_or_create(
            code=region, defaults={"name": region.title(), "kind": Office.Kind.REGION, "parent": head}
        )
        code = f"{region}-1"
        found[code], _ = Office.objects.get_or_create(code=code, defaults={"name": code, "parent": parent})
    return found


def named(model, codes):
    return {
        code: model.objects.get_or_create(code=code, defaults={"name": code.title()})[0] for code in codes
    }


def status(loan):
    if loan["written_off_on"]:
        return Loan.Status.WRITTEN_OFF
    return Loan.Status.REPAID if loan["closed_on"] else Loan.Status.OPEN


def define(portfolio, starts_on=dt.date(2020, 1, 1)):
    """The portfolio's windows, stored as the definition in force."""
    window = portfolio.window
    general = window if isinstance(window, int) else window[None]
    own = {} if isinstance(window, int) else {name: days for name, days in window.items() if name}
    return ExitDefinition.objects.create(
        starts_on=starts_on, window=general, product_windows=own, counts_savings=portfolio.savings
    )


def imported_on(day):
    """A finished import whose data reach to a day."""
    return ImportBatch.objects.create(source="portfolio", state=ImportBatch.State.DONE, data_as_of=day)
