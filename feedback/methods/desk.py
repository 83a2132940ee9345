"""The numbers of a complaints desk, from plain rows: how fast, how old, how many, and whether they add up."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from math import ceil

BANDS = ((0, 7), (8, 15), (16, 30), (31, 45), (46, None))
"""Ages of open complaints in calendar days, both ends included; the last band has no end."""
UPPER = [last for _first, last in BANDS if last is not None]


@dataclass(frozen=True)
class Case:
    """A complaint as the figures need it: days of its clock's start, its limit and its closing."""

    start: dt.date
    due: dt.date
    closed: dt.date | None = None

    @property
    def is_on_time(self) -> bool:
        return self.closed is not None and self.closed <= self.due

    def is_overdue(self, day: dt.date) -> bool:
        """Is it open after its limit? Whether it was decided, and waits to be told, does not matter."""
        return self.closed is None and self.due < day


@dataclass(frozen=True)
class OnTime:
    """Both ways to count it: of those closed alone, and with those that are open past their limit. The second
    is not better for leaving the late ones open.
    """

    on_time: int = 0
    closed: int = 0
    overdue: int = 0

    @property
    def of_closed(self) -> float | None:
        return self.on_time / self.closed if self.closed else None

    @property
    def with_overdue(self) -> float | None:
        all_due = self.closed + self.overdue
        return self.on_time / all_due if all_due else None


def on_time(cases: Iterable[Case], day: dt.date) -> OnTime:
    """Of these cases as they stood on ``day``."""
    cases = list(cases)
    return OnTime(
        sum(case.is_on_time for case in cases),
        sum(case.closed is not None for case in cases),
        sum(case.is_overdue(day) for case in cases),
    )


def quantile(days: Iterable[int], share: float) -> int | None:
    """The fewest days within which at least this share (over 0, up to 1) was done; None of none."""
    ordered = sorted(days)
    return ordered[max(ceil(share * len(ordered) - 1e-9), 1) - 1] if ordered else None


def median(days: Iterable[int]) -> int | None:
    return quantile(days, 0.5)


def ninetieth(days: Iterable[int]) -> int | None:
    return quantile(days, 0.9)


def ageing(ages: Iterable[int]) -> list[int]:
    """How many are of the ages of each of `BANDS`. ValueError for an age below zero."""
    counts = [0] * len(BANDS)
    for age in ages:
        if age < 0:
            raise ValueError("Nothing is younger than a day that has not begun.")
        counts[bisect_left(UPPER, age)] += 1
    return counts


def per_thousand(count: int, active: float) -> float | None:
    """For each 1,000 active clients; None where there is none."""
    return 1000 * count / active if active else None


@dataclass
class Balance:
    """What was open, came, came again and went: ``start + received + reopened - closed == end``."""

    start: int = 0
    received: int = 0
    reopened: int = 0
    closed: int = 0
    end: int = 0

    @property
    def adds_up(self) -> bool:
        return self.start + self.received + self.reopened - self.closed == self.end


# What each kind of step does to how many are open.
OPENS = {"received": 1, "reopened": 1, "closed": -1}


def balances(
    steps: Iterable[tuple[Hashable, str, dt.date]],
    open_now: Iterable[Hashable],
    start: dt.date,
    end: dt.date,
) -> dict[Hashable, Balance]:
    """For each group the balance of the days from ``start`` to ``end``, both included.

    ``steps`` are (group, kind, day) of all time, ``open_now`` the group of each complaint that is open. The
    number at the end is counted back from those, and that at the start forwards from the first step, so
    that a step that is missing or counted twice shows: it does not add up.
    """
    found: dict[Hashable, Balance] = {}
    for group in open_now:
        found.setdefault(group, Balance()).end += 1
    for group, kind, day in steps:
        if kind not in OPENS:
            continue
        balance = found.setdefault(group, Balance())
        if day < start:
            balance.start += OPENS[kind]
        elif day <= end:
            setattr(balance, kind, getattr(balance, kind) + 1)
        else:
            balance.end -= OPENS[kind]
    return found
