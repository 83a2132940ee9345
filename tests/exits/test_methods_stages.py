"""At which loan clients leave."""

import pandas as pd
import pytest

from exits.methods import exits_by_cycle


def test_who_leaves_at_the_end_of_each_cycle():
    points = pd.DataFrame({"cycle": [1, 1, 1, 2], "followed": [True, False, False, True]})
    table = exits_by_cycle(points)
    assert table["finished"].tolist() == [3, 1]
    assert table["left"].tolist() == [2, 0]
    assert table["share"].tolist() == [pytest.approx(2 / 3), 0]
