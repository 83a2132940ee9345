"""What the analyses of leaving take: `python bench/analyses.py [--clients 1000000]` (20,000 by default).

Fills an institution, then makes every analysis of every office as the job `exits.analyse_exits` does. In the
same run the same questions by plain pandas and statsmodels: the records out of the database, spells by
`groupby`, then for each office with all below it curves by SurvfuncRight, tests by survdiff, causes by
CumIncidenceRight, tables by `groupby`, and a model by Logit, kept nowhere.

The last line is JSON. No speed is promised; it ends with 1 if both do not find as many exits.
On PostgreSQL: `tools/servers.py -- python bench/analyses.py`.
"""

import argparse
import json
import resource
import sys
import warnings

import numpy as np
import pandas as pd
from django.db import connection
from kit.institution import AS_OF, fill
from rebuild import plain_spells, plainly_out, timed
from statsmodels.discrete.discrete_model import Logit
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff

from clients.models import Office
from exits import actions
from exits.methods.analyses import CANDIDATES
from exits.models import Analysis

WINDOW = 90
GROUPS = ("product", "office_id", "sex", "area", "first_loan")
TRAITS = ("sex", "area", "product", "loans", "officer_id", "group_id")
MODELLED = ("sex", "area", "product", "loans")
FEWEST, MOST, PER_COEFFICIENT = 20, 40, 10
YEARS = 5


def plainly() -> int:
    """All of it; how many exits the head office has."""
    frames = plainly_out()
    spells = with_stays(plain_spells(frames, WINDOW))
    loans, windows = with_pauses(frames), {days: plain_spells(frames, days) for days in CANDIDATES}
    office_of = frames["clients_client"].set_index("id")["office_id"]
    loans["office_id"] = loans["client_id"].map(office_of)
    exits = 0
    for path in Office.objects.values_list("path", flat=True):
        below = list(Office.objects.filter(path__startswith=path).values_list("pk", flat=True))
        here = spells[spells["office_id"].isin(below)]
        exits = max(exits, int(here["over"].sum()))
        curves(here)
        tables(here, loans[loans["office_id"].isin(below)])
        model(here)
        for other in windows.values():
            other.loc[other["office_id"].isin(below), "over"].mean()
    return exits


def with_stays(spells: pd.DataFrame) -> pd.DataFrame:
    """Days seen, whether, in which month and by what the stay ended, and with which loan it began."""
    horizon = pd.Timestamp(AS_OF) - pd.Timedelta(days=WINDOW + 1)
    seen = spells[spells["start"] <= horizon].copy()
    left = seen["end"] + pd.Timedelta(days=1)
    seen["over"] = left <= horizon
    seen["days"] = (left.where(seen["over"], horizon) - seen["start"]).dt.days.clip(lower=1)
    gone = pd.to_datetime(seen["status_on"])
    seen["cause"] = np.where(seen["over"], np.where(gone.between(seen["start"], left), 2, 1), 0)
    seen["first_loan"] = seen.groupby("client")["loans"].cumsum() - seen["loans"] + 1
    seen["first_loan"] = seen["first_loan"].clip(upper=4)
    seen["month"] = left.where(seen["over"]).dt.to_period("M")
    return seen


def with_pauses(frames) -> pd.DataFrame:
    """Each loan's cycle, and the days from its end to the client's next."""
    loans = frames["clients_loan"].assign(
        start=lambda frame: pd.to_datetime(frame["disbursed_on"]),
        end=lambda frame: pd.to_datetime(frame["closed_on"]),
    )
    loans = loans.sort_values(["client_id", "start", "external_id"])
    of_client = loans.groupby("client_id")
    loans["cycle"] = of_client.cumcount() + 1
    loans["pause"] = (of_client["start"].shift(-1) - loans["end"]).dt.days
    return loans


def curves(spells: pd.DataFrame) -> None:
    """How long clients stay, of all and by each group, with its test; and what ends it."""
    SurvfuncRight(spells["days"], spells["over"])
    for name in GROUPS:
        sizes = spells[name].value_counts()
        kept = spells[spells[name].isin(sizes[sizes >= FEWEST].index[:MOST])]
        for _group, rows in kept.groupby(name):
            SurvfuncRight(rows["days"], rows["over"])
        if kept[name].nunique() > 1:
            survdiff(kept["days"].to_numpy(), kept["over"].to_numpy(), kept[name].to_numpy())
    CumIncidenceRight(spells["days"], spells["cause"])


def tables(spells: pd.DataFrame, loans: pd.DataFrame) -> None:
    """Stages, returns, cohorts, seasons and limits, and leavers beside stayers."""
    for year in range(AS_OF.year - YEARS, AS_OF.year + 1):
        ended = loans[loans["end"].dt.year == year]
        for by in (["cycle"], ["product_id", "cycle"], ["office_id", "cycle"]):
            ended.groupby(by)["pause"].agg(["size", lambda pauses: (pauses > WINDOW).sum()])
    for by in (lambda frame: np.zeros(len(frame)), lambda frame: frame["product_id"]):
        loans.groupby(by(loans))["pause"].value_counts().groupby(level=0).cumsum()
    for unit in ("Q", "Y"):
        begun, left = spells["start"].dt.to_period(unit), spells["end"].dt.to_period(unit)
        pd.crosstab(begun, left).cumsum(axis=1)
    by_month = spells.groupby("month").size()
    by_month.groupby(by_month.index.month).sum()
    for trait in TRAITS:
        pd.crosstab(spells[trait].fillna(""), spells["over"], normalize="columns")


def model(spells: pd.DataFrame) -> None:
    """Who left in the last year known, by all traits at once; where there are enough who left."""
    since = pd.Timestamp(AS_OF) - pd.Timedelta(days=WINDOW + 366)
    here = spells[~spells["over"] | (spells["end"] >= since)].copy()
    here["loans"] = here["loans"].clip(upper=6)
    columns = pd.get_dummies(here[list(MODELLED)].astype(str), drop_first=True, dtype=float).assign(one=1.0)
    left = here["over"].astype(float)
    if min(left.sum(), len(left) - left.sum()) < PER_COEFFICIENT * columns.shape[1]:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what it cannot part
        try:
            Logit(left, columns).fit(disp=0, maxiter=25).conf_int()
        except np.linalg.LinAlgError:
            return


def measure(clients: int) -> dict:
    fill(clients)
    ours, rows = timed(lambda: actions.analyse_exits(by=None))
    with np.errstate(all="ignore"):  # statsmodels divides by those who are left, of whom there may be none
        plain, exits = timed(plainly)
    head = Analysis.objects.get(office=Office.head(), kind=Analysis.Kind.STAYS, by="").found["groups"][0]
    return {
        "bench": "analyses",
        "database": connection.vendor,
        "clients": clients,
        "offices": Office.objects.count(),
        "analyses": rows,
        "exits": head["events"],
        "plain_exits": exits,
        "analyses_seconds": round(ours, 2),
        "plain_seconds": round(plain, 2),
        "times_plain": round(ours / plain, 2),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def holds(found: dict) -> bool:
    """What ends on the last days is told apart differently, so a few may differ."""
    return abs(found["exits"] - found["plain_exits"]) <= 0.02 * found["exits"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=20_000)
    result = measure(parser.parse_args().clients)
    print(json.dumps(result))
    sys.exit(0 if holds(result) else 1)
