"""Figures for whoever may not open the rows behind them: whole years, by one dimension, no count below k.

Nothing else narrows them, so that no two of them lie closer than k people: see `spm.disclosure`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from exits.methods import ALL_RATES, CAUSES, Counts
from exits.models import SpellBuild
from exits.queries.figures import ExitFilter, Figures, figures_of
from exits.queries.rollup import by, by_month, whole
from spm.disclosure import large_enough, together

YEARS = 3
"""How many whole years are published at most."""

TOGETHER = "_together"
"""The group that takes in all that are counted together."""

ENTRANTS, DECISIONS = frozenset({"new", "returned"}), frozenset({"D", "F"})
PARTS = ENTRANTS | DECISIONS | set(CAUSES)
"""Counts that are told of everybody only, never of a group."""


@dataclass(frozen=True)
class Published:
    """Figures of which the counts in `hidden` are not told, nor any rate that they go into."""

    figures: Figures
    hidden: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        return self.figures.label

    def count(self, name: str) -> int | None:
        """B, entrants, new, returned, exits, a cause, E, D or F; None where it is hidden."""
        if name in self.hidden:
            return None
        return self.figures.causes[name] if name in CAUSES else getattr(self.figures, name)

    def tells(self, formula: str, causes: Iterable[str] = CAUSES) -> bool:
        """Whether nothing hidden goes into the rate, be it by subtraction."""
        if formula == "follow_on_retention":
            return not DECISIONS & self.hidden
        kept = frozenset(causes)
        return not (kept & self.hidden and (set(CAUSES) - kept) & self.hidden)

    def rate(self, formula: str, causes: Iterable[str] = CAUSES) -> float | None:
        """The rate; None where it is hidden or not defined."""
        rate = next(rate for rate in ALL_RATES if rate.name == formula)
        return rate.value(_counts([self.figures]), causes) if self.tells(formula, causes) else None

    def interval(self, formula: str) -> tuple[float, float] | None:
        return self.figures.intervals[formula] if self.tells(formula) else None


@dataclass(frozen=True)
class Breakdown:
    """The groups of a year that are told apart, those counted together as the last, and the names of these.

    No groups: nothing can be told by this dimension.
    """

    groups: tuple[Published, ...]
    together: tuple[str, ...]


def published_years(user, k: int, *, made: SpellBuild) -> dict[int, Published]:
    """The last whole years, the latest first, as far back as each is large enough; at most `YEARS`."""
    as_of, found = made.as_of, {}
    last = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    for year in range(last, last - YEARS, -1):
        figures = whole(user, _in_year(year), made=made)
        if not large_enough(_flows(figures), k):
            break
        found[year] = Published(figures, _small_parts(figures, k))
    return found


def published_by(
    user, dimension: str, year: int, years: Mapping[int, Published], k: int, *, made: SpellBuild
) -> Breakdown:
    """One year by groups. Which are counted together is the same in all years published."""
    tables = {y: {f.group: f for f in by(user, _in_year(y), dimension, made=made)} for y in years}
    labels = {group: figures.label for table in tables.values() for group, figures in table.items()}
    flows = {group: [n for table in tables.values() for n in _flows(table.get(group))] for group in labels}
    small = together(flows, k)
    names = tuple(labels[group] for group in labels if group in small)
    if len(small) == len(labels):
        return Breakdown((), names)
    found = [figures for group, figures in tables[year].items() if group not in small]
    if small:
        rest = [figures for group, figures in tables[year].items() if group in small]
        found.append(_as_one(rest, years[year].figures, made))
    return Breakdown(tuple(Published(figures, PARTS) for figures in found), names)


def published_months(user, year: int, k: int, *, made: SpellBuild) -> list[Published]:
    """The months of a year; none where one of them is too small."""
    months = by_month(user, _in_year(year), made=made)
    enough = all(large_enough(_flows(month), k) for month in months)
    return [Published(month, PARTS) for month in months] if enough else []


def _in_year(year):
    return ExitFilter(date(year, 1, 1), date(year, 12, 1))


def _flows(figures):
    return (figures.B, figures.entrants, figures.exits, figures.E) if figures else (0, 0, 0, 0)


def _small_parts(figures, k):
    """Which counts of everybody are too small to be told, or would tell one that is."""
    hidden = together({cause: [number] for cause, number in figures.causes.items()}, k)
    if not large_enough((figures.new, figures.returned), k):
        hidden |= ENTRANTS
    return hidden if large_enough((figures.F, figures.D - figures.F), k) else hidden | DECISIONS


def _as_one(rest, of_all, made):
    return figures_of(
        _counts(rest),
        group=TOGETHER,
        label=_("Small groups together"),
        start=of_all.start,
        end=of_all.end,
        as_of=of_all.as_of,
        definition=of_all.definition,
        window=of_all.window,
        longest_window=made.longest_window,
    )


def _counts(rows):
    return Counts(
        causes={cause: sum(figures.causes[cause] for figures in rows) for cause in CAUSES},
        **{name: sum(getattr(f, name) for f in rows) for name in ("B", "new", "returned", "E", "D", "F")},
    )
