"""Random small portfolios for hypothesis, rich in the cases on which definitions part company."""

import datetime as dt
import os
from dataclasses import dataclass

import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

FIRST_DAY = dt.date(2023, 11, 20)
SCALE = float(os.environ.get("SPM_EXAMPLES", "1"))

LOAN_PRODUCTS = ["GROUP", "SEASON", "SOLO"]
SAVINGS_PRODUCTS = ["BOX", "PASSBOOK"]
CLIENT_COLUMNS = [
    "client_id", "name", "office", "sex", "birth_date", "area", "officer", "group", "status", "status_on",
]  # fmt: skip
LOAN_COLUMNS = [
    "loan_id", "client_id", "product", "disbursed_on", "closed_on", "written_off_on", "officer", "group",
]  # fmt: skip
MOVEMENT_COLUMNS = ["movement_id", "account_id", "client_id", "product", "date", "by_client"]


def sweep(examples=200, at_least=1, dear=1):
    """Settings of a sweep: `examples` times SPM_EXAMPLES, the same cases each run up to the full count.

    Where each case costs much, a run below the full count takes only one in `dear` of them.
    """
    share = SCALE if SCALE >= 1 else SCALE / dear
    return settings(
        max_examples=max(at_least, int(examples * share)),
        deadline=None,
        derandomize=SCALE <= 1,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )


@dataclass(frozen=True)
class Portfolio:
    """Rows as dictionaries; the windows in days (one, or by product), and days worth asking as of."""

    clients: list
    loans: list
    movements: list
    window: int | dict
    savings: bool
    as_of: list

    def frames(self):
        """`clients`, `loans`, and `movements` (None where savings do not count) as the methods take them."""
        return (
            pd.DataFrame(self.clients, columns=CLIENT_COLUMNS),
            pd.DataFrame(self.loans, columns=LOAN_COLUMNS),
            pd.DataFrame(self.movements, columns=MOVEMENT_COLUMNS) if self.savings else None,
        )


def chance(one_in):
    return st.integers(1, one_in).map(lambda n: n == 1)


def window_days():
    return st.sampled_from([0, 1, 7, 20, 45])


def windows():
    names = LOAN_PRODUCTS + SAVINGS_PRODUCTS
    by_product = st.dictionaries(st.sampled_from(names), window_days(), min_size=1, max_size=5)
    mapped = st.tuples(by_product, window_days()).map(lambda pair: {**pair[0], None: pair[1]})
    return st.one_of(window_days(), mapped)


def days_of(product, window):
    return window if isinstance(window, int) else window.get(product, window[None])


def later(day, days):
    return day + dt.timedelta(days=days)


@st.composite
def loan_histories(draw, window, clean):
    """A client's loans without their ids, one after the other, gaps of exactly W and W + 1 among them."""
    loans = []
    start = last_end = later(FIRST_DAY, draw(st.integers(0, 60)))
    for _ in range(draw(st.integers(0, 5))):
        product = draw(st.sampled_from(LOAN_PRODUCTS))
        end = later(start, draw(st.sampled_from([0, 1, 10, 30, 31, 60])))
        if loans and last_end >= start and draw(chance(3)):
            end = last_end
        how = draw(st.sampled_from(["repaid", "repaid", "repaid", "open", "written off", "both"]))
        if how == "both" and clean:
            how = "written off"
        loans.append(
            {
                "product": product,
                "disbursed_on": start,
                "closed_on": end if how in ("repaid", "both") else None,
                "written_off_on": {"written off": end, "both": later(end, draw(st.integers(-3, 3)))}.get(how),
                "officer": draw(st.sampled_from(["", "", "ANA", "BEN"])) or None,
                "group": draw(st.sampled_from(["", "", "SOL"])) or None,
            }
        )
        last_end = end
        days = days_of(product, window)
        step = draw(st.sampled_from(["W", "W + 1", "same end", "same start", "overlap", "later", "later"]))
        start = {
            "W": later(end, days),
            "W + 1": later(end, days + 1),
            "same end": end,
            "same start": start,
            "overlap": later(start, min(5, (end - start).days)),
            "later": later(end, draw(st.integers(0, 70))),
        }[step]
    return loans


def turning_days(loans, window):
    """Days on which something may tip: starts, ends, ends of windows, and the days beside them."""
    found = [FIRST_DAY, later(FIRST_DAY, 100)]
    for loan in loans:
        end = loan["closed_on"] or loan["written_off_on"]
        found += [loan["disbursed_on"], later(loan["disbursed_on"], -1), later(loan["disbursed_on"], 1)]
        if end:
            days = days_of(loan["product"], window)
            found += [end, later(end, -1), later(end, 1), later(end, days), later(end, days + 1)]
    return sorted(set(found))


@st.composite
def clients(draw, number, loans, window, clean):
    status = draw(st.sampled_from(["active", "active", "deceased", "expelled"]))
    undated = status == "active" or (not clean and draw(chance(8)))
    return {
        "client_id": f"{draw(st.sampled_from(['C', 'c', 'Ñ', '']))}{number}",
        "name": f"Client {number}",
        "office": draw(st.sampled_from(["NORTH-1", "SOUTH-1"])),
        "sex": draw(st.sampled_from(["F", "F", "M", ""])),
        "birth_date": draw(
            st.sampled_from([None, dt.date(2000, 2, 29), dt.date(1998, 12, 31), dt.date(1970, 1, 1)])
        ),
        "area": draw(st.sampled_from(["rural", "urban", ""])),
        "officer": draw(st.sampled_from(["", "ANA", "EVA"])) or None,
        "group": draw(st.sampled_from(["", "LUNA"])) or None,
        "status": status,
        "status_on": None if undated else draw(st.sampled_from(turning_days(loans, window))),
    }


@st.composite
def movement_histories(draw, loans, window):
    days = st.one_of(
        st.sampled_from(turning_days(loans, window)),
        st.integers(0, 200).map(lambda n: later(FIRST_DAY, n)),
    )
    return [
        {
            "product": draw(st.sampled_from(SAVINGS_PRODUCTS)),
            "date": draw(days),
            "by_client": not draw(chance(4)),
        }
        for _ in range(draw(st.integers(0, 5)))
    ]


@st.composite
def portfolios(draw, *, clean=False, max_clients=5):
    """A `Portfolio`. `clean` keeps to rows that an import takes: one kind of end, and a date to every status.

    Ids sort differently as text and as numbers; dates go well beyond the days worth asking as of.
    """
    window, savings = draw(windows()), draw(st.booleans())
    members, loans, movements = [], [], []
    turning = [later(FIRST_DAY, 120)]
    for number in range(8, 8 + draw(st.integers(1, max_clients))):
        history = draw(loan_histories(window, clean))
        client = draw(clients(number, history, window, clean))
        members.append(client)
        prefixes = draw(st.permutations(["", "b", "B", "É", "0"]))
        loans += [
            {**loan, "loan_id": f"{prefix}{place * 5 + 7}-{number}", "client_id": client["client_id"]}
            for place, (loan, prefix) in enumerate(zip(history, prefixes, strict=False))
        ]
        moves = draw(movement_histories(history, window)) if savings else []
        movements += [
            {
                **move,
                "movement_id": f"{number}/{9 - place}",
                "account_id": f"{move['product']}-{number}",
                "client_id": client["client_id"],
            }
            for place, move in enumerate(moves)
        ]
        turning += turning_days(history, window)
    as_of = draw(st.lists(st.sampled_from(sorted(set(turning))), min_size=1, max_size=2, unique=True))
    return Portfolio(members, draw(st.permutations(loans)), movements, window, savings, sorted(as_of))


@st.composite
def periods_until(draw, as_of):
    """(start, end) of a period that ends by `as_of`."""
    end = later(as_of, -draw(st.integers(0, 60)))
    return later(end, -draw(st.sampled_from([0, 1, 29, 90, 150]))), end
