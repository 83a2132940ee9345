"""How a client left, as staff know it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits.forms.contacts import ClientNumber
from exits.forms.filters import CountedFilterForm
from exits.forms.reasons import ReasonForm
from exits.models import LeaverType, RegisteredExit
from exits.queries.register import Known, ended_stay
from spm.access import Can
from spm.forms import CrispyMixin, QuickChoice

AS_USUAL = gettext_lazy("Leave it open for what is usual with this type.")


class ExitSaidForm(ReasonForm, CrispyMixin, forms.ModelForm):
    """What is said of an exit, at first or later."""

    class Meta:
        model = RegisteredExit
        fields = ["leaver_type", "staff_reason", "staff_first", "initiative", "tone", "note"]
        widgets = {
            "leaver_type": forms.RadioSelect,
            "initiative": forms.RadioSelect,
            "tone": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {
            "leaver_type": gettext_lazy("What kind of leaving was it?"),
            "staff_reason": gettext_lazy("What was the main reason, as you see it?"),
            "staff_first": gettext_lazy("What happened first, as you see it?"),
            "initiative": gettext_lazy("Who wanted it?"),
            "tone": gettext_lazy("Was it good or bad for the client?"),
            "note": gettext_lazy("What else should we know?"),
        }
        help_texts = {"initiative": AS_USUAL, "tone": AS_USUAL}

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.types = self.offer_types("leaver_type")
        self.offer_reasons("staff_reason", "staff_first")
        for name in ("initiative", "tone"):
            self.fields[name].required = False
            self.fields[name].choices = [choice for choice in self.fields[name].choices if choice[0]]

    @property
    def usual(self) -> dict:
        """What is usual with each type."""
        return {row.pk: {"initiative": row.initiative, "tone": row.tone} for row in self.types}

    def clean(self):
        cleaned = super().clean()
        leaver_type = cleaned.get("leaver_type")
        for name in ("initiative", "tone"):
            usual = leaver_type and getattr(leaver_type, name)
            cleaned[name] = cleaned.get(name) or usual or ""
            if leaver_type and not cleaned[name] and name not in self.errors:
                self.add_error(name, _("Choose one: nothing is usual with this type."))
        return cleaned


class ExitConfirmForm(ExitSaidForm):
    """The same on a phone, of a client by number and of the stay that the address names."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        number = ClientNumber(
            label=_("Client number"), max_length=100, user=user, permission=Can.EXITS_CONFIRM
        )
        if self.initial.get("client"):
            number.widget = forms.HiddenInput()
        start = forms.DateField(widget=forms.HiddenInput, required=False)
        self.fields = {"client": number, "start": start} | self.fields

    def clean(self):
        cleaned = super().clean()
        client = cleaned.get("client")
        if client is not None:
            stay = ended_stay(client, cleaned.get("start"))
            if stay is None:
                self.add_error("client", ValidationError(_("This client has not left, as the records say.")))
            else:
                cleaned["start"] = stay.start
        return cleaned


class RegisterFilterForm(CountedFilterForm):
    """The filter of the exit pages, with how far an exit is known and of what type it is."""

    known = QuickChoice(label=gettext_lazy("State"), required=False)
    leaver_type = QuickChoice(label=gettext_lazy("Type of leaver"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._offer("known", Known.choices, _("All"))
        # Of a code the wording of last; types that have ended are found again by theirs.
        types = {row.code: str(row) for row in LeaverType.objects.order_by("position", "code", "starts_on")}
        self._offer("leaver_type", types.items(), _("All types"))

    def _chips(self, good, alone):
        yield from super()._chips(good, alone)
        for name in ("known", "leaver_type"):
            if name in good:
                chosen = dict(self.fields[name].choices)[good[name]]
                yield str(self.fields[name].label), str(chosen)
