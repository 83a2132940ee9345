"""What the analyses find, against plain counts of the same spells and loans."""

import datetime as dt
from itertools import chain

import pandas as pd
import pytest
from hypothesis import given

from exits.methods import (
    count_by,
    count_period,
    decision_points,
    follow_on_retention,
    kaplan_meier,
    last_in_period,
    log_rank,
    longest_window,
    spells,
)
from exits.methods.analyses import causes as ending
from exits.methods.analyses import (
    cohorts,
    latest_year,
    limits,
    profile,
    returns,
    seasons,
    see,
    stages,
    stays,
)
from tests.exits.portfolios import portfolios, sweep

AS_OF = dt.date(2026, 6, 30)
YEAR = dt.timedelta(days=365)


def seen_of(portfolio, as_of=AS_OF, confirmed=()):
    clients, loans, _ = portfolio.frames()
    loans = loans.assign(principal=range(100, 100 + len(loans)), due_on=loans["closed_on"], days_late=0)
    found = spells(loans, portfolio.window, as_of, clients)
    facts = clients.set_index("client_id").reindex(found["client_id"])
    for name in ("office", "sex", "area"):
        found[name] = facts[name].to_numpy()
    found["age"] = "25-34"
    longest, chosen = longest_window(portfolio.window), {"candidates": (10, 60), "confirmed": confirmed}
    return see(clients, loans, found, window=portfolio.window, longest=longest, as_of=as_of, **chosen)


def by_hand(rows, as_of=AS_OF, clients=None, confirmed=()):
    """`Seen` of loans written as (client, product, from, to, due), windows of 30 days."""
    loans = pd.DataFrame(rows, columns=["client_id", "product", "disbursed_on", "closed_on", "due_on"])
    loans = loans.assign(
        loan_id=[f"L{n}" for n in range(len(loans))], written_off_on=None, principal=100, days_late=None
    )
    names = sorted(set(loans["client_id"]))
    facts = {"office": "B1", "sex": "F", "area": "", "status": "active", "status_on": None}
    people = pd.DataFrame([{"client_id": name} | facts | (clients or {}).get(name, {}) for name in names])
    found = spells(loans, 30, as_of, people)
    rows = people.set_index("client_id").reindex(found["client_id"])
    found = found.assign(**{name: rows[name].to_numpy() for name in ("office", "sex", "area")}, age="")
    chosen = {"candidates": (10, 60), "confirmed": confirmed}
    return see(people, loans, found, window=30, longest=30, as_of=as_of, **chosen)


@sweep(60, dear=3)
@given(portfolios(clean=True, max_clients=8))
def test_stages_add_up_to_the_clients_who_had_to_decide(portfolio):
    seen = seen_of(portfolio)
    _, loans, _ = portfolio.frames()
    for span in stages(seen)["periods"]:
        start, end = dt.date.fromisoformat(span["start"]), dt.date.fromisoformat(span["end"])
        followed, decided = follow_on_retention(loans, portfolio.window, start, end, AS_OF)
        for groups in ({"": span["all"]}, span["product"], span["office"]):
            rows = list(chain.from_iterable(groups.values()))
            assert sum(row["finished"] for row in rows) == decided
            assert sum(row["left"] for row in rows) == decided - followed


@sweep(60, dear=3)
@given(portfolios(clean=True, max_clients=8))
def test_the_cycle_of_a_finished_loan_is_its_number_in_the_clients_order(portfolio):
    seen = seen_of(portfolio)
    _, loans, _ = portfolio.frames()
    points = decision_points(loans, portfolio.window, AS_OF)
    place = {}
    for _client, own in loans.groupby("client_id"):
        order = sorted(zip(own["disbursed_on"], own["loan_id"], strict=True))
        place |= {loan: number for number, (_day, loan) in enumerate(order, 1)}
    assert seen.points["cycle"].tolist() == [place[loan] for loan in points["loan_id"]]
    assert len(last_in_period(seen.points, dt.date(2023, 1, 1), AS_OF)) == points["client_id"].nunique()


@sweep(60, dear=3)
@given(portfolios(clean=True, max_clients=8))
def test_months_of_chart_and_seasons_are_those_of_the_counts(portfolio):
    seen = seen_of(portfolio)
    chart = limits(seen)
    start, end = latest_year(seen.known_until)
    counts = count_by(seen.spells, start.replace(year=start.year - 1), end, step="month", keep_empty=True)
    assert [month["exits"] for month in chart["months"]] == counts["exits"].tolist()
    assert [month["served"] for month in chart["months"]] == (
        counts["B"] + counts["new"] + counts["returned"]
    ).tolist()
    found = seasons(seen)
    if found["start"]:
        whole = count_period(seen.spells, found["start"], found["end"])
        assert sum(month["exits"] for month in found["months"]) == whole.exits


@sweep(60, dear=3)
@given(portfolios(clean=True, max_clients=8))
def test_each_window_gives_the_rate_that_its_spells_give(portfolio):
    seen = seen_of(portfolio)
    clients, loans, _ = portfolio.frames()
    found = returns(seen)["windows"]
    assert [row["days"] for row in found["rows"]] == [10, 60]
    for row in found["rows"]:
        counts = count_period(
            spells(loans, row["days"], AS_OF, clients), found["start"], found["end"], as_of=AS_OF
        )
        assert (row["exits"], row["served"]) == (counts.exits, counts.B + counts.N)


@sweep(60, dear=3)
@given(portfolios(clean=True, max_clients=8))
def test_curves_are_of_all_stays_up_to_the_last_day_that_is_known(portfolio):
    seen = seen_of(portfolio)
    horizon = pd.Timestamp(seen.known_until)
    rows = seen.spells[seen.spells["start"] <= horizon]
    ended = rows["left_on"].notna() & (rows["left_on"] <= horizon)
    days = (rows["left_on"].where(ended, horizon) - rows["start"]).dt.days
    (curve,) = stays(seen)["groups"]
    assert (curve["n"], curve["events"]) == (len(rows), int(ended.sum()))
    exact = kaplan_meier(days, ended)
    for day, share, at_risk in zip(curve["days"], curve["share"], curve["at_risk"], strict=True):
        below = exact.survival[exact.times <= day]
        assert share == pytest.approx(below[-1] if len(below) else 1.0)
        assert at_risk == (days >= day).sum()
    why = ending(seen)
    assert {line["cause"]: line["events"] for line in why["causes"]} == (
        rows["cause"][ended].value_counts().to_dict()
    )
    if len(rows):
        gone = sum(line["share"][-1] for line in why["causes"])
        assert gone == pytest.approx(1 - curve["share"][-1])


@sweep(60, dear=3)
@given(portfolios(clean=True, max_clients=8))
def test_leavers_and_stayers_are_those_of_the_year(portfolio):
    seen = seen_of(portfolio)
    found = profile(seen)
    counts = count_period(seen.spells, found["start"], found["end"])
    assert (found["leavers"], found["stayers"]) == (counts.exits, counts.E)


def many(leave, stay, product):
    """So many clients who left in the year, and so many who stayed, with loans of one product."""
    ended, still = dt.date(2025, 9, 1), dt.date(2026, 12, 31)
    rows = [(f"{product}x{n}", product, ended - YEAR, ended, ended - YEAR / 5) for n in range(leave)]
    return rows + [(f"{product}s{n}", product, still - 3 * YEAR, None, still) for n in range(stay)]


def test_a_trait_that_leavers_have_more_often_comes_first():
    found = profile(by_hand(many(30, 10, "FARM") + many(10, 50, "SHOP")))
    assert (found["start"], found["end"]) == ("2025-05-01", "2026-04-30")
    first = next(line for line in found["traits"] if line["trait"] == "product")
    assert (first["value"], first["leavers"], first["of_leavers"], first["stayers"], first["of_stayers"]) == (
        "FARM", 30, 40, 10, 60,
    )  # fmt: skip
    assert first["difference"] == pytest.approx(30 / 40 - 10 / 60)
    late = [line for line in found["traits"] if line["trait"] == "late"]
    assert {line["value"]: line["leavers"] for line in late} == {"31-90": 40}
    assert found["sizes"] == [100, 100, 100]


def test_few_clients_are_not_compared():
    found = profile(by_hand(many(30, 10, "FARM") + many(9, 10, "SHOP")))
    assert [line["value"] for line in found["traits"] if line["trait"] == "product"] == ["FARM"]


def test_groups_of_stays_have_a_curve_each_and_are_compared():
    seen = by_hand(many(30, 10, "FARM") + many(10, 50, "SHOP") + many(3, 3, "TINY"))
    found = stays(seen, "product")
    assert [curve["group"] for curve in found["groups"]] == ["FARM", "SHOP"]
    large = seen.spells[seen.spells["product"] != "TINY"]
    ended = large["left_on"].notna()
    until = large["left_on"].where(ended, pd.Timestamp(seen.known_until))
    test = log_rank((until - large["start"]).dt.days, ended, large["product"])
    assert found["p"] == pytest.approx(test.p)
    assert found["groups"][0]["median"] == 365


def test_the_return_curve_knows_products_with_enough_returns_only():
    day, rows = dt.date(2024, 1, 1), []
    for n in range(40):
        product = "A" if n < 35 else "B"
        rows += [(n, product, day, day + YEAR, None), (n, "A", day + YEAR + dt.timedelta(n), None, None)]
    found = returns(by_hand(rows))
    assert list(found["products"]) == ["A"]
    assert (found["curve"]["returns"], found["curve"]["window"]) == (40, 37)
    assert {point["days"]: point["returns"] for point in found["curve"]["points"]}[30] == 31


def test_an_office_is_seen_by_itself():
    rows = [("near", "A", dt.date(2024, 1, 1), dt.date(2025, 1, 1), None)]
    rows += [("far", "A", dt.date(2024, 1, 1), None, None)]
    seen = by_hand(rows, clients={"far": {"office": "B2"}}).of(["B2"])
    assert seen.spells["client_id"].tolist() == ["far"]
    assert (len(seen.points), len(seen.gaps), len(seen.by_window[10])) == (0, 0, 1)


def test_cohorts_are_those_whose_end_is_known():
    found = cohorts(by_hand([("one", "A", dt.date(2025, 1, 1), dt.date(2025, 11, 1), None)]))
    assert found["year"] == [{"cohort": "2025", "clients": 1, "shares": [0.0]}]
    assert found["quarter"][0]["shares"] == [1, 1, 1, 0, 0]


def test_nobody_gives_empty_answers():
    seen = by_hand([("one", "A", dt.date(2025, 1, 1), dt.date(2025, 11, 1), None)]).of([])
    assert returns(seen)["curve"]["window"] is None
    assert cohorts(seen) == {"quarter": [], "year": []}
    assert stays(seen, "sex") == {"groups": [], "p": None, "statistic": None}
    assert ending(seen)["causes"] == []
    assert seasons(seen)["months"] == []
    assert limits(seen)["mean"] is None
    assert profile(seen)["traits"] == []
    assert stages(seen)["periods"][0]["all"] == []


def test_the_latest_year_is_twelve_whole_months():
    assert latest_year(dt.date(2026, 3, 30)) == (dt.date(2025, 3, 1), dt.date(2026, 2, 28))
    assert latest_year(dt.date(2026, 3, 31)) == (dt.date(2025, 4, 1), dt.date(2026, 3, 31))
