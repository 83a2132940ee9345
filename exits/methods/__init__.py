"""The method of the exit note as pure functions: frames and numbers in, frames and numbers out."""

from exits.methods.agreement import Agreement, agreement
from exits.methods.cohorts import cohort_triangle
from exits.methods.columns import DEFAULT_WINDOW, longest_window, window_of
from exits.methods.competing import Incidence, aalen_johansen
from exits.methods.control import Point, control_chart
from exits.methods.cost import (
    Assumed,
    Estimate,
    Outlook,
    Retaining,
    Saving,
    Tracking,
    net_at,
    outlook,
    saving,
)
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
from exits.methods.logistic import Logistic, logistic
from exits.methods.profile import Difference, difference
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
from exits.methods.returns import ReturnCurve, gaps, return_curve
from exits.methods.sampling import allocate, draw_sample, sample_size
from exits.methods.spells import ignored_statuses, spells
from exits.methods.stages import exits_by_cycle
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
    "Agreement",
    "Assumed",
    "Counts",
    "Difference",
    "Estimate",
    "Incidence",
    "LogRank",
    "Logistic",
    "Outlook",
    "Period",
    "Point",
    "Rate",
    "Retaining",
    "ReturnCurve",
    "Saving",
    "Survival",
    "Tracking",
    "Window",
    "aalen_johansen",
    "age_bands",
    "agreement",
    "all_rates",
    "allocate",
    "as_counts",
    "cohort_triangle",
    "compound",
    "control_chart",
    "count_by",
    "count_period",
    "decision_points",
    "difference",
    "draw_sample",
    "exits_by_cycle",
    "follow_on_retention",
    "gaps",
    "ignored_statuses",
    "kaplan_meier",
    "last_in_period",
    "log_rank",
    "logistic",
    "longest_window",
    "net_at",
    "outlook",
    "periods",
    "rates",
    "return_curve",
    "roll_forward",
    "sample_size",
    "saving",
    "spell_of",
    "spells",
    "wilson",
    "window_of",
]
