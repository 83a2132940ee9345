"""How far what a person may do reaches: compared with another permission, and with what was kept before."""

import dataclasses

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from clients.models import Office
from spm.access import (
    GRANTS,
    TERMS,
    Can,
    Role,
    Scope,
    may_grant,
    permissions,
    reach,
    reaches_all,
    reaches_still,
    roles,
    roles_to_grant,
    scopes,
)
from spm.models import User
from tests.conftest import member
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
HEAD, NORTH, BRANCH, SOUTH = "/7/", "/7/1/", "/7/1/11/", "/7/10/"


def anew(user):
    """The same person in the next request."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("inner", "outer", "said"),
    [
        (Scope(BRANCH, False), Scope(NORTH, False), True),
        (Scope(NORTH, False), Scope(NORTH, False), True),
        (Scope(NORTH, False), Scope(BRANCH, False), False),
        (Scope(BRANCH, False), Scope(SOUTH, False), False),
        (Scope(BRANCH, True), Scope(NORTH, False), True),
        (Scope(BRANCH, True), Scope(NORTH, True), True),
        (Scope(BRANCH, False), Scope(NORTH, True), False),
        (Scope(BRANCH, True), Scope(SOUTH, False), False),
        (Scope(BRANCH, True), Scope(SOUTH, True), False),
    ],
)
def test_a_scope_is_within_one_of_an_office_above_unless_that_is_ones_own_portfolio_only(inner, outer, said):
    assert inner.within(outer) is said


def test_only_the_scope_of_the_head_office_is_the_whole():
    assert [Scope(path, False).whole for path in (HEAD, NORTH, BRANCH)] == [True, False, False]


def test_a_scope_and_a_term_stay_as_they_are():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Scope(BRANCH, True).own_only = False
    with pytest.raises(dataclasses.FrozenInstanceError):
        TERMS[Role.ASSESSOR].most = 1000


def test_a_role_at_an_office_outside_of_the_tree_reaches_and_gives_nothing(office):
    user = member("lost", Role.MANAGER, office)
    Office.objects.filter(pk=office.pk).update(path="")
    assert permissions(user) == frozenset()
    assert not may_grant(anew(user), Role.OFFICER, Office.objects.get(pk=office.pk))


def test_whoever_reads_names_of_some_of_the_rows_alone_does_not_reach_them_all(
    manager, branch_manager, officer, admin, nobody
):
    people = (manager, branch_manager, officer, admin, nobody)
    said = [reaches_all(user, Can.CLIENTS_IDENTIFY, of=Can.CLIENTS_VIEW) for user in people]
    # Of nothing, all is reached.
    assert said == [True, True, True, False, True]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER])
def test_an_administrator_who_reads_names_at_a_branch_reaches_none_elsewhere(role, admin, office):
    MembershipFactory(user=admin, role=role, office=office)
    assert not reaches_all(admin, Can.CLIENTS_IDENTIFY, of=Can.CLIENTS_VIEW)


def test_what_is_kept_of_a_reach_is_where_each_permission_held_and_if_for_ones_own_rows(officer, manager):
    at = officer.memberships.get().office.path
    assert reach(officer) == {permission.value: [[at, True]] for permission in GRANTS[Role.OFFICER]}
    head = Office.head().path
    assert reach(manager) == {permission.value: [[head, False]] for permission in GRANTS[Role.MANAGER]}


def test_a_reach_holds_while_it_is_the_same_or_wider_and_no_longer(office, head):
    user = member("boss", Role.MANAGER, office)
    before = reach(user)
    held = user.memberships.get()
    found = {"the same": reaches_still(anew(user), before)}
    for name, role, place in [
        ("wider", Role.MANAGER, head),
        ("own rows alone", Role.OFFICER, office),
        ("another role", Role.ADMIN, head),
    ]:
        user.memberships.filter(pk=held.pk).update(role=role, office=place)
        found[name] = reaches_still(anew(user), before)
    user.memberships.update(ended_at=timezone.now())
    found["none"] = reaches_still(anew(user), before)
    held_at = ("the same", "wider")
    assert found == {name: name in held_at for name in found}
    assert len(found) == 5


def test_what_everybody_may_do_somewhere_is_what_their_roles_are_granted(manager, officer, assessor, nobody):
    people = (manager, officer, assessor, nobody)
    assert [permissions(user) for user in people] == [
        GRANTS[Role.MANAGER],
        GRANTS[Role.OFFICER],
        GRANTS[Role.ASSESSOR],
        frozenset(),
    ]
    assert [roles(user) for user in people] == [{"manager"}, {"officer"}, {"assessor"}, set()]


def test_what_touches_every_office_is_granted_at_the_head_office_alone(branch_manager, office):
    local = member("local", Role.ADMIN, office)
    assert permissions(branch_manager) == GRANTS[Role.MANAGER] - {
        Can.PORTFOLIO_IMPORT,
        Can.EXITS_DEFINE,
        Can.COMPLAINTS_DEFINE,
    }
    assert permissions(local) == GRANTS[Role.ADMIN] - {
        Can.PORTFOLIO_IMPORT,
        Can.INSTITUTION_MANAGE,
        Can.JOBS_VIEW_ALL,
        Can.AUDIT_VIEW,
    }


def test_of_two_roles_each_reaches_from_its_own_office(officer, office, far_office):
    MembershipFactory(user=officer, role=Role.MANAGER, office=far_office)
    found = {scope.office_path: scope.own_only for scope in scopes(officer, Can.CLIENTS_VIEW)}
    assert found == {office.path: True, far_office.path: False}
    assert [(scope.office_path, scope.own_only) for scope in scopes(officer, Can.CLIENTS_MERGE)] == [
        (far_office.path, False)
    ]


def test_an_administrator_gives_every_role_a_manager_that_of_an_officer_and_nobody_else_any(
    admin, manager, officer, assessor, nobody
):
    offered = [roles_to_grant(user) for user in (admin, manager, officer, assessor, nobody)]
    assert offered == [list(Role), [Role.OFFICER], [], [], []]


def test_a_role_is_given_at_ones_own_office_and_below_and_nowhere_else(
    branch_manager, office, far_office, head
):
    places = {"own": office, "above": head, "far": far_office}
    said = {name: may_grant(branch_manager, Role.OFFICER, place) for name, place in places.items()}
    assert said == {"own": True, "above": False, "far": False}
    assert not may_grant(branch_manager, Role.MANAGER, office)


def test_whoever_has_not_signed_in_or_was_shut_out_may_do_nothing(manager):
    manager.is_active = False
    assert [permissions(user) for user in (AnonymousUser(), manager)] == [frozenset()] * 2


def test_where_a_permission_is_held_is_worked_out_once_a_request(manager):
    assert scopes(manager, Can.CLIENTS_VIEW) is scopes(manager, Can.CLIENTS_VIEW)
    assert scopes(manager, Can.CLIENTS_VIEW) is not scopes(anew(manager), Can.CLIENTS_VIEW)
