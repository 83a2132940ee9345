"""One invented client after the other: how they came, borrowed, paid, saved, and went."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from clients.demo.market import (
    BRANCHES,
    BUSINESS,
    COMING,
    GROUP,
    HARVEST,
    HOME,
    LEAVING,
    Branch,
    Product,
    officer_code,
)
from clients.demo.names import GROUPS, person

YEARS = 5.4
# The share of clients who leave in a year where nothing speaks for or against it.
LEAVE_IN_A_YEAR = 0.255
COME_BACK, OVERLAP, WRITE_OFF, EXPEL = 0.16, 0.06, 0.014, 0.006
DIE_IN_A_YEAR = 0.005
FORGOTTEN = 0.002  # loans open long after they were due, without a payment: nobody closed them


@dataclass
class Loan:
    product: Product
    principal: int
    disbursed_on: dt.date
    due_on: dt.date
    closed_on: dt.date | None = None
    written_off_on: dt.date | None = None
    forgotten: bool = False

    @property
    def ended_on(self) -> dt.date | None:
        return self.closed_on or self.written_off_on


@dataclass
class Life:
    name: str
    sex: str
    birth_date: dt.date
    branch: Branch
    officer: str
    area: str
    group: str
    joined_on: dt.date
    phone: str
    status: str = "active"
    status_on: dt.date | None = None
    loans: list[Loan] = field(default_factory=list)


def days(number: float) -> dt.timedelta:
    return dt.timedelta(days=round(number))


def lives(count: int, rng: Random, end: dt.date) -> list[Life]:
    """``count`` clients in the order of their coming, as known at the end of the day ``end``."""
    comings = sorted(_coming(rng, end) for _number in range(count))
    return [_live(rng, number, day, end) for number, day in enumerate(comings, start=1)]


def _coming(rng: Random, end: dt.date) -> dt.date:
    """Some were there at the beginning; of the others more come in some months than in others."""
    start = end - days(365.25 * YEARS)
    if rng.random() < 0.27:
        return start + days(rng.uniform(0, 130))
    while True:
        day = start + days(rng.uniform(100, 365.25 * YEARS - 1))
        if rng.random() < COMING[day.month] / 1.3:
            return day


def _live(rng: Random, number: int, joined_on: dt.date, end: dt.date) -> Life:
    (branch,) = rng.choices(BRANCHES, [branch.weight for branch in BRANCHES])
    sex = "F" if rng.random() < 0.68 else "M"
    area = "rural" if rng.random() < branch.rural else "urban"
    life = Life(
        name=person(rng, sex),
        sex=sex,
        birth_date=joined_on - days(365.25 * min(19 + rng.expovariate(1 / 16), 68)),
        branch=branch,
        officer=officer_code(branch, rng.randint(1, len(branch.officers))),
        area=area if rng.random() < 0.97 else "",
        group="",
        joined_on=joined_on,
        phone=f"000-{number // 1000:03}-{number % 1000:03}" if rng.random() < 0.85 else "",
    )
    product = _first_product(rng, life)
    if product is GROUP:
        life.group = f"{rng.choice(GROUPS)} ({branch.code} {rng.randint(1, 3)})"
    _borrow(rng, life, product, end)
    _die(rng, life, end)
    return life


def _first_product(rng: Random, life: Life) -> Product:
    usual = (0.45, 0.3, 0.25) if life.area == "rural" else (0.42, 0.58, 0.0)
    (product,) = rng.choices((GROUP, BUSINESS, HARVEST), usual)
    return product


def _borrow(rng: Random, life: Life, product: Product, end: dt.date) -> None:
    """Loan after loan, until the client leaves for good or the data end."""
    day = life.joined_on + days(rng.uniform(0, 20))
    while day <= end:
        loan = _lend(rng, life, product, day, end)
        life.loans.append(loan)
        if loan.ended_on is None:
            return
        if rng.random() < EXPEL:
            life.status, life.status_on = "expelled", loan.ended_on
            return
        gap = _gap(rng, life, loan)
        if gap is None:
            return
        day = max(loan.ended_on + days(gap), loan.disbursed_on + days(30))
        product = _next_product(rng, life, product)


def _lend(rng: Random, life: Life, product: Product, day: dt.date, end: dt.date) -> Loan:
    growth = 1.22 ** min(len(life.loans), 6)
    principal = round(product.first_principal * growth * rng.uniform(0.6, 1.4) / 100) * 100
    loan = Loan(product, principal, day, _workday(day + days(product.days), end))
    if day < end - days(product.days + 260) and rng.random() < FORGOTTEN:
        loan.forgotten = True
        return loan
    if rng.random() < WRITE_OFF * life.branch.leaves:
        written_off_on = loan.due_on + days(rng.uniform(90, 180))
        loan.written_off_on = written_off_on if written_off_on <= end else None
        return loan
    closed_on = loan.due_on + days(_delay(rng, product))
    loan.closed_on = closed_on if closed_on <= end else None
    return loan


def _workday(day: dt.date, end: dt.date) -> dt.date:
    """Nothing falls due on a Sunday, nor between the data and today, so that ``end`` is the data's day."""
    while day.weekday() == 6 or end < day <= end + days(4):
        day += days(1)
    return day


def _delay(rng: Random, product: Product) -> float:
    """Days between the due day and the repayment: most pay within days, some early, some late."""
    draw = rng.random()
    if draw < 0.16:
        return -rng.uniform(0.1, 0.35) * product.days
    if draw < 0.3:
        return rng.uniform(5, 60)
    return rng.uniform(-4, 3)


def _gap(rng: Random, life: Life, loan: Loan) -> float | None:
    """Days to the next loan, None where none follows. Long gaps are clients who left and came back."""
    cycle = len(life.loans)
    after = {1: 1.15, 2: life.branch.second, 3: 0.85}.get(cycle, 0.65)
    chance = LEAVE_IN_A_YEAR * loan.product.days / 365 * life.branch.leaves * after
    chance *= LEAVING[loan.ended_on.month]
    if loan.written_off_on:
        return None
    if rng.random() < chance:
        return rng.uniform(110, 600) if rng.random() < COME_BACK else None
    if rng.random() < OVERLAP:
        return -rng.uniform(5, 25)
    return rng.choices((rng.uniform(0, 9), rng.uniform(9, 60), rng.uniform(60, 89)), (0.72, 0.23, 0.05))[0]


def _next_product(rng: Random, life: Life, product: Product) -> Product:
    if len(life.loans) >= 3 and product is not HOME and rng.random() < 0.1:
        return HOME
    if product is HOME or rng.random() < 0.08:
        return BUSINESS
    return product


def _die(rng: Random, life: Life, end: dt.date) -> None:
    """A death ends the story: loans that would begin later never do, and insurance pays the one that runs."""
    died_on = life.joined_on + days(rng.expovariate(DIE_IN_A_YEAR / 365))
    left_long_ago = life.loans and life.loans[-1].ended_on and life.loans[-1].ended_on < died_on
    if life.status != "active" or died_on > end or left_long_ago:
        return
    life.status, life.status_on = "deceased", died_on
    life.loans = [loan for loan in life.loans if loan.disbursed_on < died_on]
    paid_on = died_on + days(30)
    for loan in life.loans:
        if loan.ended_on is None or loan.ended_on > paid_on:
            loan.written_off_on = None
            loan.closed_on = paid_on if paid_on <= end else None
