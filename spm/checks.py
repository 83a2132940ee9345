"""System checks: a deployment that would be unsafe does not start."""

from django.core.checks import Error, Tags, register
from django.urls import URLPattern, get_resolver

from spm.access import Can

# Routes that are not our screens, each with the reason why it needs no permission of ours.
EXEMPT = {
    "account_login": "signing in",
    "account_logout": "signing out",
    "account_signup": "closed: shows that accounts are made by an administrator",
    "account_inactive": "tells a deactivated person why the sign-in failed",
    "account_reset_password": "forgotten password",
    "account_reset_password_done": "forgotten password",
    "account_reset_password_from_key": "forgotten password",
    "account_reset_password_from_key_done": "forgotten password",
    "account_change_password": "own password, any signed-in person",
    "set_language": "the page's language",
    "healthz": "says that the server answers, for the load balancer",
}


def walk(patterns=None, prefix=""):
    """Every route as ``(view name, view)``, namespaces included."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", pattern.callback
        else:
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from walk(pattern.url_patterns, prefix + namespace)


def declared(view, name: str) -> bool:
    """Does the route say who may see it: by its own class's ``needs``, or by an exemption?"""
    own = vars(getattr(view, "view_class", object))
    return isinstance(own.get("needs"), Can) or name in EXEMPT


@register(Tags.urls)
def every_route_is_declared(app_configs, **kwargs):
    return [
        Error(
            f"The route {name} does not say who may see it.",
            hint="Set `needs = Can.…` on the view's own class, or add it to spm.checks.EXEMPT with a reason.",
            id="spm.E001",
        )
        for name, view in walk()
        if not declared(view, name)
    ]
