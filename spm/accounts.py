from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


class ClosedDoor(DefaultAccountAdapter):
    """People do not sign themselves up: an administrator makes their account."""

    def is_open_for_signup(self, request):
        return False

    def is_safe_url(self, url):
        """Only our own pages; allauth's own answer breaks on an address that is none."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())


def reset_path(user) -> str:
    """The address, without the host, by which the person chooses a password: once, within three days."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    return reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token}
    )
