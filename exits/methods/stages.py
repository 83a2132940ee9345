"""At which loan clients leave: of those who repaid their k-th, who took no other."""

import numpy as np
import pandas as pd


def exits_by_cycle(points: pd.DataFrame, cycle: str = "cycle") -> pd.DataFrame:
    """Clients finishing each cycle, and those of them who left at its end.

    In: rows of `decision_points` with the loan's cycle, each client's last in the period
    (`last_in_period`). Out, in order of cycle: finished, left, share (left / finished).
    """
    cycles, finished, left = finished_and_left(points[cycle].to_numpy(), points["followed"].to_numpy())
    table = pd.DataFrame({"finished": finished, "left": left}, index=pd.Index(cycles, name=cycle))
    return table.assign(share=table["left"] / table["finished"])


def finished_and_left(cycle: np.ndarray, followed: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each cycle once, in order, with how many finished it and how many of these took no other loan."""
    cycles, place = np.unique(cycle, return_inverse=True)
    finished = np.bincount(place, minlength=len(cycles))
    stayed = np.bincount(place, followed, len(cycles)).astype(np.int64)
    return cycles, finished, finished - stayed
