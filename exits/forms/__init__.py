from exits.forms.analyses import AnalysisForm, PairForm
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
from exits.forms.interview_filter import InterviewFilterForm
from exits.forms.interviews import WITHOUT_CONSENT, InterviewForm
from exits.forms.leavers import PART_WORDS, ReasonFilterForm, age_words
from exits.forms.periods import PRESETS, period_words, presets, shift
from exits.forms.register import ExitConfirmForm, ExitSaidForm, RegisterFilterForm
from exits.forms.winback import WinBackFilterForm

__all__ = [
    "NOT_RECORDED",
    "PART_WORDS",
    "PRESETS",
    "WITHOUT_CONSENT",
    "AnalysisForm",
    "ContactForm",
    "CountedFilterForm",
    "DefinitionForm",
    "ExitConfirmForm",
    "ExitFilterForm",
    "ExitSaidForm",
    "InterviewFilterForm",
    "InterviewForm",
    "PairForm",
    "ReasonFilterForm",
    "RegisterFilterForm",
    "Selection",
    "WinBackFilterForm",
    "age_words",
    "dimension_words",
    "own_portfolio_only",
    "period_words",
    "presets",
    "shift",
]
