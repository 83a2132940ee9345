"""What a client kept is worth, and how far exits must fall to pay for watching them."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exits.methods import Assumed, Estimate, Retaining, Tracking, net_at, outlook, saving

money = st.floats(0, 1e4)
margins = st.floats(-1e3, 1e4)


def estimates(values):
    return st.lists(values, min_size=3, max_size=3).map(lambda found: Estimate(*sorted(found)))


assumptions = st.builds(
    Assumed,
    fall=estimates(st.floats(0, 1)),
    margin_a_cycle=estimates(margins),
    cycles=estimates(st.floats(0, 20)),
    acquisition=estimates(money),
    minutes=estimates(st.floats(0, 1e6)),
    hour=estimates(st.floats(0, 100)),
    other=estimates(money),
)


def test_what_a_fall_of_the_rate_saves():
    # 2 points of 5,000 clients keep 100, each worth 20 x 3 + 15 = 75; 120 interviews of half an hour at 4
    found = saving(0.02, 5000, Retaining(20, 3, 15), Tracking(120 * 30, 4, other=260))
    assert (found.kept, found.worth, found.cost, found.net) == (100, 7500, 500, 7000)
    assert found.break_even == pytest.approx(500 / (5000 * 75))


def test_at_the_break_even_nothing_is_left_and_without_worth_there_is_none():
    retaining, tracking = Retaining(20, 3, 15), Tracking(3600, 4)
    even = saving(0.1, 800, retaining, tracking).break_even
    assert saving(even, 800, retaining, tracking).net == pytest.approx(0)
    assert saving(0.1, 0, retaining, tracking).break_even is None


def by_hand():
    """10,000 clients; 400 interviews of 20 minutes, 900 exits confirmed in 3, 600 calls of 6: 14,300."""
    return Assumed(
        fall=Estimate(0.01, 0.02, 0.03),
        margin_a_cycle=Estimate(30, 40, 50),
        cycles=Estimate(2, 3, 4),
        acquisition=Estimate(20, 30, 40),
        minutes=Estimate.sure(14_300),
        hour=Estimate(5, 6, 9),
        other=Estimate.sure(2_000),
    )


def test_the_example_worked_by_hand():
    found = outlook(10_000, by_hand())
    # 1, 2, 3 points of 10,000
    assert found.kept == Estimate(100, 200, 300)
    # 30 x 2 + 20; 40 x 3 + 30; 50 x 4 + 40
    assert found.client == Estimate(80, 150, 240)
    # 100 x 80; 200 x 150; 300 x 240
    assert found.worth == Estimate(8_000, 30_000, 72_000)
    # 14,300 minutes are 238 hours and 20 minutes; by 5, 6, 9, and 2,000 besides
    assert [round(cost, 2) for cost in (found.cost.low, found.cost.likely, found.cost.high)] == [
        3_191.67,
        3_430.00,
        4_145.00,
    ]
    # 8,000 - 4,145; 30,000 - 3,430; 72,000 - 3,191.67
    assert [round(net, 2) for net in (found.net.low, found.net.likely, found.net.high)] == [
        3_855.00,
        26_570.00,
        68_808.33,
    ]
    # 3,191.67 / 2,400,000; 3,430 / 1,500,000; 4,145 / 800,000
    assert [round(fall, 6) for fall in found.break_even] == [0.00133, 0.002287, 0.005181]


def test_a_margin_below_zero_is_worst_over_many_cycles():
    losing = Assumed(**by_hand().__dict__ | {"margin_a_cycle": Estimate(-10, 5, 10)})
    # -10 x 4 + 20 at worst, 10 x 4 + 40 at best
    found = outlook(10_000, losing)
    assert (found.client, found.worth.low) == (Estimate(-20, 45, 80), -6_000)
    assert found.break_even[2] is None


@given(st.floats(0, 1e6), assumptions, st.integers(0, 2**32))
def test_whatever_lies_within_the_assumptions_comes_out_within_the_range(clients, assumed, seed):
    rng = Random(seed)
    some = {name: rng.uniform(*each.ends) for name, each in assumed.__dict__.items()}
    retaining = Retaining(some["margin_a_cycle"], some["cycles"], some["acquisition"])
    tracking = Tracking(some["minutes"], some["hour"], some["other"])
    one, found = saving(some["fall"], clients, retaining, tracking), outlook(clients, assumed)
    for inside, span in ((one.kept, found.kept), (one.worth, found.worth), (one.net, found.net)):
        slack = 1e-9 * max(abs(span.low), abs(span.high), 1)
        assert span.low - slack <= inside <= span.high + slack
    assert found.cost.low <= found.cost.likely <= found.cost.high


@given(st.floats(1, 1e6), assumptions)
def test_a_surer_assumption_never_widens_the_range(clients, assumed):
    wide = outlook(clients, assumed).net
    for name, each in assumed.__dict__.items():
        sure = Assumed(**assumed.__dict__ | {name: Estimate.sure(each.likely)})
        net = outlook(clients, sure).net
        slack = 1e-9 * max(abs(wide.low), abs(wide.high), 1)
        assert wide.low - slack <= net.low <= net.likely <= net.high <= wide.high + slack


@given(st.floats(1, 1e6), assumptions)
def test_the_net_gain_rises_with_the_fall_and_is_the_cost_where_nothing_falls(clients, assumed):
    none, found = net_at(0, clients, assumed), outlook(clients, assumed)
    assert (none.low, none.likely, none.high) == (-found.cost.high, -found.cost.likely, -found.cost.low)
    pays = found.break_even[1]
    if pays is not None and pays < 1:
        slack = 1e-9 * max(found.cost.likely, 1)
        assert net_at(pays, clients, assumed).likely == pytest.approx(0, abs=slack)
        assert net_at(min(pays * 2, 1), clients, assumed).likely >= -slack


@given(assumptions)
def test_without_clients_nothing_is_kept_and_nothing_pays(assumed):
    found = outlook(0, assumed)
    assert (found.kept, found.break_even) == (Estimate.sure(0), (None, None, None))
