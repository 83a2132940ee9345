"""What each route answers to whom, as data: from grants and declarations alone, without looking at a row.

``docs/access.md`` shows it, and the tests compare every real answer with it.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from django.urls import NoReverseMatch, reverse

from spm.access import GRANTS, OWN_PORTFOLIO, WHOLE_INSTITUTION, Can, Role
from spm.checks import EXEMPT, walk
from spm.editing import Edited
from spm.middleware import ASSESSOR_MAY_SEND, SAFE

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class Relation(StrEnum):
    """Whose row it is, seen from a person."""

    OWN = auto()
    SAME_OFFICE = auto()
    OTHER_OFFICE = auto()
    OTHER_REGION = auto()
    MISSING = auto()


class Kind(StrEnum):
    """By what a row is in reach."""

    CLIENT = auto()  # its office and its portfolio
    WORK = auto()  # who asked for it
    OWN = auto()  # who asked for it, and nobody else
    PERSON = auto()  # an office of the person's, or being that person
    OFFER = auto()  # its office, whoever's it is
    INSTITUTION = auto()  # nothing: it concerns every office


KINDS = {
    "clients.Client": Kind.CLIENT,
    "clients.ClientMerge": Kind.CLIENT,
    "spm.Job": Kind.WORK,
    "spm.PreparedFile": Kind.OWN,
    "spm.User": Kind.PERSON,
    "clients.Membership": Kind.PERSON,
    "clients.Invitation": Kind.OFFER,
    "clients.ImportBatch": Kind.INSTITUTION,
    "clients.ImportProfile": Kind.INSTITUTION,
    "spm.Holiday": Kind.INSTITUTION,
    "spm.SubmissionConflict": Kind.OFFER,
    "exits.RegisteredExit": Kind.CLIENT,
    "exits.ExitInterview": Kind.CLIENT,
    "exits.LeaverSample": Kind.OFFER,
    "exits.SampledLeaver": Kind.OFFER,
    "exits.ReportSchedule": Kind.OFFER,
    "feedback.Complaint": Kind.OFFER,
    "feedback.Category": Kind.INSTITUTION,
    "exits.LeaverType": Kind.INSTITUTION,
    "exits.Reason": Kind.INSTITUTION,
}

# What nobody does to themselves, though they see the rows.
NOT_OVER_ONESELF = frozenset(
    {
        "clients:role-add",
        "clients:role-change",
        "clients:person-reactivate",
        "clients:person-password",
        "clients:person-second-step",
    }
)
# They show people's names out of the files of all offices: to who may know all of them, or sent the file.
NAMES_OF_ALL = frozenset({"clients:import-columns", "clients:import-rejected"})
# A form without a word in it is enough for these; the others show it again.
DONE_AT_ONCE = frozenset({"clients:import-undo", "clients:client-merge"})


@dataclass(frozen=True)
class Open:
    """What a route without a permission answers to GET and to an empty POST: signed out, and signed in.

    To a person without a second step and over a link that does not work.
    """

    out: tuple[int, int]
    signed_in: tuple[int, int]


_BEFORE_SIGN_IN, _OWN_PAGE = Open((200, 200), (302, 302)), Open((302, 302), (200, 200))
_PAGE, _FORM, _ELSEWHERE = (
    Open((200, 405), (200, 405)),
    Open((200, 200), (200, 200)),
    Open((302, 302), (302, 302)),
)
_NOT_SET_UP = Open((302, 302), (404, 404))
OPEN = {
    "account_login": _BEFORE_SIGN_IN,
    "account_logout": Open((302, 302), (200, 302)),
    "account_signup": _BEFORE_SIGN_IN,
    "account_inactive": _PAGE,
    "account_reset_password": _FORM,
    "account_reset_password_done": _PAGE,
    "account_reset_password_from_key": _FORM,
    "account_reset_password_from_key_done": _PAGE,
    "account_change_password": _OWN_PAGE,
    "clients:invitation-accept": Open((404, 404), (404, 404)),
    "account_reauthenticate": _OWN_PAGE,
    "mfa_index": Open((302, 302), (200, 405)),
    "mfa_authenticate": _ELSEWHERE,
    "mfa_reauthenticate": _ELSEWHERE,
    "mfa_activate_totp": _ELSEWHERE,
    "mfa_deactivate_totp": _NOT_SET_UP,
    "mfa_view_recovery_codes": Open((302, 302), (404, 405)),
    "mfa_generate_recovery_codes": _ELSEWHERE,
    "mfa_download_recovery_codes": _NOT_SET_UP,
    "set_language": _ELSEWHERE,
    "logo": Open((404, 405), (404, 405)),
    "healthz": _FORM,
    "field-worker": _PAGE,
    "manifest": _PAGE,
}


@dataclass(frozen=True)
class Person:
    """A role at the head office or at a branch; without a role one who holds none that is in force."""

    role: Role | None = None
    at_head: bool = False
    signed_in: bool = True


@dataclass(frozen=True)
class Route:
    name: str
    view: type | None
    methods: frozenset[str]
    takes_row: bool

    @property
    def kind(self) -> Kind | None:
        return KINDS[self.view.model._meta.label] if self.takes_row else None


def routes() -> dict[str, Route]:
    """Every route that needs a permission, by name."""
    return {name: _route(name, view.view_class) for name, view in walk() if name not in EXEMPT}


def _route(name, view) -> Route:
    offered = {method for method in METHODS if method.lower() in view.http_method_names}
    methods = {method for method in offered if hasattr(view, method.lower())}
    # Django answers HEAD by what answers GET.
    if "GET" in methods:
        methods |= offered & {"HEAD"}
    return Route(name, view, frozenset(methods), _takes_row(name))


def _takes_row(name) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return True
    return False


def holds(person: Person, permission: Can) -> bool:
    if person.role is None or permission not in GRANTS[person.role]:
        return False
    return person.at_head or permission not in WHOLE_INSTITUTION


def reaches(person: Person, kind: Kind, relation: Relation) -> bool:
    """Is a row in reach of who holds the permission of its screen?"""
    near = {Relation.OWN, Relation.SAME_OFFICE}
    if relation is Relation.MISSING:
        return False
    match kind:
        case Kind.INSTITUTION:
            return True
        case Kind.OWN:
            return relation is Relation.OWN
        case Kind.WORK:
            return relation is Relation.OWN or holds(person, Can.JOBS_VIEW_ALL)
        case Kind.CLIENT if person.role in OWN_PORTFOLIO:
            return relation is Relation.OWN
    return person.at_head or relation in near


def knows_all_names(person: Person) -> bool:
    return person.at_head and person.role not in OWN_PORTFOLIO and holds(person, Can.CLIENTS_IDENTIFY)


def expected(route: Route, person: Person, relation: Relation | None, method: str) -> int:
    """The status that the person must be answered; ``relation`` is None where the route takes no row."""
    if not person.signed_in:
        return 302
    is_safe = method in SAFE
    if not is_safe and person.role is Role.ASSESSOR and route.name not in ASSESSOR_MAY_SEND:
        return 403
    if not holds(person, route.view.needs):
        return 403
    if method not in route.methods:
        return 405
    if method == "OPTIONS":
        return 200
    if relation and not reaches(person, route.kind, relation):
        return 404
    if _refuses(route, person, relation):
        return 403
    return 200 if is_safe else sent_on(route)


def _refuses(route, person, relation) -> bool:
    if route.name in NOT_OVER_ONESELF:
        return relation is Relation.OWN
    return route.name in NAMES_OF_ALL and relation is not Relation.OWN and not knows_all_names(person)


def sent_on(route: Route) -> int:
    """What follows a form without a word in it, and so without the version that an edit is made from."""
    if issubclass(route.view, Edited):
        return 400
    return 302 if "GET" not in route.methods or route.name in DONE_AT_ONCE else 200


def expected_of_open(name: str, person: Person, method: str) -> int:
    """The same of a route without a permission."""
    if method not in SAFE and person.role is Role.ASSESSOR and name not in ASSESSOR_MAY_SEND:
        return 403
    got, sent = OPEN[name].signed_in if person.signed_in else OPEN[name].out
    return got if method in SAFE else sent
