"""How long the spells of a large institution take: `python bench/spells.py [clients]` (100,000 by default).

Prints seconds of processor time for each step, and spells against the plainest thing pandas does
with the same rows, the first and last day of each client by `groupby`: on a shared machine trust the ratio.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from exits.methods import count_by, decision_points, spells

AS_OF = "2025-12-31"
LOANS_A_CLIENT = 2.5
WINDOWS = {"GROUP": 60, "SEASON": 180, None: 90}


def portfolio(clients, seed=3):
    """Loans of `clients` over six years, some open, written off or of clients who died."""
    random = np.random.default_rng(seed)
    n = int(clients * LOANS_A_CLIENT)
    start = np.datetime64("2020-01-01") + random.integers(0, 2190, n).astype("timedelta64[D]")
    end = start + random.integers(30, 400, n).astype("timedelta64[D]")
    none = np.datetime64("NaT", "D")
    fate = random.random(n)
    loans = pd.DataFrame(
        {
            "loan_id": [f"L{number}" for number in range(n)],
            "client_id": [f"C{number}" for number in random.integers(0, clients, n)],
            "product": random.choice(["GROUP", "SEASON", "SOLO", "HOUSE"], n),
            "disbursed_on": start,
            "closed_on": np.where(fate > 0.03, end, none),
            "written_off_on": np.where(fate < 0.02, end, none),
            "officer": random.choice([f"O{number}" for number in range(200)], n),
            "group": "",
        }
    )
    people = pd.DataFrame(
        {
            "client_id": [f"C{number}" for number in range(clients)],
            "status": np.where(random.random(clients) < 0.02, "deceased", "active"),
            "status_on": np.datetime64("2024-03-01"),
            "officer": "O1",
            "group": random.choice(["SOL", "LUNA", ""], clients),
        }
    )
    return loans, people


def timed(name, work, repeat=3):
    """Best of a few runs in seconds of processor time, and the result of the last."""
    seconds = []
    for _ in range(repeat):
        begun = time.process_time()
        result = work()
        seconds.append(time.process_time() - begun)
    print(f"{name:<48}{min(seconds):8.2f} s")
    return min(seconds), result


def main(clients=100_000):
    loans, people = portfolio(clients)
    print(f"{clients:,} clients, {len(loans):,} loans")
    ends = {"disbursed_on": "min", "closed_on": "max"}
    plain, _ = timed("pandas: first and last day by groupby", lambda: loans.groupby("client_id").agg(ends))
    one, stays = timed("spells, one window", lambda: spells(loans, 90, AS_OF, people))
    timed("spells, a window for each product", lambda: spells(loans, WINDOWS, AS_OF, people))
    _, points = timed("decision points", lambda: decision_points(loans, 90, AS_OF))
    timed(
        "counts by 200 officers and 72 months",
        lambda: count_by(stays, "2020-01-01", AS_OF, by="officer", step="month", points=points),
    )
    print(f"{len(stays):,} spells; spells take {one / plain:.1f} times as long as the groupby")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
