"""Which exit interviews are listed, read from the address alone."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clients.models import Product
from exits.forms.analyses import AnalysisForm
from exits.forms.filters import months_offered
from exits.models import LeaverType, Reason
from exits.queries.interviews import InterviewFilter
from spm.forms import QuickChoice, QuickHidden
from spm.reference import in_list_order

CONSENT = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")}


class InterviewFilterForm(AnalysisForm):
    always = frozenset()

    start = QuickChoice(label=gettext_lazy("From month"), required=False)
    end = QuickChoice(label=gettext_lazy("To month"), required=False)
    product = QuickChoice(label=gettext_lazy("Product"), required=False)
    leaver_type = QuickChoice(label=gettext_lazy("Type of leaver"), required=False)
    reason = QuickChoice(label=gettext_lazy("Main reason"), required=False)
    consent = QuickChoice(label=gettext_lazy("Agreed"), required=False)
    complaint = QuickChoice(label=gettext_lazy("Complaint"), required=False)
    sort = forms.CharField(required=False, widget=QuickHidden, max_length=30)

    field_order = (
        "start",
        "end",
        "office",
        "product",
        "leaver_type",
        "reason",
        "consent",
        "complaint",
        "sort",
    )

    def __init__(self, address, *, user, held: tuple[dt.date, dt.date] | None):
        """`held`: the first and the last day of interviews in reach; None without any."""
        super().__init__(address, user=user, comparisons=[])
        months = months_offered(*(day.replace(day=1) for day in held), get_language()) if held else ()
        for name in ("start", "end"):
            self.fields[name].choices = [("", _("All months")), *months]
        products = Product.objects.visible_to(user).values_list("code", "name")
        self.fields["product"].choices = [("", _("All products")), *products]
        # Of a code the wording of last; what was withdrawn is found again by its own.
        types = {row.code: str(row) for row in in_list_order(LeaverType.objects.visible_to(user))}
        self.fields["leaver_type"].choices = [("", _("All types")), *types.items()]
        reasons = {
            row.code: f"\u2003{row}" if row.head else str(row)
            for row in in_list_order(Reason.objects.visible_to(user))
        }
        self.fields["reason"].choices = [("", _("All reasons")), *reasons.items()]
        self.fields["consent"].choices = [("", _("All")), *CONSENT.items()]
        self.fields["complaint"].choices = [("", _("All")), ("on", _("To be handed on"))]

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and start > end:
            self.add_error("end", ValidationError(_("The period ends before it starts.")))
        return cleaned

    def chosen(self):
        return {name: self._good(name) for name in self.fields} | {"sort": ""}

    @property
    def only(self) -> InterviewFilter:
        """What is listed; where the address was wrong, everything."""
        chosen = self.chosen()
        office = chosen.get("office")
        months = {
            name: chosen[name] and dt.date.fromisoformat(f"{chosen[name]}-01") for name in ("start", "end")
        }
        return InterviewFilter(
            start=months["start"] or None,
            end=months["end"] or None,
            office=self.offices.get(code=office) if office else None,
            complaint=chosen["complaint"] == "on",
            consent={"yes": True, "no": False}.get(chosen["consent"]),
            **{name: chosen[name] for name in ("product", "leaver_type", "reason")},
        )
