"""The method of the exit note as pure functions: frames and numbers in, frames and numbers out."""

from exits.methods.columns import DEFAULT_WINDOW, longest_window, window_of
from exits.methods.counts import (
    COUNT_COLUMNS,
    Period,
    age_bands,
    as_counts,
    count_by,
    count_period,
    periods,
    spell_of,
)
from exits.methods.follow_on import decision_points, follow_on_retention, last_in_period
from exits.methods.rates import (
    ALL_RATES,
    BY_CAUSE,
    SHARES,
    Counts,
    Rate,
    all_rates,
    compound,
    rates,
    roll_forward,
    wilson,
)
from exits.methods.spells import ignored_statuses, spells
from exits.methods.survival import LogRank, Survival, kaplan_meier, log_rank
from exits.methods.words import CAUSES, CLIENT, DEATH, DECEASED, EXPELLED, MFI, Window

__all__ = [
    "ALL_RATES",
    "BY_CAUSE",
    "CAUSES",
    "CLIENT",
    "COUNT_COLUMNS",
    "DEATH",
    "DECEASED",
    "DEFAULT_WINDOW",
    "EXPELLED",
    "MFI",
    "SHARES",
    "Counts",
    "LogRank",
    "Period",
    "Rate",
    "Survival",
    "Window",
    "age_bands",
    "all_rates",
    "as_counts",
    "compound",
    "count_by",
    "count_period",
    "decision_points",
    "follow_on_retention",
    "ignored_statuses",
    "kaplan_meier",
    "last_in_period",
    "log_rank",
    "longest_window",
    "periods",
    "rates",
    "roll_forward",
    "spell_of",
    "spells",
    "wilson",
    "window_of",
]
