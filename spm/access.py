"""Who may do what: the only file that decides it.

Add a permission to ``Can``, grant it in ``GRANTS``, name it as ``needs`` on the screen. A person's
roles are memberships over the office tree (``clients.Membership``); a role counts while its
membership is in force, and reaches the rows of its office and every office below.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum, auto

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMIN = "admin", _("Administrator")
    MANAGER = "manager", _("Manager")
    OFFICER = "officer", _("Field officer")
    ASSESSOR = "assessor", _("External assessor")
    DESK = "desk", _("Complaints desk")
    PROTECTION = "protection", _("Data protection officer")


class Can(StrEnum):
    HOME_VIEW = auto()

    CLIENTS_VIEW = auto()
    CLIENTS_IDENTIFY = auto()

    PORTFOLIO_IMPORT = auto()
    PORTFOLIO_EXPORT = auto()
    CLIENTS_MERGE = auto()

    PEOPLE_MANAGE = auto()
    INSTITUTION_MANAGE = auto()

    EXITS_VIEW = auto()
    EXITS_DEFINE = auto()
    EXITS_CONTACT = auto()
    EXITS_CONFIRM = auto()
    EXITS_INTERVIEW = auto()
    EXITS_SAMPLE = auto()
    EXITS_VERBATIM = auto()
    EXITS_REPORT = auto()

    COMPLAINTS_LOG = auto()
    COMPLAINTS_VIEW = auto()
    COMPLAINTS_HANDLE = auto()
    COMPLAINTS_IDENTIFY = auto()
    COMPLAINTS_DEFINE = auto()

    FIELD_WORK = auto()
    FIELD_REVIEW = auto()

    JOBS_VIEW = auto()
    JOBS_VIEW_ALL = auto()
    AUDIT_VIEW = auto()
    GALLERY_VIEW = auto()


GRANTS: dict[str, frozenset[Can]] = {
    Role.ADMIN: frozenset(
        {
            Can.HOME_VIEW,
            Can.CLIENTS_VIEW,
            Can.PORTFOLIO_IMPORT,
            Can.PORTFOLIO_EXPORT,
            Can.PEOPLE_MANAGE,
            Can.INSTITUTION_MANAGE,
            Can.JOBS_VIEW,
            Can.JOBS_VIEW_ALL,
            Can.AUDIT_VIEW,
            Can.GALLERY_VIEW,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Can.HOME_VIEW,
            Can.CLIENTS_VIEW,
            Can.CLIENTS_IDENTIFY,
            Can.PORTFOLIO_IMPORT,
            Can.PORTFOLIO_EXPORT,
            Can.CLIENTS_MERGE,
            Can.PEOPLE_MANAGE,
            Can.EXITS_VIEW,
            Can.EXITS_DEFINE,
            Can.EXITS_CONTACT,
            Can.EXITS_CONFIRM,
            Can.EXITS_INTERVIEW,
            Can.EXITS_SAMPLE,
            Can.EXITS_VERBATIM,
            Can.EXITS_REPORT,
            Can.COMPLAINTS_LOG,
            Can.COMPLAINTS_VIEW,
            Can.COMPLAINTS_HANDLE,
            Can.COMPLAINTS_DEFINE,
            Can.FIELD_WORK,
            Can.FIELD_REVIEW,
            Can.JOBS_VIEW,
        }
    ),
    Role.OFFICER: frozenset(
        {
            Can.HOME_VIEW,
            Can.CLIENTS_VIEW,
            Can.CLIENTS_IDENTIFY,
            Can.EXITS_VIEW,
            Can.EXITS_CONTACT,
            Can.EXITS_CONFIRM,
            Can.EXITS_INTERVIEW,
            Can.COMPLAINTS_LOG,
            Can.FIELD_WORK,
            Can.JOBS_VIEW,
        }
    ),
    Role.ASSESSOR: frozenset({Can.HOME_VIEW}),
    Role.DESK: frozenset(
        {
            Can.HOME_VIEW,
            Can.COMPLAINTS_LOG,
            Can.COMPLAINTS_VIEW,
            Can.COMPLAINTS_HANDLE,
            Can.COMPLAINTS_IDENTIFY,
            Can.FIELD_WORK,
            Can.JOBS_VIEW,
        }
    ),
    Role.PROTECTION: frozenset(
        {
            Can.HOME_VIEW,
            Can.COMPLAINTS_VIEW,
            Can.COMPLAINTS_HANDLE,
            Can.JOBS_VIEW,
            Can.AUDIT_VIEW,
        }
    ),
}

# These touch every office at once, so only a membership at the head office carries them.
WHOLE_INSTITUTION = frozenset(
    {
        Can.PORTFOLIO_IMPORT,
        Can.INSTITUTION_MANAGE,
        Can.EXITS_DEFINE,
        Can.COMPLAINTS_DEFINE,
        Can.JOBS_VIEW_ALL,
        Can.AUDIT_VIEW,
    }
)

# These roles reach only the rows in the person's own portfolio.
OWN_PORTFOLIO = frozenset({Role.OFFICER})

# Which roles a role may give and take away, at its own office and below. Nobody gives more than they
# hold, but for administrators: they run the accounts and read little themselves.
MAY_GRANT: dict[str, frozenset[Role]] = {
    Role.ADMIN: frozenset(Role),
    Role.MANAGER: frozenset({Role.OFFICER}),
}


@dataclass(frozen=True)
class Term:
    """For how many days a role is held: so many if nobody says, and at most so many."""

    days: int
    most: int


# Roles that are only ever held for a time.
TERMS: dict[str, Term] = {Role.ASSESSOR: Term(days=14, most=90)}

# These roles reach many people's data: they sign in with a second factor where the setting asks for it.
SECOND_FACTOR = frozenset(Role) - {Role.OFFICER}


@dataclass(frozen=True)
class Scope:
    """Rows a permission reaches: those under ``office_path``, or of these only one's own."""

    office_path: str
    own_only: bool

    @property
    def whole(self) -> bool:
        """Does it reach every office? Only the head office's path has a single id in it."""
        return self.office_path.count("/") == 2

    def within(self, outer: "Scope") -> bool:
        """Is every row of this one also in ``outer``?"""
        return self.office_path.startswith(outer.office_path) and (self.own_only or not outer.own_only)


@dataclass(frozen=True, slots=True)
class Held:
    """A role in force: at which office, and until when if it has a last day."""

    role: str
    office: str
    office_path: str
    at_head: bool
    until: dt.date | None

    def in_words(self) -> str:
        words = {"role": Role(self.role).label, "office": self.office}
        if self.until is None:
            return gettext("%(role)s, %(office)s") % words
        until = {"day": date_format(self.until)}
        return gettext("%(role)s, %(office)s, until %(day)s") % (words | until)


def memberships(user) -> list[Held]:
    """What the user holds today; read once per request."""
    if not user.is_active:  # nor is whoever has not signed in
        return []
    if not hasattr(user, "_held_today"):
        user._held_today = user.memberships.held(timezone.localdate())
    return user._held_today


def scopes(user, permission: Can) -> list[Scope]:
    """Where the user holds the permission; empty where not at all. Worked out once per request."""
    if not user.is_active:  # a stranger is not
        return []
    known = getattr(user, "_scopes", None)
    if known is None:
        known = user._scopes = {}
    if permission not in known:
        known[permission] = _scopes_of(memberships(user), permission)
    return known[permission]


def _scopes_of(held: list[Held], permission: Can) -> list[Scope]:
    return [
        Scope(one.office_path, one.role in OWN_PORTFOLIO)
        for one in held
        if permission in GRANTS[one.role]
        and one.office_path  # an office without its place in the tree would reach every row
        and (permission not in WHOLE_INSTITUTION or one.at_head)
    ]


def can(user, permission: Can) -> bool:
    return bool(scopes(user, permission))


def may_grant(user, role: str, office) -> bool:
    """May the user give this role at this office, or take it away there?"""
    return any(
        role in MAY_GRANT.get(one.role, ()) and one.office_path and office.path.startswith(one.office_path)
        for one in memberships(user)
    )


def roles_to_grant(user) -> list[Role]:
    """Every role that the user may give somewhere, in the order of ``Role``."""
    offered = frozenset().union(*(MAY_GRANT.get(one.role, ()) for one in memberships(user)))
    return [role for role in Role if role in offered]


def reaches_all(user, permission: Can, of: Can) -> bool:
    """Does ``permission`` reach every row that ``of`` reaches?"""
    wide = scopes(user, permission)
    return all(any(scope.within(outer) for outer in wide) for scope in scopes(user, of))


def reach(user) -> dict[str, list]:
    """How far each permission of the user reaches, as plain values to keep."""
    held = {permission: scopes(user, permission) for permission in Can}
    return {
        p.value: [[scope.office_path, scope.own_only] for scope in found]
        for p, found in held.items()
        if found
    }


def reaches_still(user, before: dict[str, list]) -> bool:
    """Does every permission reach as far now as ``reach`` said before, or further?"""
    return all(
        any(Scope(*scope).within(outer) for outer in scopes(user, Can(permission)))
        for permission, found in before.items()
        for scope in found
    )


def permissions(user) -> frozenset[Can]:
    """Everything the user may do somewhere."""
    return frozenset(permission for permission in Can if can(user, permission))


def roles(user) -> frozenset[str]:
    return frozenset(one.role for one in memberships(user))
