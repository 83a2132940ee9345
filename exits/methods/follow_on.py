"""Follow-on loans: of the clients who had to decide whether to borrow again, how many did."""

import numpy as np
import pandas as pd

from exits.methods.columns import MISSING, as_dates, as_day, as_days
from exits.methods.items import Items, read_items
from exits.methods.words import Day, Window

POINT_COLUMNS = ["client_id", "loan_id", "product", "disbursed_on", "ended_on", "followed", "next_ended_on"]


def decision_points(loans: pd.DataFrame, window: Window, as_of: Day) -> pd.DataFrame:
    """One row for each client and day on which the client had to decide, as known on `as_of`.

    Such a day is one on which a loan ended by `closed_on` (not written off by `as_of`), no other loan of
    the client was open, and `as_of - day > W`, W being the window of the loan's product. Of several loans
    that ended that day the last in the order counts. Another loan is open that day if it began before it,
    or on it and earlier in the order, and has not ended by it.

    Out, in order of client and day: client_id, loan_id, product, disbursed_on, ended_on, followed (a loan
    later in the order was disbursed from that day to W days after it), next_ended_on (the client's next
    row, NaT if none). Savings play no part. A period of any length is answered by counting rows, see
    `follow_on_retention`.
    """
    items = read_items(loans, window, as_day(as_of))
    repaid = ~items.open & ~items.written_off  # what ended and was not written off ended by closed_on
    deciding = _last_of_its_day(items, np.flatnonzero(repaid))
    deciding = deciding[items.as_of - items.end[deciding] > items.window[deciding]]
    alone, followed = _alone_and_followed(items, deciding)
    return _frame(items, deciding[alone], followed[alone], loans)


def follow_on_retention(
    loans: pd.DataFrame, window: Window, start: Day, end: Day, as_of: Day
) -> tuple[int, int]:
    """(F, D) of the period from `start` to `end`, both inclusive: followed on, of those who had to decide.

    Each client counts once, by the last decision in the period. ValueError if the period ends before it
    starts or after `as_of`.
    """
    if as_day(end) > as_day(as_of):
        raise ValueError("the period ends after the day of the data")
    last = last_in_period(decision_points(loans, window, as_of), start, end)
    return int(last["followed"].sum()), len(last)


def last_in_period(points: pd.DataFrame, start: Day, end: Day) -> pd.DataFrame:
    """The rows of `decision_points` that count for a period: each client's last in it. Their number is D."""
    first, last = as_day(start), as_day(end)
    if first > last:
        raise ValueError("the period ends before it starts")
    ended, following = as_days(points["ended_on"]), as_days(points["next_ended_on"])
    return points[(first <= ended) & (ended <= last) & ((following == MISSING) | (following > last))]


def _last_of_its_day(items: Items, rows):
    """Of `rows`, the last in the order for each client and end."""
    order = rows[np.lexsort((rows, items.end[rows], items.client[rows]))]
    client, end = items.client[order], items.end[order]
    last = np.append((np.diff(client) != 0) | (np.diff(end) != 0), True)[: len(order)]
    return order[last]


def _alone_and_followed(items: Items, rows):
    """Whether no other loan is open on the day that each of `rows` ended, and whether one follows in time."""
    if not len(items):
        return np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)
    origin = items.start.min()
    span = items.as_of + 2 - origin
    starts = items.client * span + (items.start - origin)
    latest = np.maximum.accumulate(items.client * span + (items.end - origin))
    day = items.client[rows] * span + (items.end[rows] - origin)
    # Loans before `begun` began before the day; one that began on it counts only before the loan itself.
    begun = np.searchsorted(starts, day)
    alone = latest[np.maximum(begun, rows) - 1] <= day
    alone |= np.maximum(begun, rows) == 0
    following = np.minimum(np.maximum(begun, rows + 1), len(items) - 1)
    comes_later = following > rows
    same_client = items.client[following] == items.client[rows]
    gap = items.start[following] - items.end[rows]
    return alone, comes_later & same_client & (gap >= 0) & (gap <= items.window[rows])


def _frame(items, rows, followed, loans):
    client, end = items.client[rows], items.end[rows]
    following = np.append(end[1:], MISSING)[: len(rows)]
    following[np.append(np.diff(client) != 0, True)[: len(rows)]] = MISSING
    source = items.row[rows]
    return pd.DataFrame(
        {
            "client_id": items.ids.take(client).to_numpy(),
            "loan_id": loans["loan_id"].to_numpy()[source] if len(source) else np.empty(0, dtype=object),
            "product": pd.Series(items.product[rows], dtype="str"),
            "disbursed_on": as_dates(items.start[rows]),
            "ended_on": as_dates(end),
            "followed": followed,
            "next_ended_on": as_dates(following),
        },
        columns=POINT_COLUMNS,
    )
