"""What the analyses read: spells, decisions and gaps with the facts that clients are told apart by."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from exits.methods.columns import MISSING, as_day, as_days, as_text, days_column
from exits.methods.follow_on import decision_points
from exits.methods.returns import gaps
from exits.methods.spells import spells
from exits.methods.words import Window

ONE_DAY = dt.timedelta(days=1)
CONFIRMED = ["leaver_type", "initiative", "tone"]
"""What staff say of an exit that they confirm."""
COUNTED = ["client_id", "start", "left_on", "first", "cause"]
TOLD_APART = ["office", "sex", "age", "area", "product", "officer", "group"]


@dataclass(frozen=True)
class Seen:
    """Some clients as known on `as_of`.

    `spells`: as `exits.methods.spells` gives them, with office, sex, area, age, entry_cycle, and of the last
    loan principal (NaN: none) and days_late; and leaver_type, initiative and tone, "" where nobody has
    confirmed the exit. `points`: `decision_points`, with the loan's cycle, office and
    product. `gaps`: as `exits.methods.gaps`, with office and product. `by_window`: for each window in days
    that might be chosen when its spells begin and end. Text is "" where it is missing.
    `window` is the longest in use: what ended less than that ago is not known yet.
    """

    as_of: dt.date
    window: int
    spells: pd.DataFrame
    points: pd.DataFrame
    gaps: pd.DataFrame
    by_window: dict[int, pd.DataFrame]

    @property
    def known_until(self) -> dt.date:
        """The last day whose exits are all known."""
        return self.as_of - dt.timedelta(days=self.window + 1)

    def of(self, offices: Iterable[str]) -> "Seen":
        """The same of the clients of some offices."""
        kept = set(offices)

        def some(frame):
            return frame[frame["office"].isin(kept)]

        windows = {days: some(frame) for days, frame in self.by_window.items()}
        return replace(
            self, spells=some(self.spells), points=some(self.points), gaps=some(self.gaps), by_window=windows
        )


def see(
    clients, loans, found, *, window: Window, longest: int, as_of: dt.date, candidates, confirmed=()
) -> Seen:
    """Put together what the analyses read.

    In: `clients` with client_id, office, status, status_on; `loans` as for `spells`, with principal, due_on,
    days_late; `found`: the spells of these loans with office, sex, area and age; `window` as for `spells`, of
    which `longest` is the longest in days; `candidates`: windows that might be chosen; `confirmed`: tuples
    of client_id, first day of the stay, leaver_type, initiative, tone.
    """
    office = pd.Series(clients["office"].to_numpy(), index=as_text(clients["client_id"])).astype("category")
    points, pauses = decision_points(loans, window, as_of), gaps(loans, as_of)
    order = _order(loans)
    points["cycle"] = order.reindex(as_text(points["loan_id"]))["cycle"].to_numpy()
    by_window = {days: spells(loans, days, as_of, clients)[COUNTED] for days in candidates}
    for frame in (points, pauses, *by_window.values()):
        frame["office"] = office.reindex(as_text(frame["client_id"])).to_numpy()
    pauses["product"] = _product_at_end(pauses, loans)
    found = found.assign(**{name: as_text(found[name]) for name in TOLD_APART})
    told = _with_confirmed(_with_last_loan(found, order, as_of), confirmed)
    return Seen(as_of, longest, told, points, pauses, by_window)


def latest_year(known_until: dt.date) -> tuple[dt.date, dt.date]:
    """The latest twelve whole months by then: first and last day."""
    end = (known_until + ONE_DAY).replace(day=1) - ONE_DAY
    begins = end + ONE_DAY
    return begins.replace(year=begins.year - 1), end


def _order(loans):
    """By loan number: the loan's cycle, principal, and the days by which it was late."""
    starts, ids = days_column(loans, "disbursed_on"), as_text(loans["loan_id"])
    client, _ = pd.factorize(as_text(loans["client_id"]))
    rows = np.lexsort((ids, starts, client))
    first = np.flatnonzero(np.diff(client[rows], prepend=-1))
    cycle = np.empty(len(rows), dtype=np.int64)
    cycle[rows] = np.arange(len(rows)) - np.repeat(first, np.diff(np.append(first, len(rows)))) + 1
    return pd.DataFrame(
        {
            "cycle": cycle,
            "principal": pd.to_numeric(loans["principal"]).astype(float).to_numpy(),
            "closed": days_column(loans, "closed_on"),
            "due": days_column(loans, "due_on"),
            "days_late": pd.to_numeric(loans["days_late"]).astype(float).to_numpy(),
        },
        index=ids,
    )


def _with_last_loan(found, order, as_of):
    last = order.reindex(as_text(found["last_loan_id"]))
    return found.assign(
        entry_cycle=np.maximum(found["cycle"].to_numpy() - found["loans"].to_numpy() + 1, 1),
        principal=last["principal"].to_numpy(),
        days_late=_days_late(last, as_day(as_of)),
    )


def _with_confirmed(found, confirmed):
    """With what staff say of the exit that ended each stay."""
    said = pd.DataFrame(list(confirmed), columns=["client_id", "start", *CONFIRMED])
    stays = pd.MultiIndex.from_arrays([as_text(said["client_id"]), days_column(said, "start")])
    wanted = pd.MultiIndex.from_arrays([as_text(found["client_id"]), as_days(found["start"])])
    told = said[CONFIRMED].set_axis(stays).reindex(wanted).fillna("")
    return found.assign(**{name: told[name].to_numpy() for name in CONFIRMED})


def _days_late(last, as_of):
    """Of a repaid loan how long after its due day that was, NaN where that is not known; else as recorded."""
    closed = last["closed"].fillna(MISSING).astype(np.int64).to_numpy()
    due = last["due"].fillna(MISSING).astype(np.int64).to_numpy()
    repaid = (closed != MISSING) & (closed <= as_of)
    late = np.where(due == MISSING, np.nan, np.maximum(closed - due, 0).astype(float))
    return np.where(repaid, late, last["days_late"].to_numpy())


def _product_at_end(pauses, loans):
    """The product of the loan whose repayment began the pause; "" where no loan ended that day."""
    closed, written = days_column(loans, "closed_on"), days_column(loans, "written_off_on")
    ended = np.where(closed != MISSING, closed, written)
    keys = pd.MultiIndex.from_arrays([as_text(loans["client_id"]), ended])
    products = pd.Series(as_text(loans["product"]), index=keys)
    products = products[~products.index.duplicated(keep="last")]
    wanted = pd.MultiIndex.from_arrays([as_text(pauses["client_id"]), as_days(pauses["ended_on"])])
    return products.reindex(wanted).fillna("").to_numpy()
