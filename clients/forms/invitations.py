from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.forms.people import RoleForm
from spm.forms import CrispyMixin
from spm.models import Institution, User


class InvitationForm(RoleForm):
    """Whom to invite, to what, and in which language the mail speaks."""

    valid_from = None
    email = forms.EmailField(label=_("E-mail address"), max_length=150)
    language = forms.ChoiceField(
        label=_("Language of the mail"),
        help_text=_("Somebody who has an account gets it in the language that they chose."),
    )

    field_order = ["email", "role", "office", "valid_to", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        institution, field = Institution.get(), self.fields["language"]
        field.choices = [choice for choice in settings.LANGUAGES if choice[0] in institution.languages]
        field.initial = institution.language

    def first_day(self):
        return timezone.localdate()


class JoinForm(CrispyMixin, forms.Form):
    """The name and the password of who takes up an invitation."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("12 characters or more. Several words in a row are easy to remember."),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, email: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self):
        given = super().clean()
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        return given

    def clean_password(self):
        password = self.cleaned_data["password"]
        first, _blank, last = self.cleaned_data.get("full_name", "").partition(" ")
        validate_password(
            password, User(username=self.email, email=self.email, first_name=first, last_name=last)
        )
        return password
