"""By when a complaint is answered: the limits that others have in use, and the days that follow from limits.

All limits are in working days from the receipt. A source that counts calendar days is taken as the whole
working weeks in them, and two days for each three that are left over.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

HIGH = 3
"""The severity that has the shorter limits."""


@dataclass(frozen=True)
class Level:
    """Whose task it is until so many working days after the receipt; ``urgent_days`` of high severity."""

    role: str
    days: int
    urgent_days: int

    def days_for(self, severity: int) -> int:
        return self.urgent_days if severity == HIGH else self.days


@dataclass(frozen=True)
class Limits:
    """The levels from the first on, each later than the one before; ``source`` says where they are in use."""

    levels: tuple[Level, ...]
    interim_days: int | None = None
    source: str = ""

    def is_in_order(self) -> bool:
        """Is each level later than the one before, for either severity?"""
        pairs = list(zip(self.levels, self.levels[1:], strict=False))
        return bool(self.levels) and all(a.days < b.days and a.urgent_days < b.urgent_days for a, b in pairs)


@dataclass(frozen=True)
class Due:
    """The days that follow: the interim reply, the handing on to the next level, the answer."""

    interim_on: dt.date | None
    level_on: dt.date
    on: dt.date


def due(
    limits: Limits, level: int, severity: int, start: dt.date, after: Callable[[dt.date, int], dt.date]
) -> Due:
    """What is due when, at this level (from 1) of a complaint received on ``start``; ``after`` gives the day
    that is so many working days after another.
    """
    of_level, last = limits.levels[level - 1], limits.levels[-1]
    interim = after(start, limits.interim_days) if limits.interim_days else None
    return Due(interim, after(start, of_level.days_for(severity)), after(start, last.days_for(severity)))


def working(calendar_days: int) -> int:
    """So many calendar days as working days, as the module says."""
    weeks, rest = divmod(calendar_days, 7)
    return weeks * 5 + rest * 2 // 3


# Limits in use elsewhere. Days of high severity are a suggestion of ours throughout: no source has them.
TEMPLATES = {
    "ours": Limits((Level("manager", 5, 2), Level("desk", 15, 5)), interim_days=5),
    "sbp": Limits(
        (Level("desk", 10, 5), Level("manager", 45, 15)),
        interim_days=10,
        source="State Bank of Pakistan, 2004",
    ),
    "nbfc": Limits(
        (
            Level("manager", working(15), 5),
            Level("desk", working(15 + 7), 8),
            Level("protection", working(30), 10),
        ),
        source="Non-bank finance companies in India (anytimeloan.in)",
    ),
    "rbi": Limits(
        (Level("desk", working(20), 7), Level("manager", working(30), 10)),
        source="Reserve Bank of India, internal ombudsman",
    ),
    "openimis": Limits((Level("desk", 5, 2),), source="openIMIS grievance module"),
}
FIRST = "ours"
"""What an institution starts with."""
