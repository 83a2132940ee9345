"""What a client kept is worth, and how far exits must fall to pay for watching them."""

import pytest

from exits.methods import Retaining, Tracking, saving


def test_what_a_fall_of_the_rate_saves():
    # 2 points of 5,000 clients keep 100, each worth 20 x 3 + 15 = 75; 120 interviews of half an hour at 4
    found = saving(0.02, 5000, Retaining(20, 3, 15), Tracking(120, 30, 4, other=260))
    assert (found.kept, found.worth, found.cost, found.net) == (100, 7500, 500, 7000)
    assert found.break_even == pytest.approx(500 / (5000 * 75))


def test_at_the_break_even_nothing_is_left_and_without_worth_there_is_none():
    retaining, tracking = Retaining(20, 3, 15), Tracking(120, 30, 4)
    even = saving(0.1, 800, retaining, tracking).break_even
    assert saving(even, 800, retaining, tracking).net == pytest.approx(0)
    assert saving(0.1, 0, retaining, tracking).break_even is None
