"""What each question about leaving finds in some clients' records, as plain values for page and table.

Each takes `Seen` and gives dictionaries and lists of numbers and text alone, so that they can be kept.
Shares are fractions, days are ISO text, groups are codes, "" where not recorded.
"""

from exits.methods.analyses.cohorts import cohorts
from exits.methods.analyses.limits import limits
from exits.methods.analyses.model import TOGETHER, model
from exits.methods.analyses.profile import profile
from exits.methods.analyses.returns import CANDIDATES, returns
from exits.methods.analyses.seasons import seasons
from exits.methods.analyses.seen import CONFIRMED, Seen, latest_year, see
from exits.methods.analyses.stages import stages
from exits.methods.analyses.stays import STAY_GROUPS, causes, stays
from exits.methods.analyses.types import leaver_types, set_against

__all__ = [
    "CANDIDATES",
    "CONFIRMED",
    "STAY_GROUPS",
    "TOGETHER",
    "Seen",
    "causes",
    "cohorts",
    "latest_year",
    "leaver_types",
    "limits",
    "model",
    "profile",
    "returns",
    "seasons",
    "see",
    "set_against",
    "stages",
    "stays",
]
