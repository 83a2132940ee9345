"""Whose clients an analysis is of, and what it compares: read from the address alone."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Office
from exits.forms.filters import offices_as_tree, own_portfolio_only
from spm.access import Can
from spm.forms import CrispyMixin, QuickHidden, QuickSelect


class AnalysisForm(CrispyMixin, forms.Form):
    """A wrong value is named, and the default counts."""

    # Fields whose choice of nothing is said too.
    always = frozenset({"office"})

    office = forms.ChoiceField(label=gettext_lazy("Office"), required=False, widget=QuickSelect)
    by = forms.ChoiceField(label=gettext_lazy("Compared by"), required=False, widget=QuickSelect)

    def __init__(self, address, *, user, comparisons):
        """`comparisons`: what can be compared, as choices, the usual one first; none makes no field."""
        super().__init__(address)
        self.offices = Office.objects.visible_to(user, Can.EXITS_VIEW)
        places = [] if own_portfolio_only(user) else offices_as_tree(self.offices)
        if len(places) > 1:
            self.fields["office"].choices = [("", _("All offices")), *places]
        else:
            del self.fields["office"]
        if comparisons:
            self.fields["by"].choices = comparisons
        else:
            del self.fields["by"]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _("Nothing is known by this. Choose from the list.")

    @property
    def office_id(self) -> int | None:
        """The office chosen; None for the highest in reach."""
        chosen = self._good("office")
        return self.offices.values_list("pk", flat=True).get(code=chosen) if chosen else None

    @property
    def comparison(self) -> str:
        return self._good("by") or (self.fields["by"].choices[0][0] if "by" in self.fields else "")

    def chips(self) -> list[dict]:
        """The choice in words."""
        chosen = self.chosen()
        return [
            {"label": field.label, "value": str(dict(field.choices)[chosen[name]]).strip()}
            for name, field in self.fields.items()
            if chosen[name] or name in self.always
        ]

    def chosen(self) -> dict[str, str]:
        """By name of the field what counts."""
        return {"office": self._good("office"), "by": self.comparison}

    def _good(self, name):
        self.is_valid()
        return self.cleaned_data.get(name, "")


class PairForm(AnalysisForm):
    """Besides, which two groups of what is compared are set against each other."""

    always = AnalysisForm.always | {"second"}

    by = forms.ChoiceField(label=gettext_lazy("Compared by"), required=False, widget=QuickHidden)
    first = forms.ChoiceField(label=gettext_lazy("These leavers"), required=False, widget=QuickSelect)
    second = forms.ChoiceField(label=gettext_lazy("Compared with"), required=False, widget=QuickSelect)

    def __init__(self, address, *, user, comparisons, groups):
        """`groups`: those large enough, as choices, the usual one first; none leaves no choice of two."""
        super().__init__(address, user=user, comparisons=comparisons)
        if groups:
            self.fields["first"].choices = groups
            self.fields["second"].choices = [("", _("All other confirmed leavers")), *groups]
        else:
            del self.fields["first"], self.fields["second"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("second") and cleaned["second"] == (cleaned.get("first") or self.usual_first):
            self.add_error("second", _("Choose two different groups."))
        return cleaned

    @property
    def usual_first(self) -> str:
        """The largest group; "" without any."""
        return self.fields["first"].choices[0][0] if "first" in self.fields else ""

    @property
    def pair(self) -> tuple[str, str]:
        """The codes of the two; "" as the second for all others."""
        return self._good("first") or self.usual_first, self._good("second")

    def chosen(self):
        first, second = self.pair
        return super().chosen() | {"first": first, "second": second}
