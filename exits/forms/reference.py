"""Entries of the institution's own lists: types of leavers and reasons for leaving."""

from django import forms
from django.utils.translation import gettext_lazy as _

from exits.models import Initiative, LeaverType, Reason, Tone
from spm.reference import counting, in_list_order
from spm.reference_forms import EntryForm

NOTHING_USUAL = ("", _("Nothing is usual"))


class TypeForm(EntryForm):
    kind = LeaverType
    own = ("initiative", "tone")
    initiative = forms.ChoiceField(
        label=_("Usual initiative"), choices=[NOTHING_USUAL, *Initiative.choices], required=False
    )
    tone = forms.ChoiceField(label=_("Usual tone"), choices=[NOTHING_USUAL, *Tone.choices], required=False)


class ReasonEntryForm(EntryForm):
    """A reason stays under its head: what was counted under it would move along."""

    kind = Reason


class ReasonAddForm(ReasonEntryForm):
    own = ("head",)
    head = forms.ChoiceField(label=_("Under which head?"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        heads = {row.code: str(row) for row in in_list_order(counting(Reason).filter(head=""))}
        self.fields["head"].choices = [("", _("None: it is a head itself")), *heads.items()]
