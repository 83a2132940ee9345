from exits.queries.analyses import MADE, Answer, answer, own_answer, reaches_offices
from exits.queries.comparison import NotComparable, difference
from exits.queries.conditions import build
from exits.queries.counted import (
    DECISION_COUNTS,
    OVERDUE_AFTER,
    SPELL_COUNTS,
    decisions_counted,
    ignored_clients,
    overdue_count,
    overdue_loans,
    resting,
    resting_count,
    spells_counted,
    spells_of,
    with_last_payment,
)
from exits.queries.definitions import data_as_of, definition_in_force, rebuild_job
from exits.queries.figures import DIMENSIONS, ExitFilter, Figures, NoFiguresError, PeriodError
from exits.queries.published import Published, published_by, published_months, published_years
from exits.queries.recount import Behind, behind
from exits.queries.rollup import before, by, by_month, data_span, whole
from exits.queries.watched import days_late, days_left, with_calls

__all__ = [
    "DECISION_COUNTS",
    "DIMENSIONS",
    "MADE",
    "OVERDUE_AFTER",
    "SPELL_COUNTS",
    "Answer",
    "Behind",
    "ExitFilter",
    "Figures",
    "NoFiguresError",
    "NotComparable",
    "PeriodError",
    "Published",
    "answer",
    "before",
    "behind",
    "build",
    "by",
    "by_month",
    "data_as_of",
    "data_span",
    "days_late",
    "days_left",
    "decisions_counted",
    "definition_in_force",
    "difference",
    "ignored_clients",
    "overdue_count",
    "overdue_loans",
    "own_answer",
    "published_by",
    "published_months",
    "published_years",
    "reaches_offices",
    "rebuild_job",
    "resting",
    "resting_count",
    "spells_counted",
    "spells_of",
    "whole",
    "with_calls",
    "with_last_payment",
]
