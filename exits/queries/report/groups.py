"""Parts of a report by group: none tells of fewer people than k, nor lets them be found by subtraction."""

import datetime as dt

from django.utils.translation import gettext as _

from clients.models import Client
from exits.methods import exits_by_cycle, last_in_period, wilson
from exits.queries.figures import Figures, add_months, month_of
from exits.queries.records import Reading
from spm.disclosure import large_enough, together

RATE = "exit_dealt_with"
"""The rate of every group and month: a share, so that it has an interval, whatever stands on top."""

TABLES = {
    "branch": "office",
    "product": "product",
    "cycle": "cycle",
    "sex": "sex",
    "age": "age",
    "area": "area",
}
"""The tables by their names, and by which group each counts."""

LAST_CYCLE = 10
"""Cycles from this one on are counted together."""

YOUNGEST = "<25"
"""The age band whose sign would put it after the digits of the others."""

NOT_TOLD = dict.fromkeys(("B", "N", "X", "E", "n", "rate", "low", "high"))


def tables(reading: Reading, start: dt.date, end: dt.date, k: int) -> dict[str, dict]:
    """By name of the table: its groups that are told, and the names of those counted together."""
    return {name: _table(reading.figures(start, end, by=by), by, k) for name, by in TABLES.items()}


def months(reading: Reading, start: dt.date, end: dt.date, k: int) -> list[dict]:
    """Each month, back to a year before the end; of months too small only which they are."""
    first = start
    if start.day == 1:
        first = min(start, add_months(month_of(end), -11))
    found = reading.figures(first, end, by="month")
    small = frozenset()
    for part in ([m for m in found if m.start >= start], [m for m in found if m.start < start]):
        small |= together({m.group: (m.entrants, m.exits) for m in part}, k)
    return [_month(month, hidden=month.group in small) for month in found]


def stages(points, start: dt.date, end: dt.date, k: int) -> list[dict]:
    """Of who repaid each loan, the share that took no other; small cycles count with their neighbours."""
    clipped = points.assign(cycle=points["cycle"].clip(upper=LAST_CYCLE))
    table = exits_by_cycle(last_in_period(clipped, start, end)).reset_index()
    rows, waiting = [], None
    for cycle, finished, left, _share in table.itertuples(index=False):
        row = [int(cycle), int(cycle), int(finished), int(left)]
        waiting = row if waiting is None else [waiting[0], row[1], waiting[2] + row[2], waiting[3] + row[3]]
        if large_enough((waiting[3], waiting[2] - waiting[3]), k):
            rows.append(waiting)
            waiting = None
    if waiting and rows:
        last = rows.pop()
        rows.append([last[0], waiting[1], last[2] + waiting[2], last[3] + waiting[3]])
    return [
        {
            "cycle": first,
            "to_cycle": last,
            "finished": finished,
            "left": left,
            "share": left / finished,
            **interval(left, finished),
        }
        for first, last, finished, left in rows
    ]


def interval(successes: int, n: int) -> dict[str, float | None]:
    """Wilson's 95 % as low and high, None without cases."""
    low, high = wilson(successes, n) or (None, None)
    return {"low": low, "high": high}


def _table(found, by, k):
    found = sorted(found, key=_place)
    small = together({f.group: (f.B, f.entrants, f.exits, f.E) for f in found}, k)
    told = [_group(f, by) for f in found if f.group not in small]
    names = [_label(f, by) for f in found if f.group in small]
    if told and names:
        told.append(_as_one([f for f in found if f.group in small]))
    return {"groups": told, "together": names}


def _place(figures):
    """Groups stay as they came, but the youngest are first and those not recorded last."""
    return figures.group == "", figures.group != YOUNGEST


def _group(figures: Figures, by: str) -> dict:
    return {"group": figures.group, "label": _label(figures, by), **_counts(figures)}


def _counts(figures):
    low, high = figures.intervals[RATE] or (None, None)
    return {
        "B": figures.B,
        "N": figures.entrants,
        "X": figures.exits,
        "E": figures.E,
        "n": figures.dealt_with,
        "rate": figures.rates[RATE],
        "low": low,
        "high": high,
    }


def _as_one(rest):
    b, n, x, e = (sum(getattr(f, name) for f in rest) for name in ("B", "entrants", "exits", "E"))
    one = {"group": None, "label": _("Small groups together"), "B": b, "N": n, "X": x, "E": e, "n": b + n}
    return one | {"rate": x / (b + n) if b + n else None, **interval(x, b + n)}


def _month(figures, *, hidden):
    return {
        "month": figures.group,
        "start": figures.start.isoformat(),
        "end": figures.end.isoformat(),
        "provisional": figures.provisional,
        "hidden": hidden,
        **(NOT_TOLD if hidden else _counts(figures)),
    }


def _label(figures, by):
    if not figures.group:
        return _("not recorded")
    words = {
        "sex": dict(Client.Sex.choices),
        "area": dict(Client.Area.choices),
        "age": {YOUNGEST: _("under 25"), "55+": _("55 and over")},
    }
    return str(words.get(by, {}).get(figures.group, figures.label))
