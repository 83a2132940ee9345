"""Who may be sent the report of an office: people whose access covers it, on that very day."""

import datetime as dt

from django.db.models import Q, QuerySet

from clients.models import Membership, Office
from spm.access import GRANTS, OWN_PORTFOLIO, Can, scopes
from spm.models import User


def may_receive(office: Office, day: dt.date) -> QuerySet:
    """Those who may have this office's report that day, can sign in, and have an address."""
    return _with(Q(office__path__in=_above(office.path)), day)


def may_be_chosen(user, day: dt.date) -> QuerySet:
    """Those with such access at the offices in the user's reach: people elsewhere are not theirs to know."""
    within = Q(pk__in=[])
    for scope in scopes(user, Can.EXITS_REPORT):
        within |= Q(office__path__startswith=scope.office_path)
    return _with(within, day)


def _with(where, day):
    held = Membership.objects.in_force(day).filter(where, role__in=_roles())
    people = User.objects.filter(pk__in=held.values("user"), is_active=True)
    return people.exclude(email="").order_by("last_name", "username")


def _roles() -> list[str]:
    """Those that may have reports, and reach more than an own portfolio."""
    return [role for role, held in GRANTS.items() if Can.EXITS_REPORT in held and role not in OWN_PORTFOLIO]


def _above(path: str) -> list[str]:
    """The paths of the office and of all above it: /1/, /1/4/, /1/4/9/."""
    ids = path.strip("/").split("/")
    return ["/" + "/".join(ids[: place + 1]) + "/" for place in range(len(ids))]
