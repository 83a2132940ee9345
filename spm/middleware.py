import uuid
from functools import partial

from django.contrib.auth.middleware import get_user
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from spm import observed, second_factor
from spm.access import Role, roles
from spm.checks import declared
from spm.streamed import Page

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What an assessor may still send, each with its reason.
ASSESSOR_MAY_SEND = {
    "account_logout": "signing out changes nothing of the institution's",
    "account_change_password": "one's own password, which nobody else should know",
    "clients:invitation-accept": "a role offered to oneself",
    "account_reauthenticate": "one's own password, asked for once more",
    "mfa_activate_totp": "one's own second step",
    "mfa_deactivate_totp": "one's own second step",
    "mfa_generate_recovery_codes": "one's own second step",
    "mfa_reauthenticate": "one's own second step, asked for once more",
    "set_language": "the page's language",
}

SET_UP = "mfa_activate_totp"


def user_at_hand(get_response):
    """Who asks, read at once, as every answer needs it: a list asks Django's lazy user hundreds of times."""

    def middleware(request):
        request.user = get_user(request)
        return get_response(request)

    return middleware


def trail_of_reading(get_response):
    """Whose names an answer shows, and that it refuses, leaves a line in the audit trail."""

    def middleware(request):
        response = get_response(request)
        user, match = request.user, request.resolver_match
        if match is None or not user.is_authenticated:
            return response
        keys = {name: str(key) for name, key in match.kwargs.items() if isinstance(key, int | uuid.UUID)}
        if response.status_code == 403:
            observed.observe("refused", match.view_name, by=user, method=request.method, **keys)
        write = partial(observed.write_what_was_seen, user, match.view_name, **keys)
        if isinstance(response, Page):
            response.before_rest(write)
        elif response.streaming and not isinstance(response, FileResponse):
            response.streaming_content = _and_then(response.streaming_content, write)
        else:
            write()
        return response

    return middleware


def _and_then(pieces, act):
    """The pieces of an answer; ``act`` when the last one, or whoever asked for them, is gone."""
    try:
        yield from pieces
    finally:
        act()


def keep_private(get_response):
    """Nothing behind the sign-in is kept by a cache on the way."""

    def middleware(request):
        response = get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class declared_routes_only:  # noqa: N801  named like the functions beside it in MIDDLEWARE
    """A route that does not say who may see it answers nobody, even if the start-up check was skipped."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not declared(view, request.resolver_match.view_name):
            raise PermissionDenied


class second_factor_first:  # noqa: N801  named like the functions beside it in MIDDLEWARE
    """Whose role needs a second factor reaches nothing before it is set up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.resolver_match.view_name in second_factor.OPEN_BEFORE:
            return None
        if not second_factor.required_of(request.user) or second_factor.is_set_up(request.user):
            return None
        return HttpResponseClientRedirect(reverse(SET_UP)) if request.htmx else redirect(SET_UP)


class read_only_assessor:  # noqa: N801  named like the functions beside it in MIDDLEWARE
    """The second lock: an assessor's request never changes anything, whatever a screen forgot."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method in SAFE or request.resolver_match.view_name in ASSESSOR_MAY_SEND:
            return
        if Role.ASSESSOR in roles(request.user):
            raise PermissionDenied
