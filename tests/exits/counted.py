"""Figures, and the lists behind them, as plain numbers to compare."""

from exits.queries import (
    DECISION_COUNTS,
    SPELL_COUNTS,
    decisions_counted,
    spells_counted,
)

COUNTS = ["B", "new", "returned", "exits", "causes", "E", "D", "F"]


def counts(figures):
    return {name: getattr(figures, name) for name in COUNTS}


def numbers(figures):
    found = {name: getattr(figures, name) for name in ("B", "new", "returned", "exits", "E", "D", "F")}
    return found | figures.causes


def listed(user, only):
    return {count: spells_counted(user, only, count).count() for count in SPELL_COUNTS} | {
        count: decisions_counted(user, only, count).count() for count in DECISION_COUNTS
    }
