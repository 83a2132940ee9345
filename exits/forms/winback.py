"""What the list of those to win back shows: the filter of the exit pages, and how far each has come."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits.forms.filters import CountedFilterForm
from exits.forms.periods import presets
from exits.queries.winback import Outcome
from spm.forms import QuickChoice, QuickHidden


class WinBackFilterForm(CountedFilterForm):
    outcome = QuickChoice(label=gettext_lazy("Result"), required=False)
    more_chips = ("outcome",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Only who left by own choice is on the list.
        self.fields["causes"].widget = QuickHidden()
        self._offer("outcome", Outcome.choices, _("All"))

    def _default_period(self):
        """Who left a year ago and more is seldom won back: until the day of the data."""
        start, _end = presets(self.as_of)["last-12"]
        return start, presets(self.as_of)["to-date"][1]
