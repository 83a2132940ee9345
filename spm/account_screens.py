"""allauth's screens of the second step. What they change is in the audit trail and ends other sessions."""

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib.auth import update_session_auth_hash
from django.db import transaction

from spm import second_factor
from spm.models import AuditEvent


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

    def get_context_data(self, **kwargs):
        required = second_factor.required_of(self.request.user)
        return super().get_context_data(**kwargs) | {"second_factor_required": required}


class RemoveSecondFactor(Recorded, DeactivateTOTPView):
    verb = "second_factor.removed"


class NewRecoveryCodes(Recorded, GenerateRecoveryCodesView):
    verb = "second_factor.codes_made"
