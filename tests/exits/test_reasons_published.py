"""No hidden count of reasons can be told from what is published: by linear programmes over random tables."""

import os
import random

import numpy as np
from scipy.optimize import linprog

from exits.queries.reasons import blocks

TABLES = max(10, int(200 * float(os.environ.get("SPM_EXAMPLES", "0.25"))))


def published(chance):
    """Interviews by year and head, and what is shown of them."""
    years, heads = range(chance.randint(1, 3)), range(chance.randint(2, 8))
    sizes = [chance.choice((0.5, 3, 20)) for _head in heads]
    counts = {year: {f"h{h}": int(chance.expovariate(1) * sizes[h]) for h in heads} for year in years}
    without = {year: chance.choice((0, 0, 2, 9)) for year in years}
    totals = {year: sum(counts[year].values()) + without[year] for year in years}
    k = chance.choice((3, 5, 10))
    return counts, without, totals, k, blocks(totals, counts, k)


def test_no_hidden_count_of_a_head_can_be_told_within_k():
    hidden = 0
    for seed in range(TABLES):
        counts, without, totals, k, found = published(random.Random(seed))
        cells = [(year, head) for year in totals for head in (*counts[year], "")]
        values = [counts[year][head] if head else without[year] for year, head in cells]
        shown = [[float(cell[0] == year) for cell in cells] for year in totals if found or totals[year] >= k]
        for block in found:
            for year, n in block.n.items():
                figure = [float(y == year and head in block.heads) for y, head in cells]
                # what is shown is never small
                assert n >= k
                assert n == np.dot(figure, values)
                shown.append(figure)
        apart = {block.heads[0] for block in found if len(block.heads) == 1}
        for place, (_year, head) in enumerate(cells):
            if head in apart or not shown or (head == "" and not any(without.values())):
                continue
            hidden += 1
            figure = np.eye(len(cells))[place]
            known = {"A_eq": np.array(shown), "b_eq": np.array(shown) @ np.array(values)}
            least, most = (linprog(sign * figure, **known, method="highs") for sign in (1, -1))
            if most.status != 3 and found:
                assert -most.fun - least.fun >= k - 1e-6
    assert hidden > TABLES
