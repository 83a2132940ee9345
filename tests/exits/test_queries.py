"""Definitions in force, lists of clients who rest or are overdue, a client's spells, and comparisons."""

import datetime as dt
from dataclasses import replace

import pytest

from exits import actions
from exits.methods import CAUSES, Counts
from exits.models import DecisionCount, ExitCount, ExitDefinition, Spell
from exits.queries import (
    ExitFilter,
    NotComparable,
    data_as_of,
    definition_in_force,
    difference,
    overdue_count,
    overdue_loans,
    resting,
    resting_count,
    spells_of,
)
from exits.queries.conditions import topmost_offices
from exits.queries.figures import add_months, figures_of, last_day, months_between
from spm.access import Role
from tests.exits.stored import imported_on
from tests.factories import (
    ClientFactory,
    LoanFactory,
    MembershipFactory,
    ProductFactory,
    RepaymentFactory,
    UserFactory,
)

AS_OF = dt.date(2024, 12, 15)
YEAR = ExitFilter(dt.date(2024, 1, 1), dt.date(2024, 12, 1))


def repaid(client, start, end, **fields):
    return LoanFactory(client=client, disbursed_on=start, closed_on=end, status="repaid", **fields)


# --- definitions and the day of the data -------------------------------------------------------------------


@pytest.mark.django_db
def test_until_a_definition_starts_the_standard_one_counts():
    later = ExitDefinition.objects.create(starts_on=dt.date(2024, 6, 1), window=60)
    standard = definition_in_force(dt.date(2024, 5, 31))
    assert (standard.pk, standard.window, standard.windows, standard.counts_savings) == (None, 90, 90, False)
    assert definition_in_force(dt.date(2024, 6, 1)) == later


@pytest.mark.django_db
def test_of_two_definitions_that_start_on_one_day_the_later_added_counts():
    for window in (60, 45):
        ExitDefinition.objects.create(starts_on=dt.date(2024, 6, 1), window=window)
    assert definition_in_force(dt.date(2024, 6, 1)).window == 45


@pytest.mark.django_db
def test_the_day_of_the_data_is_the_latest_of_all_finished_imports():
    assert data_as_of() is None
    imported_on(dt.date(2024, 6, 30))
    imported_on(dt.date(2024, 5, 31))
    unfinished = imported_on(dt.date(2024, 9, 30))
    unfinished.state = "checked"
    unfinished.save()
    assert data_as_of() == dt.date(2024, 6, 30)


def test_months_are_counted_over_the_turn_of_the_year():
    assert add_months(dt.date(2024, 11, 1), 3) == dt.date(2025, 2, 1)
    assert add_months(dt.date(2024, 1, 1), -1) == dt.date(2023, 12, 1)
    assert months_between(dt.date(2023, 12, 1), dt.date(2025, 1, 1)) == 13
    assert last_day(dt.date(2024, 2, 1)) == dt.date(2024, 2, 29)


# --- lists -------------------------------------------------------------------------------------------------


@pytest.fixture
def branches(office, far_office, officer):
    """Day of the data 2024-12-15, so that 180 days before is 2024-06-18."""
    near = {"office": office, "officer": officer.officer}
    late = LoanFactory(
        external_id="late", client=ClientFactory(external_id="C1", **near), due_on=dt.date(2024, 6, 17)
    )
    RepaymentFactory(loan=late, on=dt.date(2024, 6, 17))
    RepaymentFactory(loan=late, on=dt.date(2024, 3, 1))
    paying = LoanFactory(client=ClientFactory(**near), due_on=dt.date(2024, 6, 17))
    RepaymentFactory(loan=paying, on=dt.date(2024, 6, 18))
    LoanFactory(client=ClientFactory(**near), due_on=dt.date(2024, 6, 18))
    repaid(
        ClientFactory(**near),
        dt.date(2023, 1, 1),
        dt.date(2024, 1, 1),
        due_on=dt.date(2023, 6, 1),
    )
    LoanFactory(
        external_id="far", client=ClientFactory(office=far_office, sex="M"), due_on=dt.date(2024, 1, 1)
    )
    repaid(ClientFactory(external_id="rests", office=far_office), dt.date(2024, 1, 1), dt.date(2024, 10, 1))
    imported_on(AS_OF)
    actions.rebuild_spells(by=None)


def listed(loans):
    return [(loan.external_id, loan.last_payment) for loan in loans.order_by("external_id")]


def test_loans_long_past_due_without_a_payment_since_are_listed_and_counted(branches, manager):
    assert listed(overdue_loans(manager)) == [("far", None), ("late", dt.date(2024, 6, 17))]
    assert overdue_count(manager) == 2
    assert listed(overdue_loans(manager, days=181)) == [("far", None)]


def test_overdue_loans_are_kept_to_what_the_user_may_see_and_to_the_filter(
    branches, branch_manager, officer, other_officer, admin, manager
):
    assert listed(overdue_loans(branch_manager)) == [("late", dt.date(2024, 6, 17))]
    assert listed(overdue_loans(officer)) == [("late", dt.date(2024, 6, 17))]
    assert listed(overdue_loans(other_officer)) == []
    assert listed(overdue_loans(admin)) == []
    assert listed(overdue_loans(manager, replace(YEAR, sex="M"))) == [("far", None)]
    assert overdue_count(manager, replace(YEAR, office="NORTH")) == 1


@pytest.mark.django_db
def test_before_the_first_build_no_loan_is_overdue(manager):
    LoanFactory(due_on=dt.date(2020, 1, 1))
    assert overdue_count(manager) == 0


def test_who_rests_is_listed_and_counted_alike(branches, manager, branch_manager):
    assert [spell.client.external_id for spell in resting(manager)] == ["rests"]
    assert resting_count(manager) == 1
    assert resting_count(branch_manager) == 0
    assert resting_count(manager, replace(YEAR, office="NORTH-1")) == 0


def test_a_clients_spells_come_latest_first_and_only_to_whom_may_see_them(
    office, manager, officer, other_officer, django_assert_num_queries
):
    client = ClientFactory(office=office, officer=officer.officer)
    solo = ProductFactory(name="Solo")
    repaid(client, dt.date(2023, 1, 1), dt.date(2023, 3, 1), product=solo)
    LoanFactory(client=client, disbursed_on=dt.date(2024, 1, 1), product=solo)
    imported_on(AS_OF)
    actions.rebuild_spells(by=None)
    manager_sees = spells_of(manager, client)
    with django_assert_num_queries(1):
        assert [(s.start, s.left_on, s.product.name) for s in manager_sees] == [
            (dt.date(2024, 1, 1), None, "Solo"),
            (dt.date(2023, 1, 1), dt.date(2023, 3, 1), "Solo"),
        ]
    assert spells_of(officer, client).count() == 2
    assert spells_of(other_officer, client).count() == 0


# --- comparisons -------------------------------------------------------------------------------------------


def figures(period, left=1, **changes):
    fields = {
        "group": None,
        "label": "",
        "start": period[0],
        "end": period[1],
        "as_of": AS_OF,
        "definition": ExitDefinition(starts_on=period[0]),
        "window": 90,
        "longest_window": 90,
        "kept": CAUSES,
    }
    counts = Counts(B=10, causes={"client": left, "mfi": 0, "death": 0}, E=10 - left)
    return figures_of(counts, **fields | changes)


EARLIER = (dt.date(2024, 1, 1), dt.date(2024, 3, 31))
LATER = (dt.date(2024, 4, 1), dt.date(2024, 6, 30))


def test_a_difference_is_subtracted_and_none_where_a_rate_is_not_defined():
    assert difference(figures(LATER, left=3), figures(EARLIER), "dropout_opening") == pytest.approx(0.2)
    assert difference(figures(LATER), figures(EARLIER), "follow_on_retention") is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"definition": ExitDefinition(pk=2)}, "definition"),
        ({"window": 60}, "definition"),
        ({"definition": ExitDefinition(counts_savings=True)}, "definition"),
        ({"kept": ("client",)}, "causes"),
        ({"end": dt.date(2024, 4, 30)}, "length"),
    ],
)
def test_figures_that_measure_different_things_are_not_compared(changes, reason):
    with pytest.raises(NotComparable) as refusal:
        difference(figures(LATER), figures(EARLIER, **changes), "dropout_opening")
    assert refusal.value.reason == reason


@pytest.mark.parametrize("formulas", [("exit_closing", "exit_average"), ("growth", None)])
def test_different_formulas_are_not_compared(formulas):
    with pytest.raises(NotComparable) as refusal:
        difference(figures(LATER), figures(EARLIER), *formulas)
    assert refusal.value.reason == "formula"


# --- who sees whose ----------------------------------------------------------------------------------------


def test_nobody_is_looked_up_for_whoever_sees_everybody(manager, branch_manager, officer, nobody, head):
    of_head = UserFactory(username="officer-of-head")
    MembershipFactory(user=of_head, role=Role.OFFICER, office=head)
    people = (manager, branch_manager, officer, of_head)
    told = ["clients_client" in str(Spell.objects.visible_to(user).order_by().query) for user in people]
    assert told == [False, True, True, True]
    assert not Spell.objects.visible_to(nobody).exists()


@pytest.mark.parametrize("cube", [ExitCount, DecisionCount])
def test_sums_are_seen_of_the_offices_in_reach_and_none_by_who_reaches_own_clients_alone(
    cube, manager, branch_manager, officer, nobody, office, far_office
):
    of_a_cube = {"month": dt.date(2025, 1, 1), "own": True, "below": True}
    near, far = (cube.objects.create(office=place, **of_a_cube) for place in (office, far_office))
    seen = {user: set(cube.objects.visible_to(user)) for user in (manager, branch_manager, officer, nobody)}
    assert seen == {manager: {near, far}, branch_manager: {near}, officer: set(), nobody: set()}


def test_sums_are_sought_below_the_office_asked_for_as_far_as_it_is_in_reach(
    manager, branch_manager, office, far_office, head
):
    def sought(user):
        places = (head, office.parent, office, far_office)
        return [topmost_offices(user, replace(YEAR, office=place.code)) for place in places]

    assert sought(branch_manager) == [[office.path], [office.path], [office.path], []]
    assert sought(manager) == [[head.path], [office.parent.path], [office.path], [far_office.path]]
