"""Small cells stay hidden from whoever may not open the rows behind a figure.

A table by group is shown in blocks: each group by itself, but for those `together`, which are one block.
No block has a count below k, and every figure shown is one of a block or a sum of blocks. So whom a block
counts may change from one of its groups to another without a change in anything shown, and no margin,
identity or other filter tells a group's count closer than from 0 to its block's. Of what a table is kept
to, only one dimension at a time can be shown so (docs/decisions).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence

from django.utils.translation import ngettext

from spm.access import Can, reaches_all
from spm.models import Institution


def protects(user, figures: Can, *, rows: Can) -> bool:
    """Is there a row behind the figures that this user sees, which the permission `rows` does not open?"""
    return not reaches_all(user, rows, of=figures)


def smallest_cell() -> int:
    """The institution's k: a figure about fewer people is hidden."""
    return Institution.get().smallest_cell


def large_enough(counts: Iterable[int], k: int) -> bool:
    """Whether none of the counts is below k. A 0 is: that nobody did tells what everybody else did."""
    return all(count >= k for count in counts)


def together[Group: Hashable](table: Mapping[Group, Sequence[int]], k: int) -> frozenset[Group]:
    """Which groups may be counted only together, so that no count of a block is below k.

    The table has for each group its counts, in the same order for all: over every column and every period
    that is shown. Small groups take in the smallest others until their sums are large enough; empty where no
    group is small, and all groups where nothing can be told by group.
    """
    hidden = {group for group, counts in table.items() if not large_enough(counts, k)}
    others = sorted((group for group in table if group not in hidden), key=lambda group: sum(table[group]))
    while hidden and others and not large_enough(sums(table[group] for group in hidden), k):
        hidden.add(others.pop(0))
    enough = not hidden or large_enough(sums(table[group] for group in hidden), k)
    return frozenset(hidden) if enough else frozenset(table)


def sums(rows: Iterable[Sequence[int]]) -> list[int]:
    """Column by column. ValueError for rows of different length."""
    return [sum(column) for column in zip(*rows, strict=True)]


def hidden_words(k: int) -> str:
    """What stands in place of a figure."""
    return ngettext(
        "Hidden to protect respondents (fewer than %(k)s person)",
        "Hidden to protect respondents (fewer than %(k)s people)",
        k,
    ) % {"k": k}
