from exits.views.reasons.page import ReasonList
from exits.views.reasons.verbatims import VerbatimList

__all__ = ["ReasonList", "VerbatimList"]
