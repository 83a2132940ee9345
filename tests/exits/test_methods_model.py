"""All traits at once: the odds of a small institution against statsmodels, and when none are given."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from statsmodels.discrete.discrete_model import Logit

from exits.methods.analyses import TOGETHER, model, profile
from exits.methods.analyses.traits import of_the_year
from tests.exits.portfolios import portfolios, sweep
from tests.exits.test_methods_analyses import by_hand, many, seen_of

# By product and sex how many left and how many stayed.
CELLS = {("FARM", "F"): (30, 60), ("FARM", "M"): (40, 40), ("SHOP", "F"): (20, 70), ("SHOP", "M"): (35, 45)}


def institution(cells, **more):
    """`Seen` of clients who differ in product and sex alone; `more`: facts by product and sex."""
    rows, facts = [], {}
    for (product, sex), (leave, stay) in cells.items():
        for client, _product, *days in many(leave, stay, product):
            name = f"{client}{sex}"
            rows.append((name, product, *days))
            facts[name] = {"sex": sex} | more.get(f"{product}{sex}", {})
    return by_hand(rows, clients=facts)


def test_odds_and_intervals_are_those_of_statsmodels():
    found = model(institution(CELLS))
    rows = [
        {"left": left, "men": sex == "M", "shop": product == "SHOP"}
        for (product, sex), counts in CELLS.items()
        for left, n in zip((1, 0), counts, strict=True)
        for _client in range(n)
    ]
    frame = pd.DataFrame(rows).astype(float).assign(one=1.0)
    plain = Logit(frame["left"], frame[["one", "men", "shop"]]).fit(disp=0, tol=1e-12)
    expected = np.exp(pd.concat([plain.params, plain.conf_int()], axis=1).loc[["men", "shop"]])
    terms = [(term["odds"], term["low"], term["high"]) for term in found["terms"]]
    assert np.array(terms) == pytest.approx(expected.to_numpy(), rel=1e-7)
    named = [(t["trait"], t["value"], t["reference"], t["n"], t["leavers"]) for t in found["terms"]]
    assert named == [("sex", "M", "F", 160, 75), ("product", "SHOP", "FARM", 170, 55)]
    assert (found["state"], found["leavers"], found["stayers"], found["needed"]) == ("made", 125, 215, 20)


def test_a_trait_that_tells_nothing_apart_is_left_out():
    # all are of one area; who is rural is of the farm too
    found = model(institution(CELLS, FARMF={"area": "rural"}, FARMM={"area": "rural"}))
    assert {term["trait"] for term in found["terms"]} == {"sex", "area"}
    assert {"product", "age", "size", "cycle"} <= set(found["left_out"])


def test_small_groups_count_together():
    tiny = {("BOAT", "F"): (9, 20), ("MILL", "M"): (6, 8)}
    found = model(institution(CELLS | tiny))
    assert found["together"]["product"] == ["BOAT", "MILL"]
    (both,) = [term for term in found["terms"] if term["value"] == TOGETHER]
    assert (both["n"], both["leavers"], both["reference"]) == (43, 15, "FARM")


@pytest.mark.parametrize(
    ("areas", "state", "coefficients"), [(["rural"], "made", 5), (["rural", "urban"], "few", 6)]
)
def test_ten_who_left_are_needed_for_each_coefficient(areas, state, coefficients):
    # five products, 50 who left
    cells = {(f"P{n}", sex): (5, 5) for n in range(5) for sex in "FM"}
    facts = {f"P{n}{sex}": {"area": areas[n % len(areas)]} for n in range(5) for sex in "F"}
    found = model(institution(cells, **facts, **{f"P{n}M": {"area": "rural"} for n in range(5)}))
    assert (found["state"], found["coefficients"], found["needed"]) == (
        state,
        coefficients,
        10 * coefficients,
    )
    assert (len(found["terms"]) > 0) == (state == "made")


def test_what_parts_leavers_from_stayers_has_no_odds():
    cells = {("FARM", "F"): (20, 0), ("SHOP", "M"): (0, 20), ("FARM", "M"): (10, 10), ("SHOP", "F"): (10, 10)}
    found = model(institution(cells))
    assert (found["state"], found["coefficients"], found["terms"]) == ("parted", 2, [])


def test_traits_that_nearly_tell_each_other_have_no_odds():
    # on the farm all but two clients are rural, of whom one left; in the shop all are urban
    facts = {"FARMF": {"area": "rural"}, "SHOPM": {"area": "urban"}}
    seen = institution({("FARM", "F"): (400, 600), ("SHOP", "M"): (600, 400)}, **facts)
    seen.spells["sex"] = ""
    assert model(seen)["state"] == "made"
    farm = seen.spells[seen.spells["product"] == "FARM"]
    odd = [farm.index[farm["left_on"].isna() == stays][0] for stays in (True, False)]
    seen.spells.loc[odd, "area"] = "urban"
    found = model(seen)
    assert (found["state"], found["coefficients"], found["terms"]) == ("parted", 2, [])


def test_nothing_to_compare_is_said():
    found = model(institution({("FARM", "F"): (30, 40)}))
    assert (found["state"], found["coefficients"]) == ("alike", 0)


@sweep(60, dear=3)
@given(portfolios(clean=True, max_clients=8))
def test_it_counts_those_of_the_profile_and_can_be_kept(portfolio):
    seen = seen_of(portfolio)
    found, beside = model(seen), profile(seen)
    assert (found["leavers"], found["stayers"]) == (beside["leavers"], beside["stayers"])
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize(
    ("late", "band"),
    [(0, "none"), (1, "1-30"), (30, "1-30"), (31, "31-90"), (90, "31-90"), (91, "91+"), (None, "")],
)
def test_days_late_have_bands(late, band):
    seen = institution({("FARM", "F"): (1, 0)})
    seen.spells["days_late"] = [late]
    assert of_the_year(seen).traits()["late"].tolist() == [band]


def test_sizes_are_in_quarters_whose_upper_bound_counts_in():
    seen = institution({("FARM", "F"): (5, 0)})
    seen.spells["principal"] = [100.0, 200.0, 300.0, 400.0, 500.0]
    year = of_the_year(seen)
    assert (year.sizes, year.traits()["size"].tolist()) == ([200, 300, 400], ["1", "1", "2", "3", "4"])
