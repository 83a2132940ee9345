"""Categories of complaints: what a new one says, and what one says from a day on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.models import Category, Sensitivity, Severity
from spm.reference import counting, in_list_order
from spm.reference_forms import EntryForm


class CategoryForm(EntryForm):
    """A category stays under its head: what was counted under it would move along."""

    kind = Category
    own = ("severity", "sensitivity")
    severity = forms.TypedChoiceField(label=_("Usual severity"), coerce=int, choices=Severity)
    sensitivity = forms.TypedChoiceField(label=_("Who may read it?"), coerce=int, choices=Sensitivity)


class CategoryAddForm(CategoryForm):
    own = ("head", "severity", "sensitivity")
    head = forms.ChoiceField(label=_("Under which head does it stand?"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        heads = {row.code: str(row) for row in in_list_order(counting(Category).filter(head=""))}
        self.fields["head"].choices = [("", _("None: it is a head itself")), *heads.items()]
