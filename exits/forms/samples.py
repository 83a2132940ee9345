"""Drawing a sample of leavers, handing it out, and standing in for who cannot be asked."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Office
from exits.models import LeaverSample, SampledLeaver
from exits.queries.samples import interviewers
from spm.access import Can
from spm.forms import CrispyMixin

USUAL_DAYS = 14


def day_field(label, **more):
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


def percent(label, initial, help_text=""):
    return forms.FloatField(label=label, initial=initial, min_value=0.1, max_value=99.9, help_text=help_text)


class SampleForm(CrispyMixin, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    office = forms.ModelChoiceField(Office.objects.none(), label=gettext_lazy("Office"))
    left_from = day_field(gettext_lazy("Left from"))
    left_until = day_field(gettext_lazy("Left until"))
    stratum = forms.ChoiceField(
        label=gettext_lazy("Drawn within groups of"), required=False, choices=LeaverSample.Stratum.choices
    )
    margin = percent(
        gettext_lazy("Margin, in percent"), 10, gettext_lazy("How far a share may lie from the truth.")
    )
    expected = percent(
        gettext_lazy("Share expected, in percent"), 50, gettext_lazy("50 asks most, and is safe.")
    )
    confidence = percent(gettext_lazy("Confidence, in percent"), 95)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = Office.objects.visible_to(user, Can.EXITS_SAMPLE).order_by("path")

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("left_from"), cleaned.get("left_until")
        if start and end and start > end:
            self.add_error("left_until", ValidationError(_("The period ends before it starts.")))
        return cleaned

    def settings(self) -> dict:
        """What `draw_leavers` takes."""
        shares = {name: self.cleaned_data[name] / 100 for name in ("margin", "expected", "confidence")}
        return self.cleaned_data | shares


class WhoAsksForm(CrispyMixin, forms.Form):
    """Who asks, and by when."""

    asks = forms.ModelChoiceField(None, label=gettext_lazy("Who asks"))
    until = day_field(gettext_lazy("At the latest on"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["asks"].queryset = interviewers(user)
        self.fields["until"].initial = timezone.localdate() + dt.timedelta(days=USUAL_DAYS)


class AssignForm(WhoAsksForm):
    where = forms.ModelChoiceField(
        None, label=gettext_lazy("Branch"), required=False, empty_label=gettext_lazy("All branches")
    )
    own_because = forms.CharField(
        label=gettext_lazy("Why the own officer asks"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only where nobody else can. People say less to their own officer."),
    )

    def __init__(self, *args, offices, **kwargs):
        """`offices`: where people wait for an interviewer."""
        super().__init__(*args, **kwargs)
        self.fields["where"].queryset = offices


class ReplaceForm(CrispyMixin, forms.Form):
    why = forms.ChoiceField(label=gettext_lazy("Why"), choices=SampledLeaver.Because.choices)
    words = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)
