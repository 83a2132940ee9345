"""Reasons for whoever may not open the records: heads of the main reason, by whole years, none below k."""

import datetime as dt
from dataclasses import dataclass

from exits.models import SpellBuild
from exits.queries.figures import ExitFilter
from exits.queries.published import YEARS
from exits.queries.reasons.asked import LeaverFilter, interviews, response
from exits.queries.reasons.counted import PRIMARY, List, by_reason
from spm.disclosure import large_enough, together


@dataclass(frozen=True)
class Block:
    """Heads that are told as one, "" for no reason given, and in how many interviews of each year."""

    heads: tuple[str, ...]
    n: dict[int, int]


@dataclass(frozen=True)
class PublishedReasons:
    """Interviews of the last whole years, the latest first, and by blocks of heads; no year: too few."""

    years: dict[int, int]
    blocks: tuple[Block, ...]


def published_reasons(user, k: int, listed: List, *, made: SpellBuild) -> PublishedReasons:
    """As many years as have k interviews and k leavers without one."""
    last = made.as_of.year if (made.as_of.month, made.as_of.day) == (12, 31) else made.as_of.year - 1
    years, heads = {}, {}
    for year in range(last, last - YEARS, -1):
        kept = LeaverFilter(ExitFilter(dt.date(year, 1, 1), dt.date(year, 12, 1)))
        told = response(user, kept, made=made)
        if not large_enough((told.interviews, told.exits - told.interviews), k):
            break
        rows = interviews(user, kept, made=made)
        years[year] = told.interviews
        heads[year] = {named.head: named.n for named in by_reason(rows, PRIMARY, listed)}
    return PublishedReasons(years, blocks(years, heads, k))


def blocks(years: dict[int, int], heads: dict[int, dict[str, int]], k: int) -> tuple[Block, ...]:
    """The heads told apart, the same in all years, and those told only together; nothing where that fails."""
    table = {
        head: [heads[year].get(head, 0) for year in years]
        for head in sorted({h for y in years for h in heads[y]})
    }
    without = [years[year] - sum(heads[year].values()) for year in years]
    if any(without):
        table[""] = without
    small = together(table, k)
    if not table or len(small) == len(table):
        return ()
    apart = sorted((head for head in table if head not in small), key=lambda head: (-sum(table[head]), head))
    groups = [(head,) for head in apart] + ([tuple(sorted(small))] if small else [])
    return tuple(
        Block(group, {year: sum(table[head][place] for head in group) for place, year in enumerate(years)})
        for group in groups
    )
