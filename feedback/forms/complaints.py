"""A complaint written down, and which are listed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Office, Product
from clients.queries import client_numbered
from feedback.models import Category, Complaint, Severity
from feedback.models.rules import HANDLERS
from feedback.queries.complaints import overdue, soon_due
from spm.access import Can
from spm.forms import CrispyMixin, QuickChoice, QuickHidden
from spm.reference import in_list_order

OPEN, ALL = "", "all"


class ComplaintForm(CrispyMixin, forms.ModelForm):
    """On a phone too, where nothing of it depends on whom it is about."""

    client = forms.CharField(
        label=gettext_lazy("Client number"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Leave it empty for who is not a client or does not want to be known."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    contact = forms.CharField(
        label=gettext_lazy("How can we answer?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Name, number and this are read by the complaints desk alone."),
    )

    class Meta:
        model = Complaint
        fields = ["kind", "channel", "office", "text", "wanted", "occurred_on", "product"]
        widgets = {
            "kind": forms.RadioSelect,
            "text": forms.Textarea(attrs={"rows": 5}),
            "wanted": forms.Textarea(attrs={"rows": 2}),
            "occurred_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {
            "kind": gettext_lazy("What is it?"),
            "channel": gettext_lazy("How did it come?"),
            "office": gettext_lazy("Which office is it about?"),
            "text": gettext_lazy("What happened, in the client's words?"),
            "wanted": gettext_lazy("What should be done?"),
            "occurred_on": gettext_lazy("When did it happen?"),
            "product": gettext_lazy("Which product is it about?"),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["office"].queryset = Office.objects.visible_to(user, Can.COMPLAINTS_LOG)
        self.fields["product"].queryset = Product.objects.visible_to(user)
        for name in ("kind", "channel"):
            self.fields[name].choices = [choice for choice in self.fields[name].choices if choice[0]]

    def clean_client(self):
        number = self.cleaned_data["client"].strip()
        client = client_numbered(number, self.user, Can.COMPLAINTS_LOG) if number else None
        if number and client is None:
            raise ValidationError(
                _("You have no client with this number. Leave it empty, and write the name.")
            )
        return client

    def clean_occurred_on(self):
        day = self.cleaned_data["occurred_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        return day


class ComplaintFilter(CrispyMixin, forms.Form):
    """Which are listed, from the address alone; a wrong value is named, and does not count."""

    state = QuickChoice(label=gettext_lazy("State"), required=False)
    due = QuickChoice(label=gettext_lazy("Due"), required=False)
    level = QuickChoice(label=gettext_lazy("Level"), required=False)
    role = QuickChoice(label=gettext_lazy("Whose task"), required=False)
    channel = QuickChoice(label=gettext_lazy("How it came"), required=False)
    office = QuickChoice(label=gettext_lazy("Office"), required=False)
    category = QuickChoice(label=gettext_lazy("Category"), required=False)
    severity = QuickChoice(label=gettext_lazy("Severity"), required=False)
    kind = QuickChoice(label=gettext_lazy("Kind"), required=False)
    sort = forms.CharField(required=False, widget=QuickHidden, max_length=30)

    def __init__(self, address, *, user):
        super().__init__(address)
        self.offices = Office.objects.visible_to(user, Can.COMPLAINTS_VIEW)
        categories = {
            row.code: f"\u2003{row}" if row.head else str(row)
            for row in in_list_order(Category.objects.visible_to(user))
        }
        offered = {
            "state": [(OPEN, _("Open")), (ALL, _("All")), *Complaint.State.choices],
            "due": [("", _("All")), ("overdue", _("Overdue")), ("soon", _("Within three days"))],
            "level": [("", _("All")), *((str(n), str(n)) for n in range(1, 5))],
            "role": [("", _("All")), *((role.value, role.label) for role in HANDLERS)],
            "channel": [("", _("All")), *Complaint.Channel.choices],
            "office": [("", _("All offices")), *self.offices.order_by("path").values_list("code", "name")],
            "category": [("", _("All")), *categories.items()],
            "severity": [("", _("All")), *((str(key), words) for key, words in Severity.choices)],
            "kind": [("", _("All")), *Complaint.Kind.choices],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices
            self.fields[name].error_messages["invalid_choice"] = _(
                "Nothing is known by this. Choose from the list."
            )

    def good(self, name) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")

    def chips(self) -> list[dict]:
        return [
            {"label": field.label, "value": str(dict(field.choices)[self.good(name)]).strip()}
            for name, field in self.fields.items()
            if name != "sort" and (name == "state" or self.good(name))
        ]

    def listed(self, complaints):
        """Of these complaints what the address asks for: open ones by their day, else the latest first."""
        today, state = timezone.localdate(), self.good("state")
        if state == OPEN:
            complaints = complaints.open()
        elif state != ALL:
            complaints = complaints.filter(state=state)
        if self.good("due"):
            complaints = complaints.filter({"overdue": overdue, "soon": soon_due}[self.good("due")](today))
        for name in ("level", "role", "channel", "severity", "kind"):
            if self.good(name):
                complaints = complaints.filter(**{name: self.good(name)})
        if self.good("office"):
            within = self.offices.get(code=self.good("office"))
            complaints = complaints.filter(office__in=Office.objects.under(within))
        if code := self.good("category"):
            mine = Category.objects.order_by().values("pk")
            complaints = complaints.filter(category__in=mine.filter(code=code) | mine.filter(head=code))
        last = {ALL, Complaint.State.CLOSED}
        return (
            complaints.order_by("-received_at", "-pk")
            if state in last
            else complaints.order_by("due_on", "id")
        )
