"""The invented clients as portfolio files, the way a core banking system would export them."""

import csv
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from random import Random

from clients.demo.lives import Life, Loan, days
from clients.demo.market import BRANCHES, GROUP, HEAD, LOAN_PRODUCTS, REGIONS, SAVINGS

INTEREST = Decimal("1.18")
PAID_SINCE, SAVED_SINCE, MET_SINCE = days(2 * 365), days(550), days(365)
MONTH = days(30)

CLIENTS = (
    "client_id", "name", "office", "sex", "birth_date", "area", "officer", "group", "joined_on", "phone",
    "status", "status_on",
)  # fmt: skip
LOANS = (
    "loan_id", "client_id", "product", "principal", "disbursed_on", "due_on", "closed_on", "status",
    "written_off_on", "officer", "office", "group", "outstanding", "days_late",
)  # fmt: skip


def write_portfolio(folder: Path, lives: list[Life], rng: Random, end: dt.date) -> None:
    """All sheets as CSV files in ``folder``; nothing in them is later than ``end`` but due days."""
    numbered = list(enumerate(lives, start=1))
    loans = [(life, loan) for life in lives for loan in life.loans]
    ids = {id(life): client_id(number) for number, life in numbered}
    _write(folder, "offices", ("code", "name", "kind", "parent"), _offices())
    _write(folder, "products", ("code", "name", "kind"), _products())
    _write(folder, "clients", CLIENTS, (_client(ids[id(life)], life) for life in lives))
    repayments = {id(loan): list(_repayments(rng, loan, end)) for _life, loan in loans}
    rows = [
        _loan(f"L{number:06}", ids[id(life)], life, loan, repayments[id(loan)], end)
        for number, (life, loan) in enumerate(loans, start=1)
    ]
    _write(folder, "loans", LOANS, rows)
    paid = (
        (f"L{number:06}", on, amount, f"L{number:06}-{count:02}")
        for number, (_life, loan) in enumerate(loans, start=1)
        if loan.disbursed_on > end - PAID_SINCE or loan.ended_on is None
        for count, (on, amount) in enumerate(repayments[id(loan)], start=1)
    )
    _write(folder, "repayments", ("loan_id", "date", "amount", "repayment_id"), paid)
    accounts, movements = _savings(rng, numbered, end)
    columns = ("account_id", "client_id", "product", "opened_on", "closed_on", "balance")
    _write(folder, "savings", columns, accounts)
    _write(folder, "movements", ("movement_id", "account_id", "date", "amount", "by_client"), movements)
    meetings = [row for number, life in numbered for row in _meetings(rng, client_id(number), life, end)]
    _write(folder, "attendance", ("client_id", "date", "present"), meetings)


def write_passed_on(folder: Path, lives: list[Life], leaver: str, heirs: list[str]) -> None:
    """The clients of an officer who left, shared out among the colleagues: a second, small file."""
    passed = [
        (client_id(number), life.name, life.branch.code, heirs[number % len(heirs)])
        for number, life in enumerate(lives, start=1)
        if life.officer == leaver and any(loan.ended_on is None for loan in life.loans)
    ]
    _write(folder, "clients", ("client_id", "name", "office", "officer"), passed)


def client_id(number: int) -> str:
    return f"C{number:05}"


def _write(folder: Path, sheet: str, columns: Iterable[str], rows: Iterable[tuple]) -> None:
    with (folder / f"{sheet}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _offices() -> Iterable[tuple]:
    yield (*HEAD, "head", "")
    for code, name in REGIONS:
        yield code, name, "region", HEAD[0]
    for branch in BRANCHES:
        yield branch.code, branch.name, "branch", branch.region


def _products() -> Iterable[tuple]:
    for product in LOAN_PRODUCTS:
        yield product.code, product.name, "loan"
    yield (*SAVINGS, "savings")


def _client(number: str, life: Life) -> tuple:
    return (
        number, life.name, life.branch.code, life.sex, life.birth_date, life.area, life.officer, life.group,
        life.joined_on, life.phone, life.status, life.status_on or "",
    )  # fmt: skip


def _loan(number: str, client: str, life: Life, loan: Loan, paid: list, end: dt.date) -> tuple:
    status = "repaid" if loan.closed_on else "written_off" if loan.written_off_on else "open"
    group = life.group if loan.product is GROUP else ""
    outstanding, late = 0, 0
    if status == "open":
        principal_paid = sum(amount for _on, amount in paid) / INTEREST
        outstanding = max(loan.principal - principal_paid, Decimal(0)).quantize(Decimal("0.01"))
        late = max((end - loan.due_on).days, 0)
    return (
        number, client, loan.product.code, loan.principal, loan.disbursed_on, loan.due_on,
        loan.closed_on or "", status, loan.written_off_on or "", life.officer, life.branch.code, group,
        outstanding, late,
    )  # fmt: skip


def _repayments(rng: Random, loan: Loan, end: dt.date) -> Iterable[tuple[dt.date, Decimal]]:
    """Equal instalments every 30 days; whoever will not finish stops half-way."""
    count = max(loan.product.days // 30, 1)
    amount = (loan.principal * INTEREST / count).quantize(Decimal("0.01"))
    stops = rng.randint(1, count // 2) if loan.forgotten or loan.written_off_on else count
    last = loan.ended_on or end
    for number in range(1, stops + 1):
        on = loan.disbursed_on + number * MONTH + days(rng.uniform(-2, 6))
        if number == count and loan.closed_on:
            on = loan.closed_on
        if on > end or (on > last and not loan.closed_on):
            return
        yield min(on, last), amount


def _savings(rng: Random, numbered: list, end: dt.date) -> tuple[list, list]:
    """A third of the clients save, a little each month; interest comes by itself every quarter."""
    accounts, movements = [], []
    for number, life in numbered:
        if rng.random() > 0.34:
            continue
        account = f"A{number:05}"
        gone_on = _gone_on(life)
        made = list(_moves(rng, life, gone_on or end, end))
        balance = sum(amount for _on, amount, _by in made)
        closed_on = gone_on if gone_on and balance == 0 else ""
        accounts.append((account, client_id(number), SAVINGS[0], life.joined_on, closed_on, balance))
        movements += [
            (f"{account}-{count:03}", account, on, amount, by)
            for count, (on, amount, by) in enumerate(made, start=1)
        ]
    return accounts, movements


def _gone_on(life: Life) -> dt.date | None:
    if life.status_on:
        return life.status_on
    ends = [loan.ended_on for loan in life.loans]
    return None if None in ends else max(ends, default=None)


def _moves(rng: Random, life: Life, last: dt.date, end: dt.date) -> Iterable[tuple[dt.date, int, int]]:
    on = max(life.joined_on, end - SAVED_SINCE) + days(rng.uniform(1, 25))
    balance, month = 0, 0
    while on <= last:
        amount = rng.choice((10, 20, 20, 30, 50, 80))
        if balance > 150 and rng.random() < 0.25:
            amount = -rng.choice((50, 100, 150))
        balance += amount
        yield on, amount, 1
        month += 1
        if month % 3 == 0 and balance > 100:
            balance += 1
            yield on, 1, 0
        on += days(rng.uniform(22, 45))
    if balance and last < end:
        yield last, -balance, 1


def _meetings(rng: Random, number: str, life: Life, end: dt.date) -> Iterable[tuple]:
    """A group meets every 28 days, all its members on one day; whoever is about to go comes less."""
    if not life.group:
        return
    gone_on = _gone_on(life)
    offset = sum(map(ord, life.group)) % 28
    day = end - days((end.toordinal() - offset) % 28)
    while day > end - MET_SINCE:
        if day >= life.joined_on and (gone_on is None or day <= gone_on):
            leaves_soon = gone_on is not None and gone_on - day < days(150)
            yield number, day, int(rng.random() < (0.66 if leaves_soon else 0.9))
        day -= days(28)
