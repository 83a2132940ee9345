"""Loans and movements of savings, taken together and put in order: what spells are made of."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from exits.methods.columns import MISSING, as_text, column, days_column, is_true, windows
from exits.methods.words import Window


@dataclass(frozen=True)
class Items:
    """Columns of equal length, ordered by client, start, id (as text, by code point).

    `client` numbers the clients in the order of their ids; `ids` and `names` give, by that number, the id
    as it came and as text. `start` and `end` are days; `end` is `as_of + 1` while the item is open. `row`
    is the row in the frame of loans, -1 for a movement. `officer` and `group` are the loan's, else the
    client's.
    """

    as_of: int
    ids: pd.Series
    names: np.ndarray
    client: np.ndarray
    start: np.ndarray
    end: np.ndarray
    window: np.ndarray
    written_off: np.ndarray
    row: np.ndarray
    product: np.ndarray
    officer: np.ndarray
    group: np.ndarray

    def __len__(self):
        return len(self.client)

    @property
    def open(self) -> np.ndarray:
        return self.end > self.as_of

    @property
    def is_loan(self) -> np.ndarray:
        return self.row >= 0

    @property
    def changes(self) -> np.ndarray:
        """True where a client's first item stands."""
        return np.diff(self.client, prepend=-1) != 0


def read_items(
    loans: pd.DataFrame,
    window: Window,
    as_of: int,
    clients: pd.DataFrame | None = None,
    movements: pd.DataFrame | None = None,
) -> Items:
    """The items begun by `as_of`.

    A loan's end is `closed_on` where it is given, else `written_off_on`; a date after `as_of` means open. A
    loan is written off if `written_off_on` is given and not after `as_of`. A loan that ends before it
    starts is taken to end on its first day, so that entrants and exits still balance. Of movements only
    those by the client count.
    """
    parts = [_loans(loans, as_of)]
    if movements is not None:
        parts.append(_movements(movements, as_of))
    raw = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    raw_ids, start = raw["client_id"], raw["start"].to_numpy()
    client, ids, names = _number(raw_ids)
    order = in_order(client, start, raw["id"].to_numpy())
    sorted_ = raw.take(order)
    product = sorted_["product"].to_numpy(dtype=object)
    client = client[order]
    return Items(
        as_of=as_of,
        ids=ids,
        names=names,
        client=client,
        start=sorted_["start"].to_numpy(),
        end=sorted_["end"].to_numpy(),
        window=windows(product, window),
        written_off=sorted_["written_off"].to_numpy(),
        row=sorted_["row"].to_numpy(),
        product=product,
        officer=_else_the_clients("officer", sorted_["officer"], client, names, clients),
        group=_else_the_clients("group", sorted_["group"], client, names, clients),
    )


def in_order(client: np.ndarray, start: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Positions that sort by client, start, id. Text is compared only where client and start are equal."""
    order = np.lexsort((start, client))
    same = (np.diff(client[order]) == 0) & (np.diff(start[order]) == 0)
    if not same.any():
        return order
    tied = order[np.r_[False, same] | np.r_[same, False]]
    rank = np.zeros(len(client), dtype=np.int64)
    rank[tied] = np.unique(ids[tied], return_inverse=True)[1]
    return np.lexsort((rank, start, client))


def match(names: np.ndarray, frame: pd.DataFrame) -> np.ndarray:
    """Row in `frame` of each client id in `names`, -1 where there is none; of rows with one id the last."""
    rows = pd.Series(np.arange(len(frame)), index=column(frame, "client_id"))
    rows = rows[~rows.index.duplicated(keep="last")]
    return rows.reindex(names, fill_value=-1).to_numpy(dtype=np.int64)


def _loans(loans, as_of):
    start = days_column(loans, "disbursed_on")
    closed, written_off = days_column(loans, "closed_on"), days_column(loans, "written_off_on")
    end = np.where(closed != MISSING, closed, written_off)
    end = np.where((end == MISSING) | (end > as_of), as_of + 1, np.maximum(end, start))
    raw = pd.DataFrame(
        {
            "client_id": _client_ids(loans, "loans"),
            "id": column(loans, "loan_id"),
            "start": start,
            "end": end,
            "written_off": (written_off != MISSING) & (written_off <= as_of),
            "row": np.arange(len(loans)),
            "product": column(loans, "product"),
            "officer": column(loans, "officer"),
            "group": column(loans, "group"),
        }
    )
    return raw[(start != MISSING) & (start <= as_of)]


def _movements(movements, as_of):
    day = days_column(movements, "date")
    by_client = is_true(movements["by_client"]) if "by_client" in movements else np.full(len(day), True)
    id_ = next((name for name in ("movement_id", "account_id", "product") if name in movements), "")
    raw = pd.DataFrame(
        {
            "client_id": _client_ids(movements, "movements"),
            "id": column(movements, id_),
            "start": day,
            "end": day,
            "written_off": False,
            "row": -1,
            "product": column(movements, "product"),
            "officer": "",
            "group": "",
        }
    )
    return raw[(day != MISSING) & (day <= as_of) & by_client]


def _client_ids(frame, name):
    if "client_id" not in frame and len(frame):
        raise ValueError(f"{name} need a column client_id")
    return frame["client_id"].to_numpy() if "client_id" in frame else np.empty(0, dtype=object)


def _number(raw_ids):
    """Clients numbered in the order of their ids as text; their ids as they came first; as text."""
    codes, names = pd.factorize(as_text(raw_ids))
    by_name = np.argsort(names)
    number = np.empty(len(names), dtype=np.int64)
    number[by_name] = np.arange(len(names))
    client = number[codes]
    first = np.empty(len(names), dtype=np.int64)
    first[client[::-1]] = np.arange(len(client))[::-1]
    return client, raw_ids.take(first).reset_index(drop=True), names[by_name]


def _else_the_clients(name, values, client, names, clients):
    own = as_text(values)
    if clients is None or name not in clients or not len(clients):
        return own
    row = match(names, clients)
    of_client = np.where(row >= 0, as_text(clients[name])[row], "")
    return np.where(own == "", of_client[client], own)
