"""How fast a portfolio comes in: `python bench/portfolio_import.py [clients]` (40,000, with 2.5 loans each).

Writes CSV files, imports them, imports them again (nothing is new then), and puts the same rows into bare
tables with one plain `executemany` each, in the same process and database: on a shared machine trust the
ratio.
On PostgreSQL: `tools/servers.py -- python bench/portfolio_import.py`.
"""

import csv
import datetime as dt
import os
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm.settings")
FOLDER = tempfile.TemporaryDirectory(prefix="spm-bench-")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/bench.sqlite3")

import django  # noqa: E402  the address of the database comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from clients.actions import import_portfolio  # noqa: E402

LOANS_A_CLIENT = 2.5
CLIENTS = ["client_id", "name", "office", "sex", "birth_date", "area", "officer", "joined_on", "status"]
LOANS = ["loan_id", "client_id", "product", "principal", "disbursed_on", "due_on", "closed_on", "status"]
FIRST = dt.date(2018, 1, 1)


def portfolio(clients: int, seed: int = 7) -> dict[str, list[list[str]]]:
    chance = random.Random(seed)  # noqa: S311  no secret

    def day(within=2800, after=FIRST):
        return after + dt.timedelta(days=chance.randrange(within))

    people = [
        [
            *(f"C{number:06}", f"María Peña {number}", f"B{number % 32}", "FM"[number % 2]),
            *(day(9000, dt.date(1965, 1, 1)).isoformat(), "rural", f"O{number % 200}"),
            *(day().isoformat(), "active"),
        ]
        for number in range(clients)
    ]
    loans = []
    for number in range(int(clients * LOANS_A_CLIENT)):
        start = day()
        due = start + dt.timedelta(days=365)
        closed = "" if chance.random() < 0.2 else (start + dt.timedelta(days=chance.randrange(30, 400)))
        who, principal = chance.randrange(clients), chance.randrange(100, 5000)
        state = "repaid" if closed else "open"
        loans.append(
            [
                *(f"L{number:06}", f"C{who:06}", f"P{number % 4}", str(principal)),
                *(str(start), str(due), str(closed), state),
            ]
        )
    return {"clients": [CLIENTS, *people], "loans": [LOANS, *loans]}


def write(folder: Path, sheets: dict) -> None:
    for name, lines in sheets.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(lines)


def plainly(sheets: dict) -> None:
    """The same rows as they are, without reading, checking or comparing anything."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, (header, *rows) in sheets.items():
            columns = ", ".join(f"{column} varchar(200)" for column in header[1:])
            cursor.execute(f"CREATE TABLE plain_{name} ({header[0]} varchar(100) PRIMARY KEY, {columns})")
            places = ", ".join(["%s"] * len(header))
            cursor.executemany(f"INSERT INTO plain_{name} VALUES ({places})", rows)  # noqa: S608  our names


def timed(work) -> tuple[float, float]:
    """Seconds by the clock, and of this process's own work."""
    begun, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - worked


def tell(name: str, rows: int, seconds, plain) -> None:
    ratios = [some / other for some, other in zip(seconds, plain, strict=True)]
    print(
        f"{name:20} {seconds[0]:7.2f} s {rows / seconds[0]:9,.0f} rows/s {ratios[0]:5.1f} times plain;"
        f" processor {seconds[1]:6.2f} s, {ratios[1]:5.1f} times plain"
    )


def main(clients: int) -> None:
    call_command("migrate", verbosity=0)
    sheets = portfolio(clients)
    folder = Path(FOLDER.name) / "portfolio"
    folder.mkdir()
    write(folder, sheets)
    rows = sum(len(lines) - 1 for lines in sheets.values())

    def take_in(created):
        report = import_portfolio(folder, by=None).report
        assert report["rejected"] == []
        assert sum(counts["created"] for counts in report["sheets"].values()) == created

    plain = timed(lambda: plainly(sheets))
    print(f"{rows:,} rows on {connection.vendor}")
    tell("plain executemany", rows, plain, plain)
    for name, created in (("first import", rows), ("again, unchanged", 0)):
        seconds = timed(lambda created=created: take_in(created))
        tell(name, rows, seconds, plain)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000)
