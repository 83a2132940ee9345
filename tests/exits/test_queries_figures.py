"""The figures of a history one can count by hand, read from the rollup."""

import datetime as dt
from dataclasses import replace

import pytest

from exits import actions
from exits.models import SpellBuild
from exits.queries import (
    ExitFilter,
    NoFiguresError,
    PeriodError,
    before,
    by,
    by_month,
    data_span,
    decisions_counted,
    spells_counted,
    whole,
)
from spm.access import Role
from tests.exits.counted import counts, listed, numbers
from tests.exits.stored import imported_on
from tests.factories import (
    ClientFactory,
    LoanFactory,
    MembershipFactory,
    OfficeFactory,
    OfficerFactory,
    ProductFactory,
)

AS_OF = dt.date(2024, 12, 15)
YEAR = ExitFilter(dt.date(2024, 1, 1), dt.date(2024, 12, 1))


def repaid(client, start, end, **fields):
    return LoanFactory(client=client, disbursed_on=start, closed_on=end, status="repaid", **fields)


@pytest.fixture
def history(office, far_office, officer):
    """Three clients: in the north one gone and one still borrowing, in the south one gone and back."""
    solo = ProductFactory(code="SOLO", name="Solo")
    gone = ClientFactory(external_id="gone", office=office, officer=officer.officer, sex="F")
    stays = ClientFactory(external_id="stays", office=office, officer=None, sex="")
    back = ClientFactory(external_id="back", office=far_office, officer=OfficerFactory(code="FAR"), sex="M")
    repaid(gone, dt.date(2023, 5, 1), dt.date(2024, 2, 10), product=solo)
    LoanFactory(client=stays, disbursed_on=dt.date(2024, 3, 1), product=solo)
    repaid(back, dt.date(2023, 1, 1), dt.date(2023, 6, 1), product=solo)
    LoanFactory(client=back, disbursed_on=dt.date(2024, 11, 3), product=solo)
    imported_on(AS_OF)
    actions.rebuild_spells(by=None)


def test_the_whole_year_of_three_clients(history, manager):
    figures = whole(manager, YEAR)
    assert counts(figures) == {
        "B": 1,
        "new": 1,
        "returned": 1,
        "exits": 1,
        "causes": {"client": 1, "mfi": 0, "death": 0},
        "E": 2,
        "D": 1,
        "F": 0,
    }
    assert (figures.start, figures.end, figures.as_of) == (dt.date(2024, 1, 1), AS_OF, AS_OF)
    assert (figures.window, figures.provisional, figures.definition.pk) == (90, True, None)
    assert figures.rates["exit_dealt_with"] == pytest.approx(1 / 3)
    assert figures.intervals["dropout_opening"] is None
    assert figures.intervals["retention_dealt_with"] == pytest.approx((0.2077, 0.9385), abs=1e-4)


def test_only_the_exits_of_the_chosen_causes_count_in_the_exit_formulas(history, manager):
    figures = whole(manager, replace(YEAR, causes=("death",)))
    assert figures.rates["exit_dealt_with"] == 0
    assert (figures.exits, figures.rates["retention_dealt_with"]) == (1, pytest.approx(2 / 3))


def test_a_branch_manager_sees_the_branch_and_an_officer_the_own_portfolio(history, branch_manager, officer):
    assert [f.group for f in by(branch_manager, YEAR, "office")] == ["NORTH-1"]
    assert counts(whole(branch_manager, YEAR))["E"] == 1
    assert [f.group for f in by(branch_manager, YEAR, "officer")] == ["OF-ANA", ""]
    assert counts(whole(officer, YEAR)) == counts(whole(branch_manager, replace(YEAR, officer="OF-ANA")))


def test_whoever_may_not_see_exits_sees_zeros_and_empty_lists(history, admin, assessor, nobody):
    for user in (admin, assessor, nobody):
        assert not any(numbers(whole(user, YEAR)).values())
        assert by(user, YEAR, "office") == []
        assert not any(listed(user, YEAR).values())
        assert data_span(user) is None


def test_groups_are_named_and_those_not_recorded_come_last(history, manager):
    assert [(f.group, f.label) for f in by(manager, YEAR, "sex")] == [
        ("F", "Woman"),
        ("M", "Man"),
        ("", "not recorded"),
    ]
    assert [(f.group, f.label) for f in by(manager, YEAR, "office")] == [
        ("SOUTH-1", "Puerto Sur"),
        ("NORTH-1", "Valle Norte"),
    ]
    assert [(f.group, f.label) for f in by(manager, YEAR, "cycle")] == [("1", "1"), ("2", "2")]
    assert [f.label for f in by(manager, YEAR, "age")] == ["25-34"]
    months = by_month(manager, YEAR)
    assert [(f.group, f.label, f.provisional) for f in months[:1] + months[-4:]] == [
        ("2024-01", "January 2024", False),
        ("2024-09", "September 2024", True),
        ("2024-10", "October 2024", True),
        ("2024-11", "November 2024", True),
        ("2024-12", "December 2024", True),
    ]


def test_a_filter_by_office_takes_in_the_offices_below_unless_it_is_alone(history, manager):
    assert whole(manager, replace(YEAR, office="NORTH")).E == 1
    assert whole(manager, replace(YEAR, office="NORTH", alone=True)).E == 0
    assert whole(manager, replace(YEAR, office="NOWHERE")).E == 0


def test_a_row_of_a_region_with_clients_of_its_own_leads_to_those_alone(history, manager, office):
    LoanFactory(client=ClientFactory(office=office.parent), disbursed_on=dt.date(2024, 2, 2))
    actions.rebuild_spells(by=None)
    (region,) = [f for f in by(manager, YEAR, "office") if f.group == "NORTH"]
    assert listed(manager, YEAR.within("office", "NORTH")) == numbers(region)
    assert region.E == 1


def test_who_leaves_on_a_periods_first_or_last_day_leaves_in_it(manager, office):
    """Two loans end on the edges of February; one who decides twice in it counts once, by the last time."""
    for end in (dt.date(2024, 2, 1), dt.date(2024, 2, 29)):
        repaid(ClientFactory(office=office), dt.date(2024, 1, 31), end)
    twice = ClientFactory(office=office)
    repaid(twice, dt.date(2024, 1, 1), dt.date(2024, 2, 10))
    repaid(twice, dt.date(2024, 2, 15), dt.date(2024, 2, 20))
    imported_on(AS_OF)
    actions.rebuild_spells(by=None)
    january, february, march = (YEAR.in_month(f"2024-0{n}") for n in (1, 2, 3))
    assert [listed(manager, only)["E"] for only in (january, february, march)] == [3, 0, 0]
    assert [listed(manager, only)["B"] for only in (january, february, march)] == [0, 3, 0]
    assert listed(manager, february) == numbers(whole(manager, february))
    assert (numbers(whole(manager, february))["D"], numbers(whole(manager, february))["F"]) == (3, 0)
    kept = replace(february, sex="F", area="rural")  # everybody, but counted from the spells
    assert numbers(whole(manager, kept)) == numbers(whole(manager, february))
    assert [numbers(f) for f in by_month(manager, kept)] == [numbers(whole(manager, february))]


def test_ages_come_in_order_the_youngest_first(manager, office):
    for year in (1950, 1994, 2004):
        LoanFactory(client=ClientFactory(office=office, birth_date=dt.date(year, 1, 1)), disbursed_on=AS_OF)
    imported_on(AS_OF)
    actions.rebuild_spells(by=None)
    assert [figures.label for figures in by(manager, YEAR, "age")] == ["under 25", "25-34", "55 and over"]


def test_a_client_who_decides_in_two_months_counts_in_each_and_once_in_both_together(manager, office):
    client = ClientFactory(office=office)
    repaid(client, dt.date(2024, 1, 1), dt.date(2024, 2, 10))
    repaid(client, dt.date(2024, 3, 1), dt.date(2024, 6, 20))
    imported_on(AS_OF)
    actions.rebuild_spells(by=None)
    february, june = YEAR.in_month("2024-02"), YEAR.in_month("2024-06")
    both = replace(february, end_month=june.end_month)
    for only, expected in ((february, (1, 1)), (june, (1, 0)), (both, (1, 0))):
        kept = replace(only, sex="F", area="rural")  # counted from the points, not from the rollup
        (women,) = by(manager, only, "sex")
        assert [(f.D, f.F) for f in (whole(manager, only), whole(manager, kept), women)] == [expected] * 3
        assert listed(manager, only) == numbers(whole(manager, only))
    for only in (both, replace(both, sex="F", area="rural")):
        assert [(f.D, f.F) for f in by_month(manager, only) if f.D] == [(1, 1), (1, 0)]


def test_a_filter_by_one_dimension_keeps_its_value_alone(history, manager):
    assert [whole(manager, replace(YEAR, sex=sex)).E for sex in ("F", "M", "", "X")] == [0, 1, 1, 0]
    assert [whole(manager, replace(YEAR, cycle=cycle)).E for cycle in (1, 2, 3)] == [1, 1, 0]
    assert [whole(manager, replace(YEAR, officer=code)).E for code in ("OF-ANA", "FAR", "")] == [0, 1, 1]
    assert [f.E for f in by_month(manager, replace(YEAR, sex=""))][:4] == [0, 0, 1, 1]


def test_a_user_of_a_region_and_of_its_branch_counts_the_branch_once(history, branch_manager, office):
    MembershipFactory(user=branch_manager, role=Role.MANAGER, office=office.parent)
    assert (whole(branch_manager, YEAR).E, sum(f.E for f in by(branch_manager, YEAR, "office"))) == (1, 1)


def test_the_time_before_is_equally_long_and_none_beyond_the_data(history, manager):
    months = ExitFilter(dt.date(2024, 11, 1), dt.date(2024, 12, 1))
    assert (before(manager, months).start, before(manager, months).end) == (
        dt.date(2024, 9, 1),
        dt.date(2024, 10, 31),
    )
    assert data_span(manager) == (dt.date(2023, 1, 1), dt.date(2024, 12, 1))
    assert before(manager, YEAR).start == dt.date(2023, 1, 1)
    assert before(manager, replace(YEAR, start_month=dt.date(2023, 12, 1))) is None


def test_a_period_ends_with_the_data_and_cannot_begin_after_them(history, manager):
    later = ExitFilter(dt.date(2024, 12, 1), dt.date(2025, 6, 1))
    assert (whole(manager, later).start, whole(manager, later).end) == (dt.date(2024, 12, 1), AS_OF)
    assert [figures.group for figures in by_month(manager, later)] == ["2024-12"]
    with pytest.raises(PeriodError):
        whole(manager, ExitFilter(dt.date(2025, 1, 1), dt.date(2025, 6, 1)))


def test_without_a_build_there_are_no_figures(manager):
    with pytest.raises(NoFiguresError):
        whole(manager, YEAR)
    with pytest.raises(NoFiguresError):
        spells_counted(manager, YEAR, "E")
    assert data_span(manager) is None


def test_only_known_dimensions_and_counts_are_asked_for(history, manager):
    with pytest.raises(ValueError, match="not counted by name"):
        by(manager, YEAR, "name")
    with pytest.raises(ValueError, match="no spells are behind D"):
        spells_counted(manager, YEAR, "D")
    with pytest.raises(ValueError, match="no decisions are behind E"):
        decisions_counted(manager, YEAR, "E")


def test_the_number_of_queries_stays_the_same_whatever_the_portfolio(
    history, manager, django_assert_num_queries
):
    reads = {
        lambda: whole(manager, YEAR): 3,
        lambda: before(manager, YEAR): 4,
        lambda: by(manager, YEAR, "officer"): 4,
        lambda: by_month(manager, YEAR): 3,
        lambda: list(spells_counted(manager, YEAR, "E")): 2,
        lambda: list(decisions_counted(manager, YEAR, "D")): 2,
    }
    whole(manager, YEAR)  # memberships are read once
    for ask, queries in reads.items():
        with django_assert_num_queries(queries):
            ask()
    for _ in range(3):
        far = ClientFactory(office=OfficeFactory())
        repaid(far, dt.date(2024, 2, 1), dt.date(2024, 4, 1))
    actions.rebuild_spells(by=None)
    assert SpellBuild.objects.count() == 2
    for ask, queries in reads.items():
        with django_assert_num_queries(queries):
            ask()
