"""What the page of reasons shows: the filter of the exit pages, and age on leaving, type of leaver."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits.forms.filters import NOT_RECORDED, ExitFilterForm, Selection
from exits.queries import reasons
from spm.forms import QuickHidden, QuickSelect

PART_WORDS = {
    reasons.PRIMARY: gettext_lazy("Main reason"),
    reasons.ANY: gettext_lazy("Every reason given"),
    reasons.FIRST: gettext_lazy("What happened first"),
}
AGE_ON_LEAVING = {
    reasons.UNDER: gettext_lazy("under %(years)s"),
    reasons.OVER: gettext_lazy("%(years)s and over"),
}


def age_words(young: str) -> str:
    """The age on leaving, said; not recorded for ""."""
    return str(AGE_ON_LEAVING[young]) % {"years": reasons.YEARS} if young else _("Not recorded")


class ReasonFilterForm(ExitFilterForm):
    young = forms.ChoiceField(label=gettext_lazy("Age on leaving"), required=False, widget=QuickSelect)
    leaver_type = forms.ChoiceField(label=gettext_lazy("Type of leaver"), required=False, widget=QuickSelect)
    part = forms.ChoiceField(
        label=gettext_lazy("Which reason"), required=False, widget=QuickHidden, choices=PART_WORDS.items
    )

    more_chips = ("young", "leaver_type")

    def __init__(self, *args, types: dict[str, str], **kwargs):
        """`types`: words of the types of leavers by code."""
        super().__init__(*args, **kwargs)
        self.fields["formula"].widget = QuickHidden()
        ages = [(age, age_words(age)) for age in (reasons.UNDER, reasons.OVER)]
        self._offer("young", ages, _("All ages"), unrecorded=True)
        self._offer("leaver_type", types.items(), _("All types"), unrecorded=True)

    @property
    def dimensions(self):
        return [d for d in reasons.GROUPS if d in self.fields]

    def kept(self, selection: Selection) -> reasons.LeaverFilter:
        """Whose reasons are shown."""
        chosen = {name: selection.address.get(name) for name in self.more_chips}
        plain = {name: "" if value == NOT_RECORDED else value for name, value in chosen.items()}
        return reasons.LeaverFilter(selection.filter, **plain)
