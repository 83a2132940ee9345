"""Reads of people with an account, for the screens that manage them."""

import datetime as dt

from django.db.models import OuterRef, Prefetch, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Membership, Office
from spm import second_factor
from spm.access import Can, Role, may_grant, scopes
from spm.models import User

MOST_WORDS = 8


class State(TextChoices):
    ACTIVE = "active", _("active")
    IDLE = "idle", _("without a role")
    CLOSED = "closed", _("deactivated")


# The mark that goes with a state (see the status component).
MARKS = {State.ACTIVE: "ok", State.IDLE: "wait", State.CLOSED: ""}


def offices_of_people(user) -> QuerySet:
    """Where the user manages people."""
    return Office.objects.visible_to(user, Can.PEOPLE_MANAGE)


def manages_all(user) -> bool:
    """Does the user manage the people of every office?"""
    return any(scope.whole for scope in scopes(user, Can.PEOPLE_MANAGE))


def still_there(people, user, day: dt.date) -> QuerySet:
    """Of these, the user and whoever holds or will hold a role where the user manages people."""
    roles = Membership.objects.open(day).visible_to(user)
    return people.filter(Q(pk=user.pk) | Q(pk__in=roles.values("user")))


def filtered(people, day: dt.date, *, q="", role="", office=None, state="") -> QuerySet:
    """Those whom the words and choices fit; role and office are those of roles in force on the day."""
    for word in q.split()[:MOST_WORDS]:
        people = people.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(username__icontains=word)
            | Q(email__icontains=word)
        )
    held = Membership.objects.in_force(day)
    if role or office:
        fitting = held.filter(role=role) if role else held
        fitting = fitting.filter(office__path__startswith=office.path) if office else fitting
        people = people.filter(pk__in=fitting.values("user"))
    if state == State.CLOSED:
        return people.filter(is_active=False)
    if state:
        people = people.filter(is_active=True)
        with_role = Q(pk__in=held.values("user"))
        people = people.filter(with_role if state == State.ACTIVE else ~with_role)
    return people


def for_list(people, day: dt.date) -> QuerySet:
    """With ``held``, the roles in force on the day, and ``has_second_factor``."""
    held = Membership.objects.in_force(day).select_related("office").order_by("office__path", "role", "pk")
    return (
        people.annotate(has_second_factor=second_factor.set_up_by(OuterRef("pk")))
        .prefetch_related(Prefetch("memberships", held, to_attr="held"))
        .order_by("first_name", "last_name", "username")
    )


def state_of(person: User) -> State:
    """Of a person from ``for_list``."""
    if not person.is_active:
        return State.CLOSED
    return State.ACTIVE if person.held else State.IDLE


def roles_of(person: User) -> list[Membership]:
    """Every role of the person, past ones too, the latest first."""
    roles = person.memberships.select_related("office", "user")
    return list(roles.order_by("-valid_from", "-pk"))


def may_manage(user, person: User) -> bool:
    """May the user shut this account or reset it? Only if every role it has were theirs to give.

    Who has no role is managed by those who may give every role everywhere. Nobody manages themselves.
    """
    if user == person:
        return False
    held = list(person.memberships.open(timezone.localdate()).select_related("office"))
    if not held:
        return may_grant(user, Role.ADMIN, Office.head())
    return all(may_grant(user, membership.role, membership.office) for membership in held)
