"""The second step of signing in: a code from the person's phone (TOTP), by allauth.mfa."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef

from spm.access import SECOND_FACTOR, roles

# What somebody who has yet to set it up may open; everything else leads there.
OPEN_BEFORE = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "logo",
        "mfa_activate_totp",
        "mfa_reauthenticate",
        "set_language",
    }
)


def required_of(user) -> bool:
    """Does one of the person's roles need it, here?"""
    return settings.REQUIRE_TOTP and bool(roles(user) & SECOND_FACTOR)


def is_set_up(user) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def set_up_by(user: OuterRef) -> Exists:
    """As an expression: has the person with this key set it up?"""
    return Exists(Authenticator.objects.filter(user_id=user, type=Authenticator.Type.TOTP))


def forget(user) -> None:
    """Take it away, the recovery codes too."""
    Authenticator.objects.filter(user_id=user.pk).delete()
