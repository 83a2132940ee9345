"""Leavers of one type against those of another: against statsmodels, and a table worked by hand."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from exits.methods.analyses import leaver_types, profile, set_against
from tests.exits.portfolios import portfolios, sweep
from tests.exits.test_methods_analyses import YEAR, by_hand, many, seen_of

ENDED = dt.date(2025, 9, 1) - YEAR
STAYED_SINCE = dt.date(2026, 12, 31) - 3 * YEAR
MOVED, ANGRY = ("moved", "external", "neutral"), ("angry", "client", "negative")


def confirmed(said):
    """What staff say of the exits of those who are in `many`, by the client's number."""
    return [(number, ENDED, *told) for number, told in said.items()]


def worked():
    """40 took farm loans and 10 shop loans and left; of the first 30 are confirmed, of the second all."""
    said = {f"FARMx{n}": MOVED if n < 20 else ANGRY for n in range(30)}
    said |= {f"SHOPx{n}": MOVED if n < 2 else ANGRY for n in range(10)}
    return by_hand(many(40, 10, "FARM") + many(10, 10, "SHOP"), confirmed=confirmed(said))


def test_two_types_are_compared_as_by_hand():
    found = leaver_types(worked(), "leaver_type")
    assert (found["start"], found["end"], found["leavers"]) == ("2025-05-01", "2026-04-30", 50)
    assert found["groups"] == {"moved": 22, "angry": 18}
    farm, shop = [line for line in set_against(found, "moved", fewest=5) if line["trait"] == "product"]
    assert (farm["value"], farm["first"], farm["of_first"], farm["second"], farm["of_second"]) == (
        "FARM", 20, 22, 10, 18,
    )  # fmt: skip
    # 20 / 22 - 10 / 18 = 0.9091 - 0.5556; the variances are 0.0826 and 0.2469
    assert farm["difference"] == pytest.approx(35 / 99)
    assert farm["standardised"] == pytest.approx(0.353535 / ((0.082645 + 0.246914) / 2) ** 0.5, rel=1e-5)
    # Wilson's intervals are (0.72185, 0.97470) and (0.33716, 0.75440), so Newcombe's goes
    # down by the root of 0.18724 ² + 0.19884 ², up by that of 0.06561 ² + 0.21839 ²
    assert (farm["low"], farm["high"]) == pytest.approx((0.08041, 0.58157), abs=1e-5)
    assert (shop["first"], shop["second"], shop["difference"]) == (2, 8, pytest.approx(-35 / 99))


@pytest.mark.parametrize(
    ("by", "groups"), [("initiative", ("external", "client")), ("tone", ("neutral", "negative"))]
)
def test_initiative_and_tone_are_groups_too(by, groups):
    assert leaver_types(worked(), by)["groups"] == dict(zip(groups, (22, 18), strict=True))


def test_all_others_are_the_sum_of_the_other_types():
    said = {f"FARMx{n}": (("moved", "angry", "shock")[n % 3], "client", "neutral") for n in range(30)}
    found = leaver_types(by_hand(many(30, 10, "FARM"), confirmed=confirmed(said)), "leaver_type")
    (farm,) = [line for line in set_against(found, "moved", fewest=5) if line["trait"] == "product"]
    assert (farm["first"], farm["of_first"], farm["second"], farm["of_second"]) == (10, 10, 20, 20)


def test_a_value_that_few_of_both_have_is_left_out():
    found = leaver_types(worked(), "leaver_type")
    shown = [
        line["value"]
        for line in set_against(found, "moved", "angry", fewest=11)
        if line["trait"] == "product"
    ]
    assert shown == ["FARM"]


def test_a_confirmation_counts_for_the_stay_that_it_is_about_alone():
    rows = many(20, 10, "FARM")
    other = [
        ("FARMx0", ENDED - dt.timedelta(days=1), *MOVED),
        ("FARMs0", STAYED_SINCE, *MOVED),
        ("ELSE", ENDED, *MOVED),
    ]
    assert leaver_types(by_hand(rows, confirmed=other), "leaver_type")["groups"] == {}
    assert leaver_types(by_hand(rows), "leaver_type")["traits"] == []


@sweep(60, dear=3)
@given(portfolios(clean=True, max_clients=8), st.data())
def test_every_pair_is_counted_leaver_by_leaver_and_its_interval_is_newcombes(portfolio, data):
    plain = seen_of(portfolio)
    ids = plain.spells["client_id"] + "/" + plain.spells["start"].astype(str)
    said = {key: data.draw(st.sampled_from(["", "a", "b", "c"])) for key in ids}
    rows = [
        (client, start, said[key], "client", "neutral")
        for client, start, key in zip(plain.spells["client_id"], plain.spells["start"], ids, strict=True)
        if said[key]
    ]
    seen = seen_of(portfolio, confirmed=rows)
    found = leaver_types(seen, "leaver_type")
    gone = seen.spells[seen.spells["left_on"].between(found["start"], found["end"])]
    kind = (gone["client_id"] + "/" + gone["start"].astype(str)).map(said)
    assert found["leavers"] == profile(seen)["leavers"] == len(gone)
    assert found["groups"] == dict(Counter(kind[kind != ""]))
    lines = set_against(found, "a", fewest=1)
    for line in (line for line in lines if line["trait"] in ("sex", "product")):
        known = gone[gone[line["trait"]].astype(object).fillna("") != ""]
        same = known[line["trait"]] == line["value"]
        first, second = kind[known.index] == "a", kind[known.index].isin(["b", "c"])
        assert (line["first"], line["of_first"]) == ((same & first).sum(), first.sum())
        assert (line["second"], line["of_second"]) == ((same & second).sum(), second.sum())
        if first.any() and second.any():
            counts = line["first"], line["of_first"], line["second"], line["of_second"]
            expected = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
            assert (line["low"], line["high"]) == pytest.approx(expected, abs=1e-9)
