"""Signing in and out, and one's own password, in the audit trail: what allauth and Django tell of them."""

from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver  # noqa: TID251  it is allauth that tells of these

from spm.accounts import account_of, address_of
from spm.observed import observe


@receiver(user_logged_in)
def signed_in(user, **kwargs):
    observe("signed_in", user, by=user)


@receiver(user_logged_out)
def signed_out(user, **kwargs):
    if user is not None:
        observe("signed_out", user, by=user)


@receiver(user_login_failed)
def sign_in_failed(credentials, request=None, **kwargs):
    """Of an account that there is; what else was typed is not kept, as it may be a password."""
    where = {"address": address_of(request)} if request else {}
    observe("sign_in_failed", account_of(credentials) or "account_login", by=None, **where)


@receiver(authentication_failed)
def code_refused(user, request, reauthentication=False, **kwargs):
    """A wrong code of the second step, or one used before, behind the right password; never the code."""
    by = user if reauthentication else None
    observe("second_factor.refused", user, by=by, address=address_of(request))


@receiver([password_changed, password_set])
def password_was_changed(user, **kwargs):
    observe("password.changed", user, by=user)


@receiver(password_reset)
def password_was_reset(user, **kwargs):
    """By the link that went to the person's address, or that an administrator handed over."""
    observe("password.reset", user, by=user)
