"""System checks: a deployment that would be unsafe does not start."""

from django.conf import settings
from django.core import checks
from django.core.checks import Error, Tags, register
from django.db import OperationalError, connections
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
    "clients:invitation-accept": "behind a link by mail, which is its own key and holds once",
    "account_reauthenticate": "own password once more, before what protects the account",
    "mfa_index": "own second step of signing in, any signed-in person",
    "mfa_authenticate": "the second step of signing in",
    "mfa_reauthenticate": "own code once more, before what protects the account",
    "mfa_activate_totp": "own second step of signing in, any signed-in person",
    "mfa_deactivate_totp": "own second step of signing in, any signed-in person",
    "mfa_view_recovery_codes": "own second step of signing in, any signed-in person",
    "mfa_generate_recovery_codes": "own second step of signing in, any signed-in person",
    "mfa_download_recovery_codes": "own second step of signing in, any signed-in person",
    "set_language": "the page's language",
    "logo": "the institution's logo, which the sign-in page shows",
    "field-worker": "the script of the service worker, the same for everybody",
    "manifest": "the name of the institution and the icons, for the phone's home screen",
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


# PostgreSQL's settings that, when off, let it confirm what is not on the disk yet.
DURABLE = ["fsync", "synchronous_commit"]


@register(Tags.database)
def commits_reach_the_disk(app_configs, databases, **kwargs):
    """SQLite gets ``synchronous=FULL`` from our settings; PostgreSQL's are its operator's, so it is asked."""
    if settings.DATABASE_MAY_FORGET:
        return []
    postgres = [alias for alias in databases if connections[alias].vendor == "postgresql"]
    return [message for alias in postgres for message in what_may_be_lost(alias)]


@register(Tags.security, deploy=True)
def commits_reach_the_disk_once_deployed(app_configs, **kwargs):
    """The same for ``check --deploy``, which else asks no database."""
    return commits_reach_the_disk(app_configs, databases=list(connections))


def what_may_be_lost(alias: str) -> list:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'", [DURABLE])
            names = sorted(name for (name,) in cursor.fetchall())
    except OperationalError:
        silent = f"The database {alias} does not answer: whether it keeps what it confirms is not known."
        return [checks.Warning(silent, id="spm.W002")]
    return [
        Error(
            f"PostgreSQL runs with {name}=off: what it has confirmed is lost when the power fails.",
            hint=f"ALTER SYSTEM SET {name} = on, then let PostgreSQL read its settings anew.",
            id="spm.E002",
        )
        for name in names
    ]
