"""allauth's forms in our words: labels say what to type, and no words stand inside the boxes."""

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from spm.accounts import tell_of_stopped
from spm.forms import CrispyMixin


class Plain(CrispyMixin):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(Plain, LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or e-mail address")
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""


class PasswordAgainForm(Plain, ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class WithCode(Plain):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class Limited(WithCode):
    """Codes that a limit stops leave a line in the audit trail, as passwords do."""

    def clean_code(self):
        try:
            return super().clean_code()
        except ValidationError as refused:
            if refused.code == "too_many_login_attempts":
                tell_of_stopped(context.request, self.user)
            raise


class CodeForm(Limited, AuthenticateForm):
    pass


class CodeAgainForm(Limited, ReauthenticateByCodeForm):
    pass


class FirstCodeForm(WithCode, ActivateTOTPForm):
    pass
