"""Facts that never break, who sees which client, and which fields are personal."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import UniqueConstraint

from clients.models import (
    Attendance,
    BeforeImage,
    ChangeSet,
    Client,
    Group,
    ImportBatch,
    ImportProfile,
    Membership,
    Office,
    Officer,
    Repayment,
    SavingsAccount,
    SavingsMovement,
)
from clients.queries import OF_CLIENT, ClientInBrief
from spm.access import Can, Role
from spm.models import Institution
from tests.conftest import member
from tests.factories import (
    ClientFactory,
    GroupFactory,
    InvitationFactory,
    LoanFactory,
    MembershipFactory,
    OfficeFactory,
    OfficerFactory,
    ProductFactory,
    RepaymentFactory,
    UserFactory,
)

OUR_MODELS = [
    model
    for app in ("spm", "clients", "feedback", "exits")
    for model in apps.get_app_config(app).get_models()
]
DAY = dt.date(2025, 6, 1)
BEFORE = DAY - dt.timedelta(days=1)
NOW = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)


# Constraints


def broken_head():
    Office.head()
    Office.objects.create(code="H2", name="Second", kind="head")


def broken_membership():
    membership = MembershipFactory(valid_from=DAY)
    MembershipFactory(user=membership.user, office=membership.office, valid_from=DAY)


def broken_attendance():
    client = ClientFactory()
    for present in (True, False):
        Attendance.objects.create(client=client, on=DAY, present=present)


def account(**more):
    product = ProductFactory(kind="savings")
    return SavingsAccount.objects.create(
        external_id="A1", client=ClientFactory(), product=product, opened_on=DAY, **more
    )


def broken_profile():
    for _time in range(2):
        ImportProfile.objects.create(name="Core", mapping={})


def broken_image():
    changes = ChangeSet.objects.create()
    for name in ("Ana", "Eva"):
        BeforeImage.objects.create(changes=changes, model="officer", row=1, values={"name": name})


BREAKS = {
    "image_once": broken_image,
    "profile_version_once": broken_profile,
    "office_one_head": broken_head,
    "office_only_the_head_has_no_parent": lambda: OfficeFactory(kind="head"),
    "office_kind_known": lambda: OfficeFactory(kind="shop"),
    "office_path_ends_in_delimiter": lambda: Office.objects.filter(pk=Office.head().pk).update(path="/1"),
    "membership_ends_after_start": lambda: MembershipFactory(valid_from=DAY, valid_to=BEFORE),
    "membership_role_known": lambda: MembershipFactory(role="boss"),
    "membership_once": broken_membership,
    "membership_of_an_assessor_ends": lambda: MembershipFactory(role="assessor"),
    "invitation_role_known": lambda: InvitationFactory(role="boss"),
    "invitation_accepted_or_withdrawn": lambda: InvitationFactory(accepted_at=NOW, withdrawn_at=NOW),
    "client_sex_known": lambda: ClientFactory(sex="X"),
    "client_area_known": lambda: ClientFactory(area="moon"),
    "client_status_has_its_date": lambda: ClientFactory(status="deceased"),
    "product_kind_known": lambda: ProductFactory(kind="gift"),
    "loan_closed_after_start": lambda: LoanFactory(status="repaid", disbursed_on=DAY, closed_on=BEFORE),
    "loan_written_off_after_start": lambda: LoanFactory(
        status="written_off", disbursed_on=DAY, written_off_on=BEFORE
    ),
    "loan_status_agrees_with_its_dates": lambda: LoanFactory(status="open", closed_on=DAY),
    "loan_principal_not_negative": lambda: LoanFactory(principal=-1),
    "account_closed_after_start": lambda: account(closed_on=BEFORE),
    "attendance_once_a_meeting": broken_attendance,
    "import_decimal_known": lambda: ImportBatch.objects.create(source="x", decimal=";"),
}
CONSTRAINTS = {
    constraint.name: constraint
    for model in apps.get_app_config("clients").get_models()
    for constraint in model._meta.constraints
}


def test_each_constraint_of_the_common_model_has_its_breaking_case():
    assert set(BREAKS) == set(CONSTRAINTS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", BREAKS)
def test_the_database_refuses_what_breaks_a_constraint(name):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        BREAKS[name]()
    # SQLite names the columns of a unique constraint, not the constraint.
    unnamed = connection.vendor == "sqlite" and isinstance(CONSTRAINTS[name], UniqueConstraint)
    assert ("UNIQUE constraint failed" if unnamed else name) in str(refused.value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "dates"),
    [
        ("repaid", {}),
        ("written_off", {}),
        ("repaid", {"closed_on": DAY, "written_off_on": DAY}),
        ("open", {"written_off_on": DAY}),
        ("lost", {}),
    ],
)
def test_a_loans_status_and_dates_must_agree(status, dates):
    with pytest.raises(IntegrityError, match="loan_status_agrees_with_its_dates"), transaction.atomic():
        LoanFactory(status=status, **dates)


# The office tree


@pytest.mark.django_db
def test_a_moved_office_takes_its_branches_along(office, far_office):
    north, south = office.parent, far_office.parent
    north.parent = south
    north.save()
    office.refresh_from_db()
    head = Office.head()
    assert office.path == f"/{head.pk}/{south.pk}/{north.pk}/{office.pk}/"
    assert set(Office.objects.under(south)) == {south, north, office, far_office}


@pytest.mark.django_db
def test_office_1_does_not_reach_the_clients_of_offices_10_and_100(head):
    one, ten, hundred = (
        Office.objects.create(pk=pk, code=f"O{pk}", name=f"O{pk}", kind="branch", parent=head)
        for pk in (head.pk * 1000 + 1, (head.pk * 1000 + 1) * 10, (head.pk * 1000 + 1) * 100)
    )
    people = {office: ClientFactory(office=office) for office in (one, ten, hundred)}
    for office, client in people.items():
        user = member(f"of-{office.code}", Role.MANAGER, office)
        assert list(Client.objects.visible_to(user)) == [client]
        assert list(Office.objects.visible_to(user)) == [office]


# Who sees which client


@pytest.fixture
def everyone(officer, other_officer, office, far_office):
    """A client of each officer, one of nobody's, one far away."""
    return {
        "mine": ClientFactory(external_id="mine", office=office, officer=officer.officer),
        "others": ClientFactory(external_id="others", office=office, officer=other_officer.officer),
        "unassigned": ClientFactory(external_id="unassigned", office=office, officer=None),
        "far": ClientFactory(external_id="far", office=far_office, officer=officer.officer),
    }


def seen(user, permission=Can.CLIENTS_VIEW):
    return set(Client.objects.visible_to(user, permission).values_list("external_id", flat=True))


def test_each_role_sees_the_clients_in_its_reach(
    everyone, admin, manager, branch_manager, officer, other_officer, assessor, nobody
):
    assert {user.username: seen(user) for user in (admin, manager, branch_manager)} == {
        "admin": {"mine", "others", "unassigned", "far"},
        "manager": {"mine", "others", "unassigned", "far"},
        "branch-manager": {"mine", "others", "unassigned"},
    }
    assert {user.username: seen(user) for user in (officer, other_officer, assessor, nobody)} == {
        "officer": {"mine"},
        "other-officer": {"others"},
        "assessor": set(),
        "nobody": set(),
    }
    assert seen(admin, Can.CLIENTS_IDENTIFY) == set()


def test_an_officer_of_the_head_office_sees_their_own_clients_and_no_others(everyone, head):
    user = member("roaming", Role.OFFICER, head)
    assert seen(user) == set()
    everyone["far"].officer = OfficerFactory(user=user)
    everyone["far"].save()
    assert seen(user) == {"far"}


def test_a_person_with_two_roles_sees_what_either_shows(everyone, officer, far_office):
    MembershipFactory(user=officer, role=Role.MANAGER, office=far_office)
    assert seen(officer) == {"mine", "far"}


def test_a_client_at_hand_is_visible_exactly_where_the_list_shows_it(
    everyone, admin, manager, branch_manager, officer, other_officer, assessor, nobody
):
    for user in (admin, manager, branch_manager, officer, other_officer, assessor, nobody):
        for permission in (Can.CLIENTS_VIEW, Can.CLIENTS_IDENTIFY):
            at_hand = {name for name, client in everyone.items() if client.is_visible_to(user, permission)}
            brief = [ClientInBrief(*values) for values in Client.objects.values_list(*OF_CLIENT)]
            in_brief = {client.external_id for client in brief if client.is_visible_to(user, permission)}
            assert at_hand == in_brief == seen(user, permission), (user.username, permission)


def test_loans_groups_and_officers_are_seen_with_their_clients(everyone, branch_manager, officer):
    far, mine = LoanFactory(client=everyone["far"]), LoanFactory(client=everyone["mine"])
    paid = RepaymentFactory(loan=mine)
    RepaymentFactory(loan=far)
    group = GroupFactory()
    Client.objects.filter(external_id="mine").update(group=group)
    GroupFactory()
    OfficerFactory(code="far away")
    assert list(type(mine).objects.visible_to(officer)) == [mine]
    assert list(Repayment.objects.visible_to(officer)) == [paid]
    assert list(Group.objects.visible_to(branch_manager)) == [group]
    assert [seen.name for seen in Officer.objects.visible_to(branch_manager)] == ["Ana Quispe", "Luis Rojas"]
    assert [seen.name for seen in Officer.objects.visible_to(officer)] == ["Ana Quispe"]


def test_savings_are_seen_with_their_client(officer, manager):
    kept = account()
    movement = SavingsMovement.objects.create(account=kept, external_id="M1", on=DAY, amount=5)
    assert list(SavingsAccount.objects.visible_to(manager)) == [kept]
    assert list(SavingsMovement.objects.visible_to(manager)) == [movement]
    assert list(SavingsMovement.objects.visible_to(officer)) == []


@pytest.mark.django_db
def test_a_membership_counts_from_its_first_to_its_last_day():
    user = UserFactory()
    office = OfficeFactory()
    MembershipFactory(user=user, office=office, valid_from=DAY, valid_to=DAY + dt.timedelta(days=1))
    days = [DAY + dt.timedelta(days=shift) for shift in (-1, 0, 1, 2)]
    assert [Membership.objects.in_force(day).count() for day in days] == [0, 1, 1, 0]
    assert [len(Membership.objects.held(day)) for day in days] == [0, 1, 1, 0]
    Membership.objects.update(valid_to=None)
    assert [Membership.objects.in_force(day).count() for day in days] == [0, 1, 1, 1]
    assert [len(Membership.objects.held(day)) for day in days] == [0, 1, 1, 1]
    Membership.objects.update(ended_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC))
    assert [Membership.objects.in_force(day).count() for day in days] == [0, 0, 0, 0]
    assert [len(Membership.objects.held(day)) for day in days] == [0, 0, 0, 0]


@pytest.mark.django_db
def test_a_membership_that_ended_shows_nothing(everyone, office):
    user = UserFactory()
    MembershipFactory(user=user, office=office, valid_to=dt.date(2021, 1, 1))
    assert seen(user) == set()


def test_somebody_deactivated_sees_nothing(everyone, manager):
    manager.is_active = False
    assert seen(manager) == set()


# Privacy


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_every_field_is_classified_as_personal_or_plain(model):
    fields = {field.name for field in [*model._meta.fields, *model._meta.many_to_many]}
    privacy = model.Privacy
    assert privacy.personal | privacy.plain == fields
    assert privacy.personal & privacy.plain == frozenset()


def test_what_names_a_client_is_personal():
    assert Client.Privacy.personal >= {"name", "search_name", "phone", "birth_date"}


@pytest.mark.django_db
def test_an_institution_that_nobody_described_is_not_stored():
    institution = Institution.get()
    assert (institution.name, institution.currency, Institution.objects.count()) == ("", "USD", 0)


@pytest.mark.django_db
def test_the_institution_is_one_row():
    Institution.objects.create(pk=1, name="Caja")
    with pytest.raises(IntegrityError, match="institution_is_one_row"), transaction.atomic():
        Institution.objects.create(pk=2, name="Banco")
