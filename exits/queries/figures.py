"""What a figure is: the counts of a period, whole or of one group, its rates, and what it was kept to."""

import datetime as dt
from dataclasses import dataclass, replace

from exits.methods import ALL_RATES, CAUSES, Counts
from exits.models import ExitDefinition

DIMENSIONS = ("office", "product", "officer", "sex", "age", "area", "cycle")
"""What figures can be kept to and grouped by, in the order of the page."""


class NoFiguresError(LookupError):
    """Nothing has been built yet: no portfolio is in, or its job has not run."""


class PeriodError(ValueError):
    """The period starts after its end, or reaches beyond the day of the data."""


@dataclass(frozen=True)
class Figures:
    """What one period counts, whole or for one group, and the rates that follow.

    `group` is None for the whole, else the code of the office, product or officer, the plain value of sex,
    age or area, the cycle's number as text, or the month `2025-03`; "" where it is not recorded. `label` is
    the same in words. `exits` and `causes` count all causes; the exit formulas among `rates` count those in
    `kept` only. `intervals` holds Wilson's 95 % (low, high) of the rates that are shares, None elsewhere.
    """

    group: str | None
    label: str
    start: dt.date
    end: dt.date
    as_of: dt.date
    definition: ExitDefinition
    window: int
    provisional: bool
    B: int
    new: int
    returned: int
    exits: int
    causes: dict[str, int]
    E: int
    D: int
    F: int
    rates: dict[str, float | None]
    intervals: dict[str, tuple[float, float] | None]
    kept: tuple[str, ...] = CAUSES

    @property
    def entrants(self) -> int:
        return self.new + self.returned

    @property
    def dealt_with(self) -> int:
        """B + N: everybody who was a client at some time of the period."""
        return self.B + self.entrants


@dataclass(frozen=True)
class ExitFilter:
    """Whole months from `start_month` to `end_month` (their first days), and what to keep.

    None keeps everything; "" keeps what is not recorded. `office`, `product` and `officer` are codes, `cycle`
    a number; `causes` are those that X counts in the exit formulas. `office` takes in every office below it
    unless it is meant `alone`.
    """

    start_month: dt.date
    end_month: dt.date
    office: str | None = None
    product: str | None = None
    officer: str | None = None
    sex: str | None = None
    age: str | None = None
    area: str | None = None
    cycle: int | None = None
    causes: tuple[str, ...] = CAUSES
    alone: bool = False

    def within(self, dimension: str, group: str) -> "ExitFilter":
        """The same, kept to one group of `by(user, only, dimension)`: the way to the list behind it.

        A row by office counts the clients of that very office, so the office is then meant alone.
        """
        value = int(group) if dimension == "cycle" else group
        return replace(self, **{dimension: value}, alone=self.alone or dimension == "office")

    def in_month(self, month: str) -> "ExitFilter":
        """The same, kept to one month of `by_month`, written `2025-03`."""
        first = dt.date.fromisoformat(f"{month}-01")
        return replace(self, start_month=first, end_month=first)

    def just_before(self) -> "ExitFilter":
        """The equally many months just before."""
        length = months_between(self.start_month, self.end_month) + 1
        return replace(
            self,
            start_month=add_months(self.start_month, -length),
            end_month=add_months(self.start_month, -1),
        )


def figures_of(
    counts: Counts,
    *,
    group: str | None,
    label: str,
    start: dt.date,
    end: dt.date,
    as_of: dt.date,
    definition: ExitDefinition,
    window: int,
    longest_window: int,
    kept: tuple[str, ...] = CAUSES,
) -> Figures:
    """Counts with all that follows from them; provisional while the longest window is not over."""
    return Figures(
        group=group,
        label=label,
        start=start,
        end=end,
        as_of=as_of,
        definition=definition,
        window=window,
        provisional=(as_of - end).days <= longest_window,
        B=counts.B,
        new=counts.new,
        returned=counts.returned,
        exits=counts.exits,
        causes=dict(counts.causes),
        E=counts.E,
        D=counts.D,
        F=counts.F,
        rates={rate.name: rate.value(counts, kept) for rate in ALL_RATES},
        intervals={rate.name: rate.interval(counts, kept) for rate in ALL_RATES},
        kept=tuple(kept),
    )


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def add_months(month: dt.date, number: int) -> dt.date:
    """The first day of the month `number` months on."""
    years, place = divmod(month.month - 1 + number, 12)
    return dt.date(month.year + years, place + 1, 1)


def months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def last_day(month: dt.date) -> dt.date:
    return add_months(month, 1) - dt.timedelta(days=1)
