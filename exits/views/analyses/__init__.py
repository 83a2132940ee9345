from exits.views.analyses.cohorts import Cohorts
from exits.views.analyses.profile import Profile
from exits.views.analyses.returns import Returns
from exits.views.analyses.seasons import Limits, Seasons
from exits.views.analyses.stages import Stages
from exits.views.analyses.stays import Stays
from exits.views.analyses.types import Types

__all__ = ["Cohorts", "Limits", "Profile", "Returns", "Seasons", "Stages", "Stays", "Types"]
