"""Who may give which role where: nobody more than is theirs, or to themselves; and somebody always stays."""

import datetime as dt
import itertools

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from clients.actions.people import deactivate, reactivate, reset_second_factor
from clients.actions.roles import change_role, end_role, grant_role
from clients.models import Membership, Office
from spm.access import GRANTS, MAY_GRANT, OWN_PORTFOLIO, TERMS, WHOLE_INSTITUTION, Can, Role, can, may_grant
from spm.models import AuditEvent, User
from tests.conftest import member
from tests.factories import OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def held(user) -> list[tuple]:
    open_ones = user.memberships.open(timezone.localdate()).order_by("role", "office__code")
    return [(m.role, m.office.code, m.valid_from, m.valid_to) for m in open_ones]


def give(user, role, office, by, **dates):
    days = {"valid_from": timezone.localdate(), **dates}
    if role in TERMS:
        days.setdefault("valid_to", days["valid_from"] + dt.timedelta(days=14))
    return grant_role(user=user, role=role, office=office, by=by, **days)


# Nobody gives what is not theirs to give


def test_by_whoever_wherever_whatever_a_role_is_given_only_within_ones_own(head, office, far_office):
    """Every giver's role and office by every role and office given, against the rule said anew."""
    sites = {"head": head, "north": office.parent, "branch": office, "far": far_office}
    below = {
        "head": {"head", "north", "branch", "far"},
        "north": {"north", "branch"},
        "branch": {"branch"},
        "far": {"far"},
    }
    gives = {role: set() for role in Role.values} | {"admin": set(Role.values), "manager": {"officer"}}
    wrong = []
    for giver_role, giver_site in itertools.product(Role.values, sites):
        last = timezone.localdate() + dt.timedelta(days=9)
        giver = member(f"{giver_role}-{giver_site}", giver_role, sites[giver_site], valid_to=last)
        for role, site in itertools.product(Role.values, sites):
            allowed = role in gives[giver_role] and site in below[giver_site]
            user = UserFactory()
            try:
                give(user, role, sites[site], giver)
                done = True
            except PermissionDenied:
                done = False
            if (done, may_grant(giver, role, sites[site]), user.memberships.exists()) != (allowed,) * 3:
                wrong.append((giver_role, giver_site, role, site))
    assert wrong == []


def test_office_1_gives_nothing_in_offices_10_and_100(head):
    one, ten = (OfficeFactory(pk=pk, code=f"N{pk}", parent=head) for pk in (7001, 70010))
    giver = member("giver", Role.ADMIN, one)
    assert [may_grant(giver, Role.OFFICER, office) for office in (one, ten)] == [True, False]


def test_whoever_gives_a_role_holds_all_it_brings_but_for_administrators():
    for giver, given in MAY_GRANT.items():
        if giver != Role.ADMIN:
            assert all(GRANTS[role] <= GRANTS[giver] for role in given)
            assert giver not in OWN_PORTFOLIO
    assert {role for role, held in GRANTS.items() if Can.PEOPLE_MANAGE in held} == MAY_GRANT.keys()


def test_a_role_at_a_branch_brings_nothing_that_touches_the_whole(office):
    user = UserFactory()
    give(user, Role.MANAGER, office, None)
    assert [permission for permission in WHOLE_INSTITUTION if can(user, permission)] == []


@pytest.mark.parametrize("change", ["past", "later", "ended", "shut"])
def test_a_giver_whose_own_role_is_not_in_force_gives_nothing(change, branch_manager, office, today):
    own = branch_manager.memberships.get()
    if change == "past":
        own.valid_to = today - dt.timedelta(days=1)
    elif change == "later":
        own.valid_from = today + dt.timedelta(days=1)
    elif change == "ended":
        own.ended_at = timezone.now()
    else:
        User.objects.filter(pk=branch_manager.pk).update(is_active=False)
    own.save()
    with pytest.raises(PermissionDenied):
        give(UserFactory(), Role.OFFICER, office, User.objects.get(pk=branch_manager.pk))


def test_nobody_gives_themselves_anything(admin, head, office):
    for role, where in [(Role.MANAGER, head), (Role.OFFICER, office)]:
        with pytest.raises(PermissionDenied):
            give(admin, role, where, admin)
    assert [role for role, *_rest in held(admin)] == ["admin"]


def test_nobody_changes_a_role_of_their_own(branch_manager, admin, office, head, today):
    own = branch_manager.memberships.get()
    with pytest.raises(PermissionDenied):
        change_role(
            membership=own, office=office, valid_from=today, valid_to=None, by=branch_manager, version=1
        )
    with pytest.raises(PermissionDenied):
        change_role(
            membership=admin.memberships.get(),
            office=head,
            valid_from=today,
            valid_to=None,
            by=admin,
            version=1,
        )


def test_a_command_gives_what_it_is_told_to(head):
    user = UserFactory()
    give(user, Role.ADMIN, head, None)
    assert [role for role, *_rest in held(user)] == ["admin"]


# Changing and ending


def test_a_move_keeps_what_was_before(officer, office, far_office, admin, today):
    old = officer.memberships.get()
    day = today + dt.timedelta(days=10)
    change_role(membership=old, office=far_office, valid_from=day, valid_to=None, by=admin, version=1)
    assert held(officer) == [
        ("officer", office.code, old.valid_from, day - dt.timedelta(days=1)),
        ("officer", far_office.code, day, None),
    ]
    assert [m.office for m in officer.memberships.in_force(today)] == [office]
    assert [m.office for m in officer.memberships.in_force(day)] == [far_office]


@pytest.mark.parametrize("days", [0, -3])
def test_a_move_from_today_on_or_before_holds_at_once(days, officer, far_office, admin, today):
    first = today + dt.timedelta(days=days)
    old = officer.memberships.get()
    change_role(membership=old, office=far_office, valid_from=first, valid_to=None, by=admin, version=1)
    assert held(officer) == [("officer", far_office.code, first, None)]


def test_a_manager_moves_nobody_into_an_office_that_is_not_theirs(
    officer, branch_manager, office, far_office, today
):
    for old, where in [(officer, far_office), (member("far", Role.OFFICER, far_office), office)]:
        with pytest.raises(PermissionDenied):
            change_role(
                membership=old.memberships.get(),
                office=where,
                valid_from=today,
                valid_to=None,
                by=branch_manager,
                version=1,
            )


def test_a_role_that_ended_is_not_changed_or_ended_again(officer, office, admin, today):
    role = officer.memberships.get()
    end_role(membership=role, by=admin)
    with pytest.raises(ValidationError):
        end_role(membership=role, by=admin)
    with pytest.raises(ValidationError):
        change_role(membership=role, office=office, valid_from=today, valid_to=None, by=admin, version=1)
    assert AuditEvent.objects.filter(verb__in=["role.ended", "role.changed"]).count() == 1


def test_a_role_given_today_may_end_today_and_be_given_again(office, admin):
    user = UserFactory()
    for _time in range(2):
        end_role(membership=give(user, Role.OFFICER, office, admin), by=admin)
    assert held(user) == []


def test_one_may_end_ones_own_role(branch_manager):
    end_role(membership=branch_manager.memberships.get(), by=branch_manager)
    assert held(branch_manager) == []


# For a time only


@pytest.mark.parametrize(("days", "given"), [(None, False), (14, True), (90, True), (91, False)])
def test_an_assessor_has_a_last_day_90_days_away_at_most(days, given, admin, head, today):
    until = None if days is None else today + dt.timedelta(days=days)
    user = UserFactory()
    if given:
        give(user, Role.ASSESSOR, head, admin, valid_to=until)
    else:
        with pytest.raises(ValidationError, match="at most 90 days"):
            give(user, Role.ASSESSOR, head, admin, valid_to=until)
    assert user.memberships.exists() == given


def test_prolonging_does_not_go_around_the_90_days(assessor, admin, head, today):
    role, last = assessor.memberships.get(), today + dt.timedelta(days=91)
    with pytest.raises(ValidationError):
        change_role(membership=role, office=head, valid_from=today, valid_to=last, by=admin, version=1)


# Somebody stays


def shut(user, by):
    deactivate(user=user, by=by)


def end(user, by):
    end_role(membership=user.memberships.get(role=Role.ADMIN), by=by)


def move(user, by):
    role, today = user.memberships.get(role=Role.ADMIN), timezone.localdate()
    branch = Office.objects.get(code="NORTH-1")
    change_role(membership=role, office=branch, valid_from=today, valid_to=None, by=by, version=1)


def limit(user, by):
    role, today = user.memberships.get(role=Role.ADMIN), timezone.localdate()
    change_role(membership=role, office=role.office, valid_from=today, valid_to=today, by=by, version=1)


@pytest.mark.parametrize("act", [shut, end])
def test_the_last_administrator_cannot_leave(act, admin, office):
    member("branch-admin", Role.ADMIN, office)
    with pytest.raises(ValidationError, match="without a last day"):
        act(admin, by=admin)
    assert User.objects.get(pk=admin.pk).is_active
    assert [role for role, *_rest in held(admin)] == ["admin"]


@pytest.mark.parametrize("act", [shut, end, move, limit])
def test_of_two_administrators_one_may_send_the_other_away_and_then_stays(act, admin, office, head):
    second = member("second", Role.ADMIN, head)
    act(second, by=admin)
    for leave in (shut, end):
        with pytest.raises(ValidationError):
            leave(admin, by=admin)


@pytest.mark.parametrize("act", [shut, end, move, limit])
@pytest.mark.parametrize("kind", ["shut", "for a time", "at a branch", "to come"])
def test_who_cannot_give_roles_for_good_does_not_count_as_one_who_stays(
    act, kind, admin, office, head, today
):
    """The other administrator acts, but would not be one who stays."""
    other = member("other", Role.ADMIN, head, valid_to=today + dt.timedelta(days=30))
    if kind == "shut":
        User.objects.filter(pk=member("gone", Role.ADMIN, head).pk).update(is_active=False)
    elif kind == "at a branch":
        member("branch-admin", Role.ADMIN, office)
    elif kind == "to come":
        member("to-come", Role.ADMIN, head, valid_from=today + dt.timedelta(days=1))
    with pytest.raises(ValidationError):
        act(admin, by=other)
    assert [role for role, *_rest in held(admin)] == ["admin"]


def test_where_there_is_no_administrator_roles_end_all_the_same(branch_manager):
    end_role(membership=branch_manager.memberships.get(), by=None)
    assert held(branch_manager) == []


# Accounts


@pytest.mark.parametrize("act", [deactivate, reactivate, reset_second_factor])
def test_an_account_is_managed_only_by_who_could_give_all_its_roles(
    act, officer, admin, branch_manager, office, far_office
):
    both = member("both", Role.OFFICER, office)
    both.memberships.create(role=Role.OFFICER, office=far_office, valid_from="2020-01-01")
    nobody = UserFactory()
    for person in (both, admin, member("peer", Role.MANAGER, office), nobody):
        with pytest.raises(PermissionDenied):
            act(user=person, by=branch_manager)
    act(user=officer, by=branch_manager)
    act(user=nobody, by=admin)
    act(user=both, by=admin)


def test_a_role_that_is_over_elsewhere_stands_in_nobodys_way(officer, branch_manager, far_office):
    officer.memberships.create(
        role=Role.MANAGER, office=far_office, valid_from="2020-01-01", valid_to="2020-12-31"
    )
    deactivate(user=officer, by=branch_manager)
    assert not User.objects.get(pk=officer.pk).is_active


def test_each_change_of_a_role_leaves_a_line_that_says_what_was_and_what_is(office, far_office, admin, today):
    user = UserFactory(username="eva")
    role = give(user, Role.OFFICER, office, admin)
    role = change_role(
        membership=role,
        office=far_office,
        valid_from=today,
        valid_to=dt.date(2999, 1, 1),
        by=admin,
        version=1,
    )
    end_role(membership=role, by=admin)
    lines = AuditEvent.objects.filter(by=admin).order_by("pk")
    first = {"user": str(user.pk), "role": "officer", "office": office.code, "valid_from": today.isoformat()}
    before = first | {"valid_to": None}
    after = before | {"office": far_office.code, "valid_to": "2999-01-01"}
    assert [(line.verb, line.details) for line in lines] == [
        ("role.granted", before),
        ("role.changed", after | {"before": before}),
        ("role.ended", after),
    ]


def test_people_one_may_see_are_those_of_ones_offices(
    admin, manager, branch_manager, officer, other_officer, nobody, far_office, head
):
    far = member("far", Role.OFFICER, far_office)
    everybody = {admin, manager, branch_manager, officer, other_officer, nobody, far}
    seen = {
        person.username: set(User.objects.visible_to(person)) for person in (admin, branch_manager, officer)
    }
    assert seen == {
        "admin": everybody,
        "branch-manager": {branch_manager, officer, other_officer},
        "officer": {officer},
    }
    assert set(Membership.objects.visible_to(officer)) == set(officer.memberships.all())
