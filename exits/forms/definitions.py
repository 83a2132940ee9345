"""When a client counts as gone, from a day on: a new version; older ones are never changed."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Product
from exits.actions import DayTaken
from exits.models import ExitDefinition
from exits.models.definition import LONGEST
from spm.forms import CrispyMixin


class DefinitionForm(CrispyMixin, forms.ModelForm):
    """A window for all loans, and perhaps one of its own for each loan product (`window_<its id>`)."""

    # The definition from the same day that the author has been told of.
    in_place_of = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ExitDefinition
        fields = ["starts_on", "window", "counts_savings", "formula"]
        widgets = {"starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        labels = {"window": gettext_lazy("Window for all loans, in days")}
        help_texts = {
            "starts_on": gettext_lazy("Figures whose data reach this day are counted by the new definition."),
            "window": gettext_lazy(
                "A client has left when so many days have passed since the last loan ended."
            ),
            "counts_savings": gettext_lazy("Deposits and withdrawals by the client then count like loans."),
            "formula": gettext_lazy("All seven are always shown. This one stands on top."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.products = list(Product.objects.filter(kind=Product.Kind.LOAN))
        for product in self.products:
            self.fields[f"window_{product.pk}"] = forms.IntegerField(
                label=_("Window of %(product)s, in days") % {"product": product.name},
                help_text=_("Leave empty for the window above."),
                required=False,
                min_value=0,
                max_value=LONGEST,
            )
        self.order_fields(["starts_on", "window", *(f"window_{product.pk}" for product in self.products)])

    def ask_about(self, taken: DayTaken) -> None:
        """Say that the day has a definition; who sends the form again knows of it."""
        self.add_error("starts_on", taken)
        self.data = self.data.copy()
        self.data["in_place_of"] = taken.by_definition.pk

    def settings(self) -> dict:
        """What `define_exit` takes."""
        own = {product.code: self.cleaned_data[f"window_{product.pk}"] for product in self.products}
        return {
            **{name: self.cleaned_data[name] for name in self._meta.fields},
            "in_place_of": self.cleaned_data["in_place_of"],
            "product_windows": {code: days for code, days in own.items() if days is not None},
        }
