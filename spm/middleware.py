from django.core.exceptions import PermissionDenied

from spm.access import Role, roles
from spm.checks import declared

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What an assessor may still send, each with its reason.
ASSESSOR_MAY_SEND = {
    "account_logout": "signing out changes nothing of the institution's",
    "account_change_password": "one's own password, which nobody else should know",
    "set_language": "the page's language",
}


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
