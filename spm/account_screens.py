"""allauth's screens under our rules: one's own password and second step.

What those of the second step change is in the audit trail and ends other sessions.
"""

from allauth.account.views import PasswordChangeView
from allauth.core import context
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from spm import second_factor, streamed
from spm.models import AuditEvent


class ChangePassword(PasswordChangeView):
    def dispatch(self, request, *args, **kwargs):
        """Who has no password to give is led to where one is chosen by a link."""
        if not request.user.has_usable_password():
            messages.info(request, _("Your account has no password yet. Choose one by a link."))
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)


class Recorded:
    """What a valid form does is one transaction with its audit line."""

    verb: str

    def form_valid(self, form):
        with transaction.atomic():
            response = super().form_valid(form)
            self.end_other_sessions()
            AuditEvent.record(self.verb, self.request.user, by=self.request.user)
        return response

    def end_other_sessions(self) -> None:
        """This one goes on, under a new key."""
        self.request.user.end_sessions()
        update_session_auth_hash(self.request, self.request.user)


class SetUpSecondFactor(Recorded, ActivateTOTPView):
    verb = "second_factor.set_up"

    def get(self, request, *args, **kwargs):
        form = self.get_form()  # its secret goes into the session, so before the page begins

        def page():
            with context.request_context(request):
                return self.render_to_response(self.get_context_data(form=form))

        return streamed.answer(request, page)

    def get_context_data(self, **kwargs):
        required = second_factor.required_of(self.request.user)
        return super().get_context_data(**kwargs) | {"second_factor_required": required}


class RemoveSecondFactor(Recorded, DeactivateTOTPView):
    verb = "second_factor.removed"


class NewRecoveryCodes(Recorded, GenerateRecoveryCodesView):
    verb = "second_factor.codes_made"
