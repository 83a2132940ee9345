"""Which report on leaving is wanted: of whom, of when, how long, in which language and form."""

import datetime as dt

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clients.models import Office
from exits.forms.periods import presets
from exits.forms.samples import day_field
from exits.queries.report.reach import may_report, offices_to_report
from spm.forms import CrispyMixin

KINDS = {"board": gettext_lazy("One page for the board"), "full": gettext_lazy("In full, with every table")}
FORMS = {
    "pdf": gettext_lazy("PDF, to print or send"),
    "xlsx": gettext_lazy("Excel workbook"),
    "json": gettext_lazy("JSON, for other software"),
}


def office_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Office.objects.none(),
        label=gettext_lazy("Office"),
        help_text=gettext_lazy("With all offices below it."),
    )


def offer_offices(field: forms.ModelChoiceField, user) -> None:
    """Those in reach; all of them are the first choice of whoever reaches all."""
    field.queryset = offices_to_report(user)
    if may_report(user, None):
        field.required, field.empty_label = False, _("All offices")


class ReportForm(CrispyMixin, forms.Form):
    """``last`` is the day of the data; ``start`` and ``end`` stand in for the last calendar year."""

    kind = forms.ChoiceField(
        label=gettext_lazy("How much"), choices=list(KINDS.items()), initial="board", widget=forms.RadioSelect
    )
    start = day_field(gettext_lazy("From"))
    end = day_field(gettext_lazy("Until"))
    office = office_field()
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    form = forms.ChoiceField(
        label=gettext_lazy("As what"),
        choices=list(FORMS.items()),
        initial="pdf",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, user, last: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.last = last
        offer_offices(self.fields["office"], user)
        first, month = presets(last)["year"]
        self.fields["start"].initial = first
        self.fields["end"].initial = month.replace(day=31)
        self.fields["language"].initial = get_language()

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and start > end:
            self.add_error("end", ValidationError(_("The period ends before it starts.")))
        if end and end > self.last:
            self.add_error("end", ValidationError(_("The data end before that day.")))
        return cleaned

    def period(self) -> dict:
        """What `build_report` takes."""
        said = self.cleaned_data
        office = said["office"] and said["office"].code
        return {"office": office, **{name: said[name] for name in ("start", "end", "kind")}}
