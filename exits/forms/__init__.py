from exits.forms.analyses import AnalysisForm
from exits.forms.contacts import ContactForm
from exits.forms.definitions import DefinitionForm
from exits.forms.filters import (
    NOT_RECORDED,
    CountedFilterForm,
    ExitFilterForm,
    Selection,
    dimension_words,
    own_portfolio_only,
)
from exits.forms.periods import PRESETS, period_words, presets, shift

__all__ = [
    "NOT_RECORDED",
    "PRESETS",
    "AnalysisForm",
    "ContactForm",
    "CountedFilterForm",
    "DefinitionForm",
    "ExitFilterForm",
    "Selection",
    "dimension_words",
    "own_portfolio_only",
    "period_words",
    "presets",
    "shift",
]
