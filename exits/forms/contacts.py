"""A call or a visit to a client who is resting."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.queries import client_numbered
from exits.models import Contact
from exits.queries.contacts import latest_start
from spm.access import Can
from spm.forms import CrispyMixin


class ClientNumber(forms.CharField):
    """A client by number, one of before a merge too; so it can be written down without a connection."""

    def __init__(self, *args, user=None, permission=Can.EXITS_CONTACT, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.permission = user, permission

    def clean(self, value):
        client = client_numbered(super().clean(value), self.user, self.permission)
        if client is None:
            raise ValidationError(_("You have no client with this number."))
        return client


class ContactForm(CrispyMixin, forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["how", "result", "note", "next_on"]
        widgets = {
            "how": forms.RadioSelect,
            "result": forms.RadioSelect,
            "note": forms.Textarea(attrs={"rows": 3}),
            "next_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {
            "how": gettext_lazy("How did you try?"),
            "result": gettext_lazy("What came of it?"),
            "note": gettext_lazy("What did the client say?"),
            "next_on": gettext_lazy("When will you try again?"),
        }
        help_texts = {
            "note": gettext_lazy("In a few words. Leave it empty if there is nothing to add."),
            "next_on": gettext_lazy("It stands in your work for that day. Leave it empty if it is settled."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        number = ClientNumber(label=_("Client number"), max_length=100, user=user)
        if self.initial.get("client"):
            number.widget = forms.HiddenInput()
        self.fields = {"client": number} | self.fields
        for name in ("how", "result"):
            self.fields[name].choices = [choice for choice in self.fields[name].choices if choice[0]]

    def clean(self):
        cleaned = super().clean()
        client = cleaned.get("client")
        if client is not None:
            cleaned["start"] = latest_start(client)
            if cleaned["start"] is None:
                self.add_error("client", _("This person has not been a client yet."))
        return cleaned
