"""Definitions are added; spells and rollup are replaced as a whole."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import given

from clients.models import Client, ImportBatch, Loan
from exits import actions
from exits.models import DecisionCount, DecisionPoint, ExitCount, ExitDefinition, Grain, Spell, SpellBuild
from exits.queries.definitions import data_as_of
from spm import jobs
from spm.models import AuditEvent
from tests.exits import brute_force
from tests.exits.portfolios import portfolios, sweep
from tests.exits.stored import define, imported_on, store
from tests.factories import ClientFactory, LoanFactory, OfficerFactory, ProductFactory

BUILT = (Spell, DecisionPoint, ExitCount, DecisionCount)
NEXT_YEAR = dt.date(2025, 1, 1)


def rows(model):
    """All rows as they are, but for their ids."""
    names = [field.attname for field in model._meta.fields if field.name != "id"]
    return sorted(model.objects.values_list(*names), key=str)


# --- definitions -------------------------------------------------------------------------------------------


def test_a_definition_is_added_and_the_one_before_stays(manager):
    first = actions.define_exit(starts_on=dt.date(2024, 1, 1), window=90, by=manager)
    second = actions.define_exit(
        starts_on=NEXT_YEAR,
        window=60,
        product_windows={"SEASON": 200},
        counts_savings=True,
        formula="exit_average",
        by=manager,
    )
    assert list(ExitDefinition.objects.all()) == [second, first]
    assert (first.window, second.windows, second.longest_window) == (90, {"SEASON": 200, None: 60}, 200)
    assert (first.formula, second.by) == ("exit_dealt_with", manager)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_of_four_who_define_for_one_day_at_once_one_is_taken_and_the_others_are_told(manager):
    together, said = threading.Barrier(4, timeout=30), []

    def act(number):
        together.wait()
        try:
            said.append(actions.define_exit(starts_on=NEXT_YEAR, window=30 + number, by=manager).window)
        except actions.DayTaken as taken:
            said.append(taken.by_definition.window)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert said == [ExitDefinition.objects.get().window] * 4


def test_define_exit_leaves_an_audit_line(manager):
    definition = actions.define_exit(
        starts_on=NEXT_YEAR, window=60, product_windows={"SEASON": 200}, by=manager
    )
    (line,) = AuditEvent.objects.all()
    assert (line.verb, line.target, line.by) == (
        "exit.defined",
        f"exits.ExitDefinition:{definition.pk}",
        manager,
    )
    assert line.details == {
        "starts_on": "2025-01-01",
        "window": 60,
        "product_windows": {"SEASON": 200},
        "counts_savings": False,
        "formula": "exit_dealt_with",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"window": 731},
        {"window": -1},
        {"product_windows": {"SOLO": 800}},
        {"product_windows": {"SOLO": "9"}},
        {"formula": "growth"},
    ],
)
def test_a_definition_out_of_range_is_refused_and_nothing_is_written(manager, wrong):
    with pytest.raises(ValidationError):
        actions.define_exit(**{"starts_on": NEXT_YEAR, "window": 90, "by": manager} | wrong)
    assert (ExitDefinition.objects.count(), AuditEvent.objects.count()) == (0, 0)


# --- rebuilding --------------------------------------------------------------------------------------------


@pytest.mark.django_db
@sweep(dear=5)
@given(portfolio=portfolios(clean=True, max_clients=12))
def test_the_stored_spells_are_those_of_a_count_day_by_day_and_a_second_build_changes_nothing(portfolio):
    as_of = portfolio.as_of[-1]
    with transaction.atomic():
        store(portfolio)
        define(portfolio)
        imported_on(as_of)
        build = actions.rebuild_spells(by=None)
        expected = brute_force.spells(portfolio, portfolio.window, as_of, portfolio.savings)
        assert stored_spells() == [{name: spell[name] for name in SHOWN} for spell in expected]
        ignored = brute_force.ignored(portfolio, portfolio.window, as_of, portfolio.savings)
        assert build.warnings == sorted(ignored)
        before = [rows(model) for model in BUILT]
        actions.rebuild_spells(by=None)
        assert [rows(model) for model in BUILT] == before
        transaction.set_rollback(True)


SHOWN = [
    "client_id", "start", "last_day", "left_on", "cause", "first", "loans", "product", "officer", "group",
    "cycle", "resting", "last_loan_id",
]  # fmt: skip
STORED = [
    "client__external_id", "start", "last_day", "left_on", "cause", "first", "loans", "product__code",
    "officer__code", "group__code", "cycle", "resting", "last_loan__external_id",
]  # fmt: skip


def stored_spells():
    found = [dict(zip(SHOWN, row, strict=True)) for row in Spell.objects.values_list(*STORED)]
    for spell in found:
        spell |= {name: spell[name] or "" for name in ("officer", "group")}
        spell["cause"] = spell["cause"] or None
    return sorted(found, key=lambda spell: (spell["client_id"], spell["start"]))


@pytest.fixture
def one_client(office):
    client = ClientFactory(external_id="C1", office=office, officer=OfficerFactory(code="NOW"), area="urban")
    LoanFactory(
        client=client,
        product=ProductFactory(code="SOLO"),
        officer=OfficerFactory(code="THEN"),
        disbursed_on=dt.date(2024, 1, 10),
        closed_on=dt.date(2024, 5, 10),
        status="repaid",
    )
    imported_on(dt.date(2024, 12, 15))
    return client


def test_a_spell_counts_for_its_loans_officer_and_belongs_to_todays_portfolio(one_client):
    actions.rebuild_spells(by=None)
    (spell,) = Spell.objects.all()
    assert (spell.officer.code, spell.portfolio.code, spell.office) == ("THEN", "NOW", one_client.office)
    assert (spell.area, spell.age, spell.cycle) == ("urban", "25-34", 1)
    (point,) = DecisionPoint.objects.all()
    assert (point.officer.code, point.ended_on, point.followed) == ("THEN", dt.date(2024, 5, 10), False)


def test_every_grain_has_its_own_dimension_and_no_other(one_client, office):
    actions.rebuild_spells(by=None)
    kept = {}
    for row in ExitCount.objects.filter(month=dt.date(2024, 1, 1), office=office):
        values = (row.product, row.officer, row.sex, row.age, row.area, row.cycle)
        kept[row.grain] = [str(value) for value in values if value is not None]
        assert (row.new, row.returned, row.left_client) == (1, 0, 0)
    assert kept == {
        Grain.OFFICE: [],
        Grain.PRODUCT: ["Product SOLO"],
        Grain.OFFICER: ["Officer THEN"],
        Grain.SEX: ["F"],
        Grain.AGE: ["25-34"],
        Grain.AREA: ["urban"],
        Grain.CYCLE: ["1"],
    }


def test_a_sum_is_kept_for_the_office_by_itself_and_for_each_above_with_all_below_it(one_client, office):
    north = office.parent
    LoanFactory(client=ClientFactory(office=north), disbursed_on=dt.date(2024, 1, 20))
    actions.rebuild_spells(by=None)
    begun = ExitCount.objects.filter(grain=Grain.OFFICE, month=dt.date(2024, 1, 1))
    assert set(begun.values_list("office__code", "own", "below", "new")) == {
        ("NORTH-1", True, True, 1),
        ("NORTH", True, False, 1),
        ("NORTH", False, True, 2),
        ("HEAD", False, True, 2),
    }
    left = ExitCount.objects.filter(grain=Grain.OFFICE, month=dt.date(2024, 5, 1))
    kept = {("NORTH-1", True, True), ("NORTH", False, True), ("HEAD", False, True)}
    assert set(left.values_list("office__code", "own", "below")) == kept
    decided = DecisionCount.objects.filter(month=dt.date(2024, 5, 1), next_month=None, decided=1, followed=0)
    assert set(decided.values_list("office__code", "own", "below")) == kept


def test_rebuild_spells_leaves_a_build_and_an_audit_line(one_client, manager):
    definition = actions.define_exit(
        starts_on=dt.date(2024, 1, 1), window=30, product_windows={"X": 99}, by=manager
    )
    build = actions.rebuild_spells(by=manager)
    assert (build.as_of, build.definition, build.window, build.longest_window, build.warnings) == (
        dt.date(2024, 12, 15),
        definition,
        30,
        99,
        [],
    )
    line = AuditEvent.objects.first()
    assert (line.verb, line.target, line.by) == ("exit.rebuilt", f"exits.SpellBuild:{build.pk}", manager)
    assert line.details == {
        "as_of": "2024-12-15",
        "rows": {"spell": 1, "decisionpoint": 1, "exitcount": 42, "decisioncount": 3},
    }


def test_a_status_that_no_spell_holds_is_warned_of(one_client):
    Client.objects.update(status="deceased", status_on=dt.date(2023, 1, 1))
    assert actions.rebuild_spells(by=None).warnings == ["C1"]


def test_when_the_data_are_gone_nothing_is_kept(one_client):
    actions.rebuild_spells(by=None)
    Spell.objects.all().delete()
    DecisionPoint.objects.all().delete()
    Loan.objects.all().delete()
    Client.objects.all().delete()
    ImportBatch.objects.all().delete()
    assert data_as_of() is None
    assert actions.rebuild_spells(by=None) is None
    assert [model.objects.count() for model in (*BUILT, SpellBuild)] == [0] * 5


def test_figures_removed_with_their_data_leave_an_audit_line(one_client, manager):
    actions.rebuild_spells(by=None)
    Spell.objects.all().delete()
    DecisionPoint.objects.all().delete()
    Loan.objects.all().delete()
    ImportBatch.objects.all().delete()
    actions.rebuild_spells(by=manager)
    line = AuditEvent.objects.first()
    assert (line.verb, line.target, line.by) == ("exit.emptied", "exits.SpellBuild", manager)
    assert line.details == {"rows": {"spell": 0, "decisionpoint": 0, "exitcount": 42, "decisioncount": 3}}
    assert (line.title, line.target_words) == ("Figures removed, as there are no data", "Figures")


class StopsAt(jobs.Quiet):
    """A progress whose user asks to stop once so much is done."""

    def __init__(self, done):
        self.stop = done

    def step(self, done, total, message=""):
        assert 0 <= done <= total
        if done >= self.stop:
            raise jobs.Cancelled


@pytest.mark.parametrize("done", [0, 20, 41, 100])
def test_a_build_that_is_stopped_leaves_everything_as_it_was(one_client, done):
    actions.rebuild_spells(by=None)
    before = [rows(model) for model in (*BUILT, SpellBuild, AuditEvent)]
    LoanFactory(disbursed_on=dt.date(2024, 2, 2))
    with pytest.raises(jobs.Cancelled):
        actions.rebuild_spells(by=None, progress=StopsAt(done))
    assert [rows(model) for model in (*BUILT, SpellBuild, AuditEvent)] == before


def test_a_build_overtaken_by_another_reads_again(one_client, monkeypatch):
    """While one build counts, another comes in with newer records; the older must not win."""
    prepare = actions.rebuild._prepare
    calls = []

    def overtaken(progress, *, whole):
        prepared = prepare(progress, whole=whole)
        calls.append(prepared)
        if len(calls) == 1:
            LoanFactory(disbursed_on=dt.date(2024, 2, 2))
            SpellBuild.objects.create(as_of=dt.date(2024, 12, 15), window=90, longest_window=90)
        return prepared

    monkeypatch.setattr(actions.rebuild, "_prepare", overtaken)
    actions.rebuild_spells(by=None)
    assert (len(calls), Spell.objects.count()) == (2, 2)
