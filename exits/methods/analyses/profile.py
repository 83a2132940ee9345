"""Who leaves, compared with who stays?"""

import numpy as np
import pandas as pd

from exits.methods.analyses.seen import Seen
from exits.methods.analyses.traits import as_line, is_recorded, largest_first, of_the_year
from exits.methods.profile import difference

FEWEST = 20
"""A trait that fewer clients have, leavers and stayers together, is not compared."""


def profile(seen: Seen) -> dict:
    """Leavers of the latest year against those who were clients at its end, trait by trait.

    Sorted by the size of the standardised difference. `sizes` are the upper bounds of the first three
    quarters of loan sizes.
    """
    year = of_the_year(seen)
    found = [line for name, values in year.traits().items() for line in _lines(name, values, year.gone)]
    found.sort(key=largest_first)
    return {
        "start": year.start.isoformat(),
        "end": year.end.isoformat(),
        "leavers": int(year.gone.sum()),
        "stayers": int((~year.gone).sum()),
        "sizes": year.sizes,
        "traits": found,
    }


def _lines(name, values, gone):
    known = is_recorded(values)
    gone = gone[known]
    place, names = pd.factorize(values[known], sort=True)
    sizes, left = np.bincount(place), np.bincount(place, gone)
    leavers, stayers = int(gone.sum()), int((~gone).sum())
    lines = []
    for value, n, lost in zip(names, sizes.tolist(), left.astype(int).tolist(), strict=True):
        if n < FEWEST:
            continue
        counts = {"leavers": lost, "of_leavers": leavers, "stayers": n - lost, "of_stayers": stayers}
        compared = difference(lost, leavers, n - lost, stayers)
        lines.append({"trait": name, "value": value} | counts | as_line(compared))
    return lines
