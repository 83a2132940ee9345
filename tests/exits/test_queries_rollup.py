"""The page's figures, read from the rollup, equal those that the command counts from the records."""

import datetime as dt
import re
from dataclasses import asdict

import pandas as pd
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from clients.models import Client, Loan, Office, Officer
from exits import actions
from exits.methods import CAUSES, Counts, as_counts, count_by
from exits.queries import (
    DIMENSIONS,
    ExitFilter,
    before,
    by,
    by_month,
    whole,
)
from exits.queries.figures import add_months, last_day, month_of
from exits.queries.records import read
from spm.access import Role
from tests.exits.counted import COUNTS, counts, listed, numbers
from tests.exits.portfolios import portfolios, sweep
from tests.exits.stored import define, imported_on, store
from tests.factories import LoanFactory, MembershipFactory, UserFactory


def shown(figures, without=("label", "definition")):
    return {name: value for name, value in asdict(figures).items() if name not in without}


def of_groups(found):
    return {figures.group: shown(figures) for figures in found}


@st.composite
def months(draw, as_of):
    """(first, last) month of a period up to the data's month."""
    last = add_months(month_of(as_of), -draw(st.integers(0, 3)))
    return add_months(last, -draw(st.integers(0, 4))), last


@st.composite
def built(draw):
    portfolio = draw(portfolios(clean=True, max_clients=10))
    as_of = portfolio.as_of[-1]
    return portfolio, as_of, draw(months(as_of)), draw(st.sampled_from([CAUSES, ("client",)]))


def person(username, role, office):
    user = UserFactory(username=username)
    MembershipFactory(user=user, role=role, office=office)
    return user


def build(portfolio, as_of):
    store(portfolio)
    define(portfolio)
    imported_on(as_of)
    actions.rebuild_spells(by=None)


def seen_alone(clients):
    """Forget all but some clients, so that counting the records counts only them."""
    others = Client.objects.exclude(pk__in=clients)
    Loan.objects.filter(client__in=others).delete()
    for account in [account for client in others for account in client.savings.all()]:
        account.delete()
    others.delete()


@pytest.mark.django_db
@sweep(dear=5)
@given(case=built())
def test_the_rollup_equals_the_records_whole_by_every_dimension_and_by_month(case):
    portfolio, as_of, (first, last), causes = case
    with transaction.atomic():
        build(portfolio, as_of)
        manager = person("head", Role.MANAGER, Office.head())
        only = ExitFilter(first, last, causes=causes)
        records, start, end = read(), first, min(last_day(last), as_of)
        assert shown(whole(manager, only)) == shown(records.figures(start, end, causes=causes)[0])
        for dimension in DIMENSIONS:
            expected = of_groups(records.figures(start, end, causes=causes, by=dimension))
            assert of_groups(by(manager, only, dimension)) == expected
        monthly = {figures.group: shown(figures) for figures in by_month(manager, only)}
        expected = of_groups(records.figures(start, end, causes=causes, by="month"))
        assert {group: monthly[group] for group in expected} == expected
        assert not any(
            any(monthly[g][name] for name in ("B", "E", "D")) for g in set(monthly) - set(expected)
        )
        earlier = before(manager, only)
        if earlier:
            assert shown(earlier) == shown(records.figures(earlier.start, earlier.end, causes=causes)[0])
        transaction.set_rollback(True)


@pytest.mark.django_db
@sweep(dear=5)
@given(case=built(), data=st.data())
def test_the_list_behind_a_number_is_as_long_as_the_number_in_every_group_under_any_filter(case, data):
    portfolio, as_of, (first, last), _causes = case
    with transaction.atomic():
        build(portfolio, as_of)
        manager = person("head", Role.MANAGER, Office.head())
        only = ExitFilter(first, last)
        for dimension in data.draw(st.permutations(DIMENSIONS))[:2]:
            found = by(manager, only, dimension)
            if found:
                only = only.within(dimension, data.draw(st.sampled_from(found)).group)
        assert counts(whole(manager, only)) == counted_from_records(only, as_of)
        for dimension in [None, *data.draw(st.permutations(DIMENSIONS))[:2]]:
            rows = by(manager, only, dimension) if dimension else [whole(manager, only)]
            for figures in rows:
                kept = only.within(dimension, figures.group) if dimension else only
                assert listed(manager, kept) == numbers(figures)
        for figures in by_month(manager, only):
            assert listed(manager, only.in_month(figures.group)) == numbers(figures)
        transaction.set_rollback(True)


def counted_from_records(only, as_of):
    """What the filter keeps, straight from the records' spells."""
    counted = read().counted
    kept = pd.Series("kept", index=counted.spells.index)
    for dimension in DIMENSIONS:
        value = getattr(only, dimension)
        if value is not None:
            kept[counted.spells[dimension] != value] = "not kept"
    end = min(last_day(only.end_month), as_of)
    table = count_by(counted.spells, only.start_month, end, by=kept, points=counted.points)
    rows = [row for row in table.to_dict("records") if row["group"] == "kept"]
    found = as_counts(rows[0]) if rows else Counts()
    return {name: getattr(found, name) for name in COUNTS}


@pytest.mark.django_db
@sweep(dear=5)
@given(case=built(), role=st.sampled_from(["region", "branch", "officer", "both"]))
def test_a_narrower_scope_counts_as_if_there_were_no_other_clients(case, role):
    portfolio, as_of, (first, last), causes = case
    with transaction.atomic():
        build(portfolio, as_of)
        branch = Office.objects.get(code="NORTH-1")
        user = UserFactory(username="narrow")
        if role in ("region", "branch"):
            office = branch.parent if role == "region" else branch
            MembershipFactory(user=user, role=Role.MANAGER, office=office)
            seen = Client.objects.filter(office=branch)
        else:
            MembershipFactory(user=user, role=Role.OFFICER, office=Office.head())
            Officer.objects.filter(code="ANA").update(user=user)
            seen = Client.objects.filter(officer__code="ANA")
        if role == "both":
            MembershipFactory(user=user, role=Role.MANAGER, office=branch)
            seen = seen | Client.objects.filter(office=branch)
        only = ExitFilter(first, last, causes=causes)
        dimensions = ["office", "officer", "cycle"]
        told = {dimension: of_groups(by(user, only, dimension)) for dimension in dimensions}
        told_whole, lists = whole(user, only), listed(user, only)
        assert lists == numbers(told_whole)
        seen_alone(list(seen.values_list("pk", flat=True)))
        if Client.objects.exists():
            records, end = read(), min(last_day(last), as_of)
            assert shown(told_whole) == shown(records.figures(first, end, causes=causes)[0])
            for dimension in dimensions:
                expected = of_groups(records.figures(first, end, causes=causes, by=dimension))
                assert told[dimension] == expected
        else:
            assert not any(numbers(told_whole).values())
        transaction.set_rollback(True)


# --- by hand ---------------------------------------------------------------------------------------------


# --- which tables are read ---------------------------------------------------------------------------------

CUBES, COUNTED = {"exitcount", "decisioncount"}, {"spell", "decisionpoint"}
FLOWS_ALONE = {"exitcount", "decisionpoint"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("person", "kept", "dimension", "tables"),
    [
        ("manager", {}, None, CUBES),
        ("branch_manager", {}, None, CUBES),
        ("manager", {"office": "NORTH"}, None, CUBES),
        ("manager", {"office": "NORTH"}, "office", CUBES),
        ("manager", {"office": "NORTH"}, "sex", FLOWS_ALONE),
        ("manager", {"sex": "F"}, None, FLOWS_ALONE),
        ("manager", {"sex": "F"}, "sex", FLOWS_ALONE),
        ("manager", {"sex": "F"}, "cycle", COUNTED),
        ("manager", {"sex": "F", "product": "SOLO"}, None, COUNTED),
        ("officer", {}, None, COUNTED),
        ("officer", {}, "cycle", COUNTED),
    ],
)
def test_figures_come_from_the_cubes_where_these_know_them(person, kept, dimension, tables, office, request):
    """As docs/decisions/0010 says."""
    user = request.getfixturevalue(person)
    LoanFactory(disbursed_on=dt.date(2024, 1, 10))
    made = actions.rebuild_spells(by=None)
    only = ExitFilter(dt.date(2024, 1, 1), month_of(made.as_of), **kept)
    with CaptureQueriesContext(connection) as asked:
        if dimension:
            by(user, only, dimension, made=made)
        else:
            whole(user, only, made=made)
    read = {name for query in asked for name in re.findall(r'FROM "exits_(\w+)"', query["sql"])}
    assert read == tables
