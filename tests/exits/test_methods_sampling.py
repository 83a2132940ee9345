"""Sample sizes: the worked case, and the formula in whole numbers; draws that anybody can repeat."""

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from exits.methods import allocate, draw_sample, sample_size
from tests.exits.portfolios import sweep


def test_the_worked_case():
    assert sample_size(None, 0.10) == 97
    assert sample_size(200, 0.10) == 66


@sweep()
@given(
    st.integers(1, 100_000),
    st.sampled_from([0.02, 0.05, 0.1]),
    st.sampled_from([0.1, 0.3, 0.5]),
    st.sampled_from([0.8, 0.9, 0.95, 0.99]),
)
def test_a_size_is_cochrans_and_at_most_everybody(population, margin, p, confidence):
    z = Fraction(norm.ppf((1 + confidence) / 2))
    n0 = z * z * Fraction(p) * (1 - Fraction(p)) / Fraction(margin) ** 2
    exact = n0 * population / (n0 + population - 1)
    found = sample_size(population, margin, p, confidence)
    assert found == min(population, ceil(exact)) or abs(exact - round(exact)) < 1e-9
    assert found <= population


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": 0},
        {"margin": 1},
        {"p": 1},
        {"confidence": 1},
        {"population": -1},
        {"population": 2.5},
        {"population": float("nan")},
    ],
)
def test_what_cannot_be_asked_is_refused(wrong):
    with pytest.raises(ValueError, match=r"lie between|from 0 up"):
        sample_size(**{"population": 10, "margin": 0.1} | wrong)


def test_nobody_needs_no_sample():
    assert sample_size(0, 0.1) == 0


SIZES = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 40), max_size=6)


@sweep()
@given(SIZES, st.integers(0, 100))
def test_shares_are_whole_fill_the_total_and_lie_within_one_of_exact(sizes, total):
    given_ = allocate(sizes, total)
    everybody = sum(sizes.values())
    assert sum(given_.values()) == min(total, everybody)
    assert all(0 <= given_[stratum] <= size for stratum, size in sizes.items())
    filled = [stratum for stratum, size in sizes.items() if size]
    if total >= len(filled):
        assert all(given_[stratum] for stratum in filled)


def test_shares_follow_the_sizes():
    assert allocate({"north": 50, "south": 30, "east": 20}, 10) == {"north": 5, "south": 3, "east": 2}


def test_the_same_seed_draws_the_same_people_in_whatever_order_they_come():
    frame = {"B1": [4, 2, 3, 1], "B2": [9, 8, 7]}
    again = {"B2": [7, 8, 9], "B1": [1, 2, 3, 4]}
    assert draw_sample(frame, 4, seed=7, reserve=2) == draw_sample(again, 4, seed=7, reserve=2)


@sweep()
@given(SIZES, st.integers(0, 60), st.integers(0, 20), st.integers(0, 2**31))
def test_a_draw_takes_nobody_twice_and_only_from_the_frame(sizes, total, reserve, seed):
    frame = {stratum: [f"{stratum}-{n}" for n in range(size)] for stratum, size in sizes.items()}
    drawn, reserves = draw_sample(frame, total, seed, reserve)
    for stratum, ids in frame.items():
        both = drawn[stratum] + reserves[stratum]
        assert len(both) == len(set(both))
        assert set(both) <= set(ids)
    everybody = sum(sizes.values())
    assert sum(map(len, drawn.values())) == min(total, everybody)
    assert sum(map(len, reserves.values())) == min(reserve, everybody - min(total, everybody))


def test_each_has_the_same_chance():
    times = dict.fromkeys(range(5), 0)
    for seed in range(2000):
        for who in draw_sample({"": range(5)}, 2, seed)[0][""]:
            times[who] += 1
    # 2,000 draws of 2 in 5: 800 each, standard deviation 22
    assert all(abs(count - 800) < 100 for count in times.values())


def test_everybody_is_a_whole_number_whatever_the_population_came_as():
    found = sample_size(20.0, 0.001)
    assert (found, type(found)) == (20, int)
