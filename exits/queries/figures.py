"""Figures of the exit page, read from the rollup: counts, rates and intervals of a period, by group, by month."""

import datetime as dt
from dataclasses import dataclass, field, replace

from exits.methods import CAUSES
from exits.models import ExitDefinition, SpellBuild

DIMENSIONS = ("office", "product", "officer", "sex", "age", "area", "cycle")
"""What figures can be filtered by and grouped by, in the order of the page."""


class NoFiguresError(LookupError):
    """Nothing has been built yet: no portfolio is in, or its job has not run (`build()` is None)."""


@dataclass(frozen=True)
class Figures:
    """What one period counts, whole or for one group, and the rates that follow.

    `group` is None for the whole, else the code of the office, product or officer, the plain value of sex,
    age or area, the cycle's number as text, or the month `2025-03`; "" where it is not recorded. `label` is the same in words.
    `exits` and `causes` count all causes; the exit formulas among `rates` count those in `kept` only.
    `intervals` holds Wilson's 95 % (low, high) for the rates that are shares, None elsewhere.
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

    None keeps everything; "" keeps what is not recorded. `office` (with every office below it), `product`
    and `officer` are codes, `cycle` a number; `causes` are those that X counts in the exit formulas.
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
    causes: tuple[str, ...] = field(default=CAUSES)

    def within(self, dimension: str, group: str) -> "ExitFilter":
        """The same, kept to one group of `by(user, filter, dimension)`; the way to the list behind it."""
        return replace(self, **{dimension: int(group) if dimension == "cycle" else group})


def build() -> SpellBuild | None:
    """The latest build, from which every figure here comes; None before the first."""
    return SpellBuild.objects.select_related("definition").first()


def whole(user, filter: ExitFilter) -> Figures:  # noqa: A002
    """The figures of the period over everything that the user may see and the filter keeps.

    Raises NoFiguresError before the first build.
    """
    raise NotImplementedError


def before(user, filter: ExitFilter) -> Figures | None:  # noqa: A002
    """The same for the equally many months just before; None where no data reach back so far."""
    raise NotImplementedError


def by(user, filter: ExitFilter, dimension: str) -> list[Figures]:  # noqa: A002
    """One for each group of a dimension with anything to count, in order of label (age and cycle: of value)."""
    raise NotImplementedError


def by_month(user, filter: ExitFilter) -> list[Figures]:  # noqa: A002
    """One for each month of the period, the last clipped to the day of the data."""
    raise NotImplementedError


def data_span(user) -> tuple[dt.date, dt.date] | None:
    """First days of the first month with an entrant and of the data's last month; None without any."""
    raise NotImplementedError


def resting_count(user, filter: ExitFilter) -> int:  # noqa: A002
    """Clients whose loans have all ended and whose window is not over yet, as of the day of the data."""
    raise NotImplementedError


def overdue_count(user, filter: ExitFilter) -> int:  # noqa: A002
    """How many `overdue_loans` there are."""
    raise NotImplementedError
