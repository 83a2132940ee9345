"""How people sign in: allauth's adapters and backend, under our rules."""

import secrets
import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from spm import mail, second_factor
from spm.models import Institution, User
from spm.observed import observe

# Failed sign-ins: all strangers to one account, and from one address; one device that knows the account.
LIMITS = {"strangers": "10/15m/key,100/15m/ip", "known_device": "10/15m/key"}
# Lines in the audit trail on tries that a limit stops: one of an address on an account, few of an address.
LINES = {"stopped": "1/15m/key,10/15m/ip"}
DEVICE_COOKIE = "known_device"
DEVICE_SECONDS = 365 * 24 * 3600
PEOPLE_ON_A_DEVICE = 8


class ClosedDoor(DefaultAccountAdapter):
    """People do not sign themselves up, and who guesses passwords locks out nobody but themselves.

    A device on which somebody has signed in keeps a count of its own for that person. All others share
    one for each account: a stranger who uses it up stops strangers alone.
    """

    def is_open_for_signup(self, request):
        return False

    def get_from_email(self):
        return mail.sender(Institution.get())

    def send_mail(self, template_prefix, email, context):
        """In the language of whose account it is; to whom no account belongs, in that of the page."""
        person = context.get("user")
        page = translation.get_language()
        with translation.override(mail.language_of(person, page)):
            super().send_mail(template_prefix, email, context)

    def is_safe_url(self, url):
        """Only our own pages; allauth's own answer breaks on an address that is none."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def is_reauthentication_required(self, *, app):
        """Not of who has only just given the password or a code."""
        request = context.request
        given = [record["at"] for record in get_authentication_records(request, request.user)]
        recent = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        return max(given, default=0) < recent and super().is_reauthentication_required(app=app)

    def pre_authenticate(self, request, **credentials):
        account = account_of(credentials)
        limit, key = counter(request, account, credentials)
        self._login_failed_rl_usage = ratelimit.consume(
            request, app="spm", action=limit, config=LIMITS, key=key
        )
        if not self._login_failed_rl_usage:
            tell_of_stopped(request, account)
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        know_device(request, response, user)
        return response

    def set_password(self, user, password):
        """Who has just chosen a new one by mail may try it at once."""
        super().set_password(user, password)
        of_the_account = {"strangers": LIMITS["strangers"].partition(",")[0]}
        ratelimit.clear(
            context.request, app="spm", action="strangers", config=of_the_account, key=f"account {user.pk}"
        )


class OneCheck(AuthenticationBackend):
    """One password is hashed at each try, whether the name is known or not and whichever name it is."""

    def _authenticate(self, request, **credentials):
        return self._check_password(account_of(credentials), credentials["password"])


class SecondFactor(DefaultMFAAdapter):
    def get_totp_issuer(self):
        return Institution.get().name or context.request.get_host()

    def can_delete_authenticator(self, authenticator):
        return not second_factor.required_of(authenticator.user)


def account_of(credentials: dict) -> User | None:
    """The account of this user name, or else the only one of this e-mail address."""
    login = login_of(credentials)
    found = list(User.objects.filter(Q(username__iexact=login) | Q(email__iexact=login))) if login else []
    named = [user for user in found if user.username.lower() == login.lower()]
    if named:
        return min(named, key=lambda user: user.username != login)
    return found[0] if len(found) == 1 else None


def login_of(credentials: dict) -> str:
    return credentials.get("username") or credentials.get("email") or ""


def counter(request, account: User | None, credentials: dict) -> tuple[str, str]:
    """Which limit a try falls under, and in whose name it is counted."""
    device, people = device_of(request)
    if account and account.pk in people:
        return "known_device", f"{device}:{account.pk}"
    whose = f"account {account.pk}" if account else f"name {login_of(credentials).lower()}"
    return "strangers", whose


def tell_of_stopped(request, account: User | None) -> None:
    """One line for many tries, so that guessing fills no trail: names that are nobody's are one account."""
    whose = f"{account.pk if account else 'nobody'} {ratelimit.get_ip(request)}"
    if ratelimit.consume(request, app="spm", action="stopped", config=LINES, key=whose):
        by = request.user if request.user.is_authenticated else None
        observe("sign_in_stopped", account or "account_login", by=by, address=address_of(request))


def address_of(request) -> str:
    """Where the request comes from."""
    return get_adapter(request).get_client_ip(request)


def device_of(request) -> tuple[str, list[int]]:
    """The device's own random name, and the people who have signed in on it, the latest last."""
    try:
        known = signing.loads(request.COOKIES[DEVICE_COOKIE], salt=DEVICE_COOKIE, max_age=DEVICE_SECONDS)
        return known["device"], known["people"]
    except (KeyError, signing.BadSignature):
        return secrets.token_urlsafe(16), []


def know_device(request, response, user) -> None:
    device, people = device_of(request)
    people = [*(pk for pk in people if pk != user.pk), user.pk][-PEOPLE_ON_A_DEVICE:]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps({"device": device, "people": people}, salt=DEVICE_COOKIE),
        max_age=DEVICE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def reset_path(user) -> str:
    """The address, without the host, by which the person chooses a password: once, within three days."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    return reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token}
    )
