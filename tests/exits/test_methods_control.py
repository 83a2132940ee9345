"""Which months of a branch lie outside the limits of chance."""

import pytest

from exits.methods import control_chart


def test_a_branch_outside_the_limits_of_chance_is_marked():
    chart = control_chart([10, 10, 30, 0], [100, 100, 100, 0], centre=0.1)
    assert [point.out for point in chart] == [False, False, True, False]
    assert (chart[0].lower, chart[0].upper) == (pytest.approx(0.01), pytest.approx(0.19))
    assert chart[3].share is None


def test_the_centre_is_that_of_all_periods_and_limits_are_wider_for_small_ones():
    chart = control_chart([5, 1], [50, 10])
    assert [point.share for point in chart] == [0.1, 0.1]
    assert chart[0].upper < chart[1].upper
    assert chart[1].lower == 0.0
    with pytest.raises(ValueError, match="equally long"):
        control_chart([1], [])
