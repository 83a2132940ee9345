"""Which report goes to whom by mail, and how often."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from exits.models import ReportSchedule
from exits.queries.report.reach import offices_to_report
from exits.queries.report.recipients import may_be_chosen, may_receive
from spm.forms import CrispyMixin


class ScheduleForm(CrispyMixin, forms.ModelForm):
    class Meta:
        model = ReportSchedule
        fields = ["kind", "office", "language", "form", "every", "due_on", "recipients", "active"]
        labels = {
            "kind": gettext_lazy("How much"),
            "office": gettext_lazy("Office"),
            "language": gettext_lazy("Language"),
            "form": gettext_lazy("As what"),
            "every": gettext_lazy("How often"),
            "due_on": gettext_lazy("Next on"),
            "recipients": gettext_lazy("To whom"),
            "active": gettext_lazy("It is sent"),
        }
        help_texts = {
            "office": gettext_lazy("With all offices below it."),
            "language": gettext_lazy(
                "Of the report and of the mail, for whoever has not chosen one here. The others get theirs."
            ),
            "due_on": gettext_lazy("It is about the week, month or quarter that ended last before that day."),
            "recipients": gettext_lazy(
                "People whose access covers the office, and who have an address. Whoever loses the access"
                " gets it no more."
            ),
            "active": gettext_lazy("Take the mark away to stop it."),
        }
        widgets = {
            **dict.fromkeys(("kind", "form", "every"), forms.RadioSelect),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "recipients": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_to_report(user)
        self.fields["recipients"].queryset = may_be_chosen(user, timezone.localdate())
        self.fields["recipients"].label_from_instance = lambda person: f"{person} · {person.email}"
        for name in ("kind", "form", "every"):
            self.fields[name].choices = [choice for choice in self.fields[name].choices if choice[0]]
        if self.instance._state.adding:
            del self.fields["active"]
            self.fields["language"].initial = get_language()

    def clean_recipients(self):
        """Those chosen, and whom somebody else chose that the user does not know."""
        chosen = set(self.cleaned_data["recipients"])
        offered = set(self.fields["recipients"].queryset)
        kept = set() if self.instance._state.adding else set(self.instance.recipients.all()) - offered
        return chosen | kept

    def clean(self):
        cleaned = super().clean()
        office, chosen = cleaned.get("office"), cleaned.get("recipients")
        if office and chosen and chosen - set(may_receive(office, timezone.localdate())):
            words = _("Somebody among them has no access that covers this office.")
            self.add_error("recipients", ValidationError(words))
        return cleaned
