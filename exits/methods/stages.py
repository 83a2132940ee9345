"""At which loan clients leave: of those who repaid their k-th, who took no other."""

import pandas as pd


def exits_by_cycle(points: pd.DataFrame, cycle: str = "cycle") -> pd.DataFrame:
    """Clients finishing each cycle, and those of them who left at its end.

    In: rows of `decision_points` with the loan's cycle, each client's last in the period
    (`last_in_period`). Out, in order of cycle: finished, left, share (left / finished).
    """
    groups = points.groupby(cycle)["followed"]
    table = pd.DataFrame({"finished": groups.size(), "left": groups.size() - groups.sum()}).astype("int64")
    return table.assign(share=table["left"] / table["finished"])
