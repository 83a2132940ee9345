"""Spells: the stretches of time for which a client stays with the institution, from one exit to the next."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from exits.methods.columns import MISSING, as_dates, as_day, column, days_column
from exits.methods.items import Items, match, read_items
from exits.methods.words import CLIENT, DEATH, DECEASED, EXPELLED, MFI, Day, Window

NEVER = np.iinfo(np.int64).max


def spells(
    loans: pd.DataFrame,
    window: Window,
    as_of: Day,
    clients: pd.DataFrame | None = None,
    movements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row for each spell begun by `as_of`, in order of client id (as text) and start.

    In: `loans` with loan_id, client_id, product, disbursed_on, closed_on, written_off_on, perhaps officer
    and group; `window` in days, or days for each product (one that is not named takes `window[None]`, else
    90); `clients` with client_id, status, status_on, perhaps officer and group; `movements`, only where
    savings count, with client_id, date, perhaps product, account_id, movement_id, by_client (without that
    column all count).

    Out: client_id, start, last_day (NaT while a loan is open), left_on (NaT while the spell goes on), cause
    (client, mfi, death, or None), first (the client's first spell), loans (how many), product, officer (""
    where not recorded), group, cycle, resting (all loans ended, the window not yet over), last_loan_id
    (None without loans). Dates are datetime64[s].

    - A loan continues the spell if it starts while another is open or at most W days after the latest end
      so far; W is that of the product that ended latest, of several the longest. `as_of - last_day > W`
      ends the spell.
    - A loan's end is `closed_on` where given, else `written_off_on`; after `as_of` it counts as open.
    - Of loans that end last on one day, one that is written off makes the cause `mfi`.
    - Deceased or expelled on `status_on`: the spell that holds that day is left on it, together with what
      begins on the same day. What begins later starts a new spell, chained afresh: the loans of the old one
      no longer count.
    - A movement is taken like a loan that starts and ends on its day. loans, cycle, product, officer and
      group come from the last real loan; a spell of movements alone has 0 loans, the product of the last
      movement, the client's officer and group, and as cycle the number of the client's loans so far.

    ValueError for a window below 0 or text that is no ISO date.
    """
    items = read_items(loans, window, as_day(as_of), clients, movements)
    status = _statuses(items, clients)
    return _frame(items, _chain(items, status), status, loans)


def ignored_statuses(
    loans: pd.DataFrame,
    window: Window,
    as_of: Day,
    clients: pd.DataFrame,
    movements: pd.DataFrame | None = None,
) -> list:
    """Ids of clients with a spell, deceased or expelled on a day that no spell holds, or on no day at all.

    Their status changes nothing and is worth a warning. A day after `as_of` is not yet known and not warned
    of.
    """
    items = read_items(loans, window, as_day(as_of), clients, movements)
    status = _statuses(items, clients)
    chain = _chain(items, status)
    used = np.zeros(len(items.ids), dtype=bool)
    used[chain.client(items)[chain.held]] = True
    return items.ids[status.given & ~used & (status.day <= items.as_of)].tolist()


@dataclass(frozen=True)
class Statuses:
    """By client number: the day from which the client is gone (`NEVER`, or `MISSING` if no day is given)."""

    given: np.ndarray
    expelled: np.ndarray
    day: np.ndarray

    @property
    def gone(self) -> np.ndarray:
        """The day the client is gone, `NEVER` for all whose status does not count."""
        return np.where(self.given & (self.day != MISSING), self.day, NEVER)


@dataclass(frozen=True)
class Chain:
    """By spell: positions of its first and last item, latest end, that end's window, who is gone in it."""

    first: np.ndarray
    last: np.ndarray
    latest: np.ndarray
    window: np.ndarray
    held: np.ndarray

    def client(self, items: Items) -> np.ndarray:
        return items.client[self.first]


def _statuses(items, clients):
    if clients is None or not len(clients):
        nobody = np.zeros(len(items.ids), dtype=bool)
        return Statuses(nobody, nobody, np.full(len(nobody), NEVER))
    row = match(items.names, clients)
    status = np.where(row >= 0, column(clients, "status")[row], "")
    day = np.where(row >= 0, days_column(clients, "status_on")[row], MISSING)
    expelled = status == EXPELLED
    return Statuses((status == DECEASED) | expelled, expelled, day)


def _chain(items: Items, status: Statuses) -> Chain:
    gone = status.gone[items.client]
    # What a client begins after the last day is chained as if it were another client's.
    segment = items.client * 2 + (items.start > gone)
    latest, window = _latest_so_far(items, segment)
    new = np.diff(segment, prepend=-1) != 0
    new[1:] |= items.start[1:] > latest[:-1] + window[:-1]
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(items))[: len(first)] - 1
    latest, window = latest[last], window[last]
    held = (items.start[first] <= gone[first]) & (gone[first] <= items.as_of)
    held &= gone[first] <= latest + window  # an open end lies after every day that is known
    return Chain(first, last, latest, window, held)


def _latest_so_far(items, segment):
    """Latest end in the segment up to each item, and its window (tie: the longest): one running maximum."""
    if not len(items):
        return items.end, items.window
    origin = items.start.min()
    span = items.as_of + 2 - origin
    # A window longer than all the time there is changes nothing; cut short it keeps the keys small.
    window = np.minimum(items.window, span)
    keys = segment * span + (items.end - origin)
    running = np.maximum.accumulate(keys * (span + 1) + window)
    keys, window = np.divmod(running, span + 1)
    return keys - segment * span + origin, window


def _frame(items: Items, chain: Chain, status: Statuses, loans: pd.DataFrame) -> pd.DataFrame:
    client = chain.client(items)
    still_open = chain.latest > items.as_of
    lapsed = ~still_open & (items.as_of - chain.latest > chain.window)
    left_on = np.where(chain.held, status.gone[client], np.where(lapsed, chain.latest, MISSING))
    last_loan, shown = _last_loans(items, chain)
    return pd.DataFrame(
        {
            "client_id": items.ids.take(client).to_numpy(),
            "start": as_dates(items.start[chain.first]),
            "last_day": as_dates(np.where(still_open, MISSING, chain.latest)),
            "left_on": as_dates(left_on),
            "cause": pd.Series(_causes(items, chain, status, left_on), dtype=object),
            "first": items.changes[chain.first],
            "loans": _count(items.is_loan, chain),
            "product": items.product[shown],
            "officer": items.officer[shown],
            "group": items.group[shown],
            "cycle": _loans_so_far(items)[shown],
            "resting": (left_on == MISSING) & ~still_open,
            "last_loan_id": pd.Series(_loan_ids(items, last_loan, loans), dtype=object),
        }
    ).astype({"product": "str", "officer": "str", "group": "str"})


def _causes(items, chain, status, left_on):
    latest = np.repeat(chain.latest, chain.last - chain.first + 1)
    written_off = _count(items.written_off & (items.end == latest), chain) > 0
    expelled = status.expelled[chain.client(items)]
    cause = np.where(written_off, MFI, CLIENT).astype(object)
    cause[chain.held] = np.where(expelled, MFI, DEATH)[chain.held]
    cause[left_on == MISSING] = None
    return cause


def _last_loans(items, chain):
    """Position of each spell's last loan (-1: none), and of the item that names its product."""
    position = np.where(items.is_loan, np.arange(len(items)), -1)
    last_loan = np.maximum.accumulate(position)[chain.last]
    last_loan = np.where(last_loan >= chain.first, last_loan, -1)
    return last_loan, np.where(last_loan >= 0, last_loan, chain.last)


def _count(mask, chain):
    total = np.cumsum(mask, dtype=np.int64)
    return total[chain.last] - total[chain.first] + mask[chain.first]


def _loans_so_far(items):
    total = np.cumsum(items.is_loan, dtype=np.int64)
    first = np.flatnonzero(items.changes)
    before = (total - items.is_loan)[first]
    return total - before[items.client]


def _loan_ids(items, last_loan, loans):
    if not len(last_loan):
        return np.empty(0, dtype=object)
    ids = np.full(len(last_loan), None, dtype=object)
    some = last_loan >= 0
    if some.any():
        ids[some] = loans["loan_id"].to_numpy(dtype=object)[items.row[last_loan[some]]]
    return ids
