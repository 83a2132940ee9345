"""Has this office left the limits that chance alone keeps to?"""

from exits.methods.analyses.seen import Seen, latest_year
from exits.methods.control import control_chart
from exits.methods.counts import count_by

MONTHS = 24


def limits(seen: Seen) -> dict:
    """The exits of all served in each of the latest 24 months known, with the limits of their own mean.

    `out` counts those of the latest three months that lie above the upper limit.
    """
    start, end = latest_year(seen.known_until)
    start = start.replace(year=start.year - 1)
    table = count_by(seen.spells, start, end, step="month", keep_empty=True)
    served = (table["B"] + table["new"] + table["returned"]).tolist()
    exits = table["exits"].tolist()
    points = control_chart(exits, served)
    months = [
        {
            "month": period,
            "exits": left,
            "served": base,
            "share": point.share,
            "low": point.lower,
            "high": point.upper,
            "out": point.out,
        }
        for period, left, base, point in zip(table["period"], exits, served, points, strict=True)
    ]
    above = [month for month in months[-3:] if month["out"] and month["share"] > month["high"]]
    mean = sum(exits) / sum(served) if sum(served) else None
    return {"mean": mean, "out": len(above), "months": months}
