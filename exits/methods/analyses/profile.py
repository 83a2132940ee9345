"""Who leaves, compared with who stays?"""

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
    values = values.reset_index(drop=True)
    known = is_recorded(values)
    leavers, stayers = int((gone & known).sum()), int((~gone & known).sum())
    lines = []
    for value, rows in values[known].groupby(values[known]).groups.items():
        left = int(gone[rows].sum())
        if len(rows) < FEWEST:
            continue
        counts = {
            "leavers": left,
            "of_leavers": leavers,
            "stayers": len(rows) - left,
            "of_stayers": stayers,
        }
        compared = difference(left, leavers, len(rows) - left, stayers)
        lines.append({"trait": name, "value": value} | counts | as_line(compared))
    return lines
