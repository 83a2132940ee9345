"""The portfolio as files: `python bench/portfolio_export.py [--clients 1000000]` (20,000 by default).

Fills an institution and writes its portfolio into a folder of CSV files by the command `export_portfolio`; in
the same run, as plainly as the database lets anybody, the same tables as they are (PostgreSQL: COPY; SQLite:
`csv.writer` over what the cursor gives), without an order, a name in place of a key, or a look at formulas.

The last line is JSON. No speed is promised; it ends with 1 if a row is missing or 1 GB of memory is needed.
On PostgreSQL: `tools/servers.py -- python bench/portfolio_export.py`.
"""

import argparse
import csv
import io
import json
import resource
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from kit.institution import fill

from clients.queries.portfolio import MODELS

GIGABYTE = 1_000_000_000
ROUNDS = 3


def timed(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def exported_to(folder: Path) -> None:
    call_command("export_portfolio", folder, stdout=io.StringIO())


def plainly(folder: Path) -> None:
    """Each table into a file of its own."""
    with connection.cursor() as cursor:
        for name, model in MODELS.items():
            table = connection.ops.quote_name(model._meta.db_table)
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                if connection.vendor == "postgresql":
                    cursor.copy_expert(f"COPY {table} TO STDOUT WITH (FORMAT csv)", file)
                else:
                    cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  the model's own
                    csv.writer(file).writerows(iter(cursor.fetchone, None))


def lines(folder: Path) -> int:
    """Rows in the files, their heads apart."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in folder.glob("*.csv"))


def measure(clients: int) -> dict:
    fill(clients)
    rows = sum(model.objects.count() for model in MODELS.values())
    with tempfile.TemporaryDirectory(prefix="spm-bench-") as name:
        plain, whole = (Path(name) / each for each in ("plain", "whole"))
        plain.mkdir()
        taken = [
            (timed(partial(exported_to, whole)), timed(partial(plainly, plain))) for _round in range(ROUNDS)
        ]
        exported = lines(whole)
    seconds, beside = (min(each) for each in zip(*taken, strict=True))
    return {
        "bench": "portfolio_export",
        "database": connection.vendor,
        "clients": clients,
        "rows": rows,
        "missing": rows - exported,
        "export_seconds": round(seconds, 2),
        "plain_seconds": round(beside, 2),
        "times_plain": round(seconds / beside, 2),
        "rows_per_second": round(rows / seconds),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def holds(found: dict) -> bool:
    return not found["missing"] and found["peak_bytes"] < GIGABYTE


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=20_000)
    result = measure(parser.parse_args().clients)
    print(json.dumps(result))
    sys.exit(0 if holds(result) else 1)
