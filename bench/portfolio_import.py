"""How fast a portfolio comes in: `python bench/portfolio_import.py [--clients 1000000]` (20,000 by default).

Writes CSV files of that many clients, 2.5 loans and 12 repayments each. In the same run, each in a process
of its own: the plainest way to get these rows into the same tables with the same constraints and indexes
(PostgreSQL: COPY; SQLite: `executemany` behind `csv.reader`) from files in which every code is a primary key
already; the import; the import of the same files again. On a shared machine trust the ratios.

The last line is JSON. Ends with 1 if the import is slower than a quarter of the plain way, if the second
import writes a row or (from 100,000 clients on; below, what comes with any import weighs too much) takes more
than half the time of the first, or if either needs 1 GB of memory.
On PostgreSQL: `tools/servers.py -- python bench/portfolio_import.py`.
"""

import argparse
import csv
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from itertools import batched
from pathlib import Path

import numpy as np
import psycopg2

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm.settings")

QUARTER, HALF, GIGABYTE = 0.25, 0.5, 1_000_000_000
HALF_FROM = 100_000
LOANS_A_CLIENT, REPAYMENTS_A_CLIENT = 2.5, 12
OFFICES, OFFICERS, PRODUCTS, CLIENTS_A_GROUP = 32, 200, 4, 40
AT_ONCE = 100_000
FIRST = dt.date(1960, 1, 1)
DAYS = [(FIRST + dt.timedelta(days=day)).isoformat() for day in range(24_000)]
# Days since FIRST between which people are born, join, borrow.
BORN, JOINED, BORROWED = (0, 15_000), (18_000, 21_000), (21_000, 23_000)
GIVEN = ["Ana", "José", "María", "Luis", "Rosa", "Juan", "Elena", "Pedro"]
FAMILY = ["Peña", "Quispe", "Mamani", "Flores", "Muñoz", "Rojas", "Vargas", "Núñez"]

HEADERS = {
    "offices": "code,name,kind,parent",
    "products": "code,name,kind",
    "officers": "code,name",
    "groups": "code,name",
    "clients": "client_id,name,office,sex,birth_date,area,officer,group,joined_on,phone,status,status_on",
    "loans": "loan_id,client_id,product,principal,disbursed_on,due_on,closed_on,status,written_off_on"
    ",officer,office,group,outstanding,days_late",
    "repayments": "loan_id,date,amount,repayment_id",
}
# The plain files: the columns of each table but its own primary key, which counts from 1.
PLAIN = {
    "clients": "external_id,name,office_id,sex,birth_date,area,officer_id,group_id,joined_on,phone,status"
    ",status_on,search_name",
    "loans": "external_id,client_id,product_id,principal,disbursed_on,due_on,closed_on,status,written_off_on"
    ",officer_id,office_id,group_id,outstanding,days_late",
    "repayments": "loan_id,on,amount,external_id",
}
TABLES = {"clients": "clients_client", "loans": "clients_loan", "repayments": "clients_repayment"}


# Files


def write_files(folder: Path, clients: int, seed: int = 7) -> int:
    """The portfolio in ``folder/portfolio`` and the plain files in ``folder/plain``; how many rows it has."""
    for name in ("portfolio", "plain"):
        (folder / name).mkdir()
    chance = np.random.default_rng(seed)
    sheets = {
        "offices": places(),
        "products": ((f"P{at}", f"Product {at}", "loan") for at in range(PRODUCTS)),
        "officers": ((f"O{at}", f"Officer {at}") for at in range(OFFICERS)),
        "groups": ((f"G{at}", f"Group {at}") for at in range(groups_of(clients))),
    }
    rows = 0
    for name, lines in sheets.items():
        rows += write_sheet(folder / "portfolio" / f"{name}.csv", HEADERS[name], lines)
    for name, make in (("clients", people), ("loans", loans), ("repayments", repayments)):
        rows += write_pair(folder, name, make(chance, clients))
    return rows


def groups_of(clients: int) -> int:
    return max(clients // CLIENTS_A_GROUP, 1)


def places():
    yield "HQ", "Head office", "head", ""
    for at in range(OFFICES):
        yield f"B{at}", f"Branch {at}", "branch", "HQ"


def write_sheet(path: Path, header: str, lines) -> int:
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{header}\n")
        for some in batched(lines, AT_ONCE):
            file.write("".join([f"{','.join(line)}\n" for line in some]))
            rows += len(some)
    return rows


def write_pair(folder: Path, name: str, pairs) -> int:
    """The sheet and its plain twin; ``pairs`` gives the lines of both, a block at a time."""
    rows = 0
    with (
        (folder / "portfolio" / f"{name}.csv").open("w", encoding="utf-8") as file,
        (folder / "plain" / f"{name}.csv").open("w", encoding="utf-8") as plain,
    ):
        file.write(f"{HEADERS[name]}\n")
        for lines, plain_lines in pairs:
            file.write("".join(lines))
            plain.write("".join(plain_lines))
            rows += len(lines)
    return rows


def blocks(count: int):
    for start in range(0, count, AT_ONCE):
        yield range(start, min(start + AT_ONCE, count))


def days(numbers) -> list[str]:
    return list(map(DAYS.__getitem__, numbers.tolist()))


def people(chance, clients: int):
    for block in blocks(clients):
        born, joined = (days(chance.integers(*within, len(block))) for within in (BORN, JOINED))
        phones = chance.integers(600_000_000, 800_000_000, len(block)).tolist()
        lines, plain = [], []
        for at, birth, join, phone in zip(block, born, joined, phones, strict=True):
            name = f"{GIVEN[at % 8]} {FAMILY[at // 8 % 8]} {FAMILY[at // 64 % 8]}"
            sex, area = "FM"[at % 2], ("rural", "urban")[at % 3 == 0]
            office, officer = at % OFFICES, at % OFFICERS
            group = at // CLIENTS_A_GROUP % groups_of(clients)
            rest = f"{join},{phone},active,"
            lines.append(f"C{at:07},{name},B{office},{sex},{birth},{area},O{officer},G{group},{rest}\n")
            plain.append(
                f"C{at:07},{name},{office + 2},{sex},{birth},{area},{officer + 1},{group + 1},"
                f"{rest},{plainly(name)}\n"
            )
        yield lines, plain


def plainly(name: str) -> str:
    return name.casefold().translate(str.maketrans("áéíóúñ", "aeioun"))


def loans(chance, clients: int):
    for block in blocks(int(clients * LOANS_A_CLIENT)):
        who = chance.integers(0, clients, len(block)).tolist()
        start = chance.integers(*BORROWED, len(block))
        due, end = start + 365, start + chance.integers(30, 400, len(block))
        is_open = (chance.random(len(block)) < 0.2).tolist()
        cents = chance.integers(10_000, 500_000, len(block)).tolist()
        lines, plain = [], []
        for at, client, begun, until, ended, still, money in zip(
            block, who, days(start), days(due), days(end), is_open, cents, strict=True
        ):
            fate = ",open,,{},,,{}.00,3" if still else f"{ended},repaid,,{{}},,,0,0"
            terms = f"{money / 100:.2f},{begun},{until},"
            fate = fate.format("{}", money // 200) if still else fate
            product, officer = at % PRODUCTS, client % OFFICERS
            lines.append(f"L{at:07},C{client:07},P{product},{terms}{fate.format(f'O{officer}')}\n")
            plain.append(f"L{at:07},{client + 1},{product + 1},{terms}{fate.format(officer + 1)}\n")
        yield lines, plain


def repayments(chance, clients: int):
    """In the order of the loans, as most exports have them."""
    loans, count = int(clients * LOANS_A_CLIENT), clients * REPAYMENTS_A_CLIENT
    for block in blocks(count):
        paid = days(chance.integers(*BORROWED, len(block)))
        cents = chance.integers(100, 100_000, len(block)).tolist()
        lines, plain = [], []
        for at, day, money in zip(block, paid, cents, strict=True):
            loan = at * loans // count
            rest = f"{day},{money / 100:.2f},R{at:08}\n"
            lines.append(f"L{loan:07},{rest}")
            plain.append(f"{loan + 1},{rest}")
        yield lines, plain


# The steps, each in a process of its own


class Clock:
    """Seconds by the clock, and of this process's own work."""

    def __init__(self):
        self.begun, self.worked = time.perf_counter(), time.process_time()

    def since(self) -> dict:
        return {"seconds": time.perf_counter() - self.begun, "cpu": time.process_time() - self.worked}


def plain_load(folder: Path) -> dict:
    """The rows as they are into the same tables: nothing is read, checked or compared."""
    fill_small_tables(folder)
    copied = connection.vendor == "postgresql"
    started = Clock()
    with transaction.atomic(), connection.cursor() as cursor:
        for name, header in PLAIN.items():
            path = folder / "plain" / f"{name}.csv"
            columns = ", ".join(f'"{column}"' for column in header.split(","))
            (copy_in if copied else insert_in)(cursor, path, TABLES[name], columns)
    return started.since()


def copy_in(cursor, path: Path, table: str, columns: str) -> None:
    with path.open(encoding="utf-8") as file:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv)", file)


def insert_in(cursor, path: Path, table: str, columns: str) -> None:
    places = ", ".join(["%s"] * (columns.count(",") + 1))
    with path.open(encoding="utf-8", newline="") as file:
        rows = ([cell or None for cell in line] for line in csv.reader(file))
        # Django's cursor keeps all that it is given until the end of the call.
        for some in batched(rows, AT_ONCE):
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", some)  # noqa: S608


def fill_small_tables(folder: Path) -> None:
    """Offices, products, officers and groups with the primary keys that the plain files name."""
    head = models.Office(pk=1, code="HQ", name="Head office", kind="head")
    head.save()
    for at in range(OFFICES):
        models.Office(pk=at + 2, code=f"B{at}", name=f"Branch {at}", kind="branch", parent=head).save()
    for model, name in ((models.Product, "products"), (models.Officer, "officers"), (models.Group, "groups")):
        with (folder / "portfolio" / f"{name}.csv").open(encoding="utf-8") as file:
            rows = csv.DictReader(file)
            model.objects.bulk_create(
                [model(pk=at, code=row["code"], name=row["name"]) for at, row in enumerate(rows, start=1)]
            )


def take_in(folder: Path) -> dict:
    started = Clock()
    report = import_portfolio(folder / "portfolio", by=None).report
    took = started.since()
    assert report["rejected"] == []
    written = sum(counts["created"] + counts["updated"] for counts in report["sheets"].values())
    return {**took, "written": written}


STEPS = {"plain": plain_load, "first": take_in, "again": take_in}


def peak_memory() -> int:
    """In bytes, of this process alone: a rusage would begin with what the parent had."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run_step(name: str, folder: Path, url: str) -> dict:
    command = [sys.executable, __file__, "--step", name, "--folder", str(folder)]
    done = subprocess.run(
        command, env={**os.environ, "DATABASE_URL": url}, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def databases(folder: Path) -> dict[str, str]:
    """An address for the plain load and one for the import, both of the same server."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return {name: f"sqlite:///{folder}/{name}.sqlite3" for name in ("plain", "import")}
    made = {}
    with closing(psycopg2.connect(url)) as server, server.cursor() as cursor:
        server.autocommit = True
        for name in ("plain", "import"):
            cursor.execute(f"DROP DATABASE IF EXISTS bench_{name}")
            cursor.execute(f"CREATE DATABASE bench_{name}")
            made[name] = f"{url.rpartition('/')[0]}/bench_{name}"
    return made


def measure(clients: int) -> dict:
    with tempfile.TemporaryDirectory(prefix="spm-bench-") as name:
        folder = Path(name)
        rows = write_files(folder, clients)
        urls = databases(folder)
        plain = run_step("plain", folder, urls["plain"])
        first, again = (run_step(step, folder, urls["import"]) for step in ("first", "again"))
        assert first["written"] == rows, first
        return {
            "database": "sqlite" if urls["plain"].startswith("sqlite") else "postgresql",
            "clients": clients,
            "rows": rows,
            "plain_seconds": round(plain["seconds"], 2),
            "processor_seconds": [round(step["cpu"], 2) for step in (plain, first, again)],
            "plain_rows_per_second": round(rows / plain["seconds"]),
            "first_seconds": round(first["seconds"], 2),
            "first_rows_per_second": round(rows / first["seconds"]),
            "share_of_plain": round(plain["seconds"] / first["seconds"], 3),
            "again_seconds": round(again["seconds"], 2),
            "again_written": again["written"],
            "again_share_of_first": round(again["seconds"] / first["seconds"], 3),
            "peak_bytes": max(first["peak"], again["peak"]),
        }


def holds(found: dict) -> bool:
    return (
        found["share_of_plain"] >= QUARTER
        and (found["again_share_of_first"] <= HALF or found["clients"] < HALF_FROM)
        and found["again_written"] == 0
        and found["peak_bytes"] < GIGABYTE
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=20_000)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    if asked.step:
        import django

        django.setup()

        from django.core.management import call_command
        from django.db import connection, transaction

        from clients import models
        from clients.actions import import_portfolio

        call_command("migrate", verbosity=0)
        result = STEPS[asked.step](asked.folder)
        print(json.dumps({**result, "peak": peak_memory()}))
    else:
        result = measure(asked.clients)
        print(json.dumps(result))
        sys.exit(0 if holds(result) else 1)
