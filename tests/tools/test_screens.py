"""No screen goes without being looked at: those of the tools are compared with the routes."""

import ast
import re
from pathlib import Path

from django.conf import settings
from django.urls import resolve

from spm.checks import walk

SOURCE = Path(settings.BASE_DIR, "tools/screens.py").read_text()
JOB = "12345678-90ab-cdef-1234-567890abcdef"
BY_UUID = (
    *("/jobs/", "/field/", "/exits/register/", "/exits/interviews/", "/exits/samples/", "/exits/report/"),
    "/feedback/complaints/",
)
# Routes that answer a GET and are not looked at, each with its reason.
NOT_LOOKED_AT = {
    "prepared-file": "a file",
    "clients:profile-file": "a file",
    "account_logout": "only asks whether one is sure; the menu signs out by POST",
    "account_signup": "closed, and only says so",
    "account_inactive": "for a deactivated person alone",
    "account_reset_password_done": "one sentence after a form that is looked at",
    "account_reset_password_from_key": "behind a link that holds once",
    "account_reset_password_from_key_done": "one sentence after that",
    "clients:import-rejected": "a file",
    "clients:import-template": "a file",
    "mfa_authenticate": "between password and code; walked in tests/browser/test_accounts.py",
    "mfa_reauthenticate": "for whoever has the second step; walked in the same test",
    "mfa_deactivate_totp": "for whoever has the second step; walked in the same test",
    "mfa_view_recovery_codes": "for whoever has the second step; walked in the same test",
    "mfa_generate_recovery_codes": "for whoever has the second step; walked in the same test",
    "mfa_download_recovery_codes": "a file",
    "logo": "a file",
    "field-hello": "for scripts",
    "field-today": "for scripts",
    "field-worker": "a script",
    "manifest": "for the phone's home screen",
    "healthz": "a word for the load balancer",
}


def paths(source: str) -> list[str]:
    """The address of each `Screen(name, person, path)`, with some id wherever one stands in it."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    shown = [ast.unparse(call.args[2]) for call in calls if ast.unparse(call.func) == "Screen"]
    plain = [text.lstrip("f").strip("'\"") for text in shown]
    return [re.sub(r"\{\w+\}", JOB if by_uuid(path) else "1", path) for path in plain]


def by_uuid(path: str) -> bool:
    return path.startswith(BY_UUID) and not path.startswith("/exits/samples/leavers/")


def looked_at() -> set[str]:
    return {resolve(path.partition("?")[0]).view_name for path in paths(SOURCE)}


def answering_get() -> set[str]:
    return {
        name
        for name, view in walk()
        if name != "set_language"
        and "get" in getattr(getattr(view, "view_class", None), "http_method_names", ["get"])
    }


def test_every_route_that_answers_a_get_is_looked_at_or_excused():
    assert answering_get() - looked_at() - set(NOT_LOOKED_AT) == set()


def test_no_excuse_outlives_its_reason():
    assert set(NOT_LOOKED_AT) - answering_get() == set()
    assert set(NOT_LOOKED_AT) & looked_at() == set()


def test_the_addresses_of_the_screens_are_read_whole():
    source = 'Screen("a", "", "/x/?y=1")\nScreen("b", "admin", f"/jobs/{job}/")'
    assert paths(source) == ["/x/?y=1", f"/jobs/{JOB}/"]
    assert len(paths(SOURCE)) == SOURCE.count(" Screen(")
