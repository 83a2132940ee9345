"""How long the figures take: `python bench/rebuild.py [--clients 1000000]` (20,000 by default).

Fills an institution, then measures in one run: what a rebuild cannot do without (the records out of the
database, the same spells by plain pandas in memory, the same rows into the same tables), the rebuild of
everything, and the rebuild after an import that changes one client in a hundred and moves the day on.

The last line is JSON. Ends with 1 if the whole rebuild takes more than 3 times what it cannot do without, or
the rebuild after the import more than a tenth of the whole one.
On PostgreSQL: `tools/servers.py -- python bench/rebuild.py`.
"""

import argparse
import datetime as dt
import io
import json
import resource
import sys
import time
from functools import partial
from itertools import batched

import numpy as np
import pandas as pd
from django.db import connection, transaction
from kit.institution import AS_OF, fill

from clients.actions.changes import Changes
from clients.models import Client, ImportBatch, Loan
from exits import actions
from exits.models import DecisionCount, DecisionPoint, ExitCount, Spell
from spm.models import AuditEvent

MOST_OF_PLAIN, MOST_OF_WHOLE = 3.0, 0.1
TABLES = (Spell, DecisionPoint, ExitCount, DecisionCount)
OUT = {
    "clients_client": "id, office_id, officer_id, group_id, sex, area, birth_date, status, status_on",
    "clients_loan": "id, external_id, client_id, product_id, disbursed_on, closed_on, written_off_on,"
    " officer_id, group_id",
}


def timed(work):
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


# What it cannot do without


def plainly_out() -> dict[str, pd.DataFrame]:
    """The columns that matter, as the database gives them fastest."""
    frames = {}
    with connection.cursor() as cursor:
        for table, columns in OUT.items():
            query = f"SELECT {columns} FROM {table}"  # noqa: S608  names above
            if connection.vendor == "postgresql":
                file = io.StringIO()
                cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT csv)", file)
                file.seek(0)
                frames[table] = pd.read_csv(file, names=columns.split(", "), low_memory=False)
            else:
                cursor.execute(query)
                frames[table] = pd.DataFrame(cursor.fetchall(), columns=columns.split(", "))
    return frames


def plain_spells(frames: dict[str, pd.DataFrame], window: int = 90) -> pd.DataFrame:
    """Start, end and whether it is over, of each spell: sorted, compared with the row before, grouped."""
    loans = frames["clients_loan"][["client_id", "disbursed_on", "closed_on", "product_id", "external_id"]]
    loans = loans.assign(
        disbursed_on=pd.to_datetime(loans["disbursed_on"]), closed_on=pd.to_datetime(loans["closed_on"])
    ).sort_values(["client_id", "disbursed_on", "external_id"])
    never = pd.Timestamp("2200-01-01")
    loans["end"] = loans["closed_on"].fillna(never)
    latest = loans.groupby("client_id")["end"].cummax()
    same = loans["client_id"].eq(loans["client_id"].shift())
    gap = loans["disbursed_on"] - latest.shift() > pd.Timedelta(days=window)
    loans["spell"] = (~same | gap).cumsum()
    grouped = loans.groupby("spell").agg(
        client=("client_id", "first"),
        start=("disbursed_on", "first"),
        end=("end", "max"),
        loans=("external_id", "count"),
        product=("product_id", "last"),
        last_loan=("external_id", "last"),
    )
    grouped["over"] = (pd.Timestamp(AS_OF) - grouped["end"]).dt.days > window
    people = frames["clients_client"].set_index("id")
    return grouped.join(people, on="client")


def written() -> dict:
    """By model its columns and rows, as the database takes them back fastest."""
    kept = {}
    with connection.cursor() as cursor:
        for model in TABLES:
            names = ", ".join(field.column for field in model._meta.fields if field.name != "id")
            if connection.vendor == "postgresql":
                kept[model] = names, io.BytesIO()
                cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) TO STDOUT", kept[model][1])
            else:
                cursor.execute(f"SELECT {names} FROM {model._meta.db_table}")  # noqa: S608  the model's own
                kept[model] = names, cursor.fetchall()
    return kept


@transaction.atomic
def plainly_in(kept: dict) -> None:
    """The same rows into the same tables, emptied before."""
    with connection.cursor() as cursor:
        for model, (names, rows) in kept.items():
            table = model._meta.db_table
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            if connection.vendor == "postgresql":
                rows.seek(0)
                cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", rows)
            else:
                places = ", ".join(["%s"] * (names.count(",") + 1))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608


# An import


@transaction.atomic
def change_some(share: float, seed: int = 11) -> int:
    """Of this share of the clients repay the open loan and call the place rural; how many they are."""
    keys = np.array(Client.objects.order_by("pk").values_list("pk", flat=True))
    chosen = np.random.default_rng(seed).choice(keys, int(len(keys) * share), replace=False).tolist()
    day, changes = AS_OF + dt.timedelta(days=1), Changes()
    for some in batched(chosen, 5_000):
        loans = Loan.objects.filter(client__in=some, closed_on=None, written_off_on=None)
        changes.about_to_change(loans)
        loans.update(closed_on=day, status="repaid", changed_in=changes.kept)
        people = Client.objects.filter(pk__in=some)
        changes.about_to_change(people)
        people.update(area="rural", changed_in=changes.kept)
    ImportBatch.objects.create(source="bench", state="done", data_as_of=day, changes=changes.close())
    return len(chosen)


def measure(clients: int) -> dict:
    fill(clients)
    actions.rebuild_spells(by=None)
    out, frames = timed(plainly_out)
    in_memory, spells = timed(lambda: plain_spells(frames))
    assert abs(len(spells) - Spell.objects.count()) < 0.02 * len(spells), (len(spells), Spell.objects.count())
    back, _ = timed(partial(plainly_in, written()))
    whole, _ = timed(lambda: actions.rebuild_spells(by=None, whole=True))
    changed = change_some(0.01)
    after, _ = timed(lambda: actions.rebuild_spells(by=None))
    counted = AuditEvent.objects.filter(verb="exit.rebuilt").first().details["counted_anew"]
    return {
        "bench": "rebuild",
        "database": connection.vendor,
        "clients": clients,
        "loans": Loan.objects.count(),
        "spells": Spell.objects.count(),
        "out_seconds": round(out, 2),
        "pandas_seconds": round(in_memory, 2),
        "in_seconds": round(back, 2),
        "whole_seconds": round(whole, 2),
        "times_plain": round(whole / (out + in_memory + back), 2),
        "changed_clients": changed,
        "counted_clients": counted,
        "changed_seconds": round(after, 2),
        "share_of_whole": round(after / whole, 3),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def holds(found: dict) -> bool:
    return found["times_plain"] <= MOST_OF_PLAIN and found["share_of_whole"] <= MOST_OF_WHOLE


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=20_000)
    result = measure(parser.parse_args().clients)
    print(json.dumps(result))
    sys.exit(0 if holds(result) else 1)
