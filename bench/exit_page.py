"""The exit page at 100,000 clients: `python bench/exit_page.py [clients]`.

Makes an institution by bulk insert, rebuilds its figures, then asks in turns for an empty page and for the
exit page, signed in, behind the same middleware and in the same process. Fails if the exit page's first byte
takes more than 5 times as long as the empty page's.
On PostgreSQL: `tools/servers.py -- python bench/exit_page.py`.
"""

import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm.settings")
FOLDER = tempfile.TemporaryDirectory(prefix="spm-bench-")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/bench.sqlite3")

import django  # noqa: E402  the address of the database comes first

django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models.functions import TruncMonth  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.urls import include, path  # noqa: E402

from clients.models import (  # noqa: E402
    Client,
    ImportBatch,
    Loan,
    Membership,
    Office,
    Officer,
    Product,
    Repayment,
)
from exits import actions, queries  # noqa: E402
from exits.models import DecisionCount, DecisionPoint, ExitCount, Spell  # noqa: E402
from exits.queries import DIMENSIONS  # noqa: E402
from exits.queries.figures import add_months, month_of  # noqa: E402
from spm import views  # noqa: E402
from spm.access import Can, Role  # noqa: E402
from spm.models import User  # noqa: E402

LIMIT = 5.0
ROUNDS = 25
REGIONS, BRANCHES, OFFICERS = 4, 32, 200
LOANS_A_CLIENT = 2.5
AS_OF = dt.date(2025, 12, 20)
FIRST = dt.date(2020, 1, 1)


class EmptyPage(views.View):
    """Guarded and behind all middleware, like any screen, and nothing on it."""

    needs = Can.EXITS_VIEW

    def get(self, request):
        return HttpResponse("")


URLS = (path("empty/", EmptyPage.as_view(), name="empty"), path("", include("spm.urls")))


def batches(rows, size=5000):
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def insert(model, rows):
    for batch in batches(rows):
        model.objects.bulk_create(batch)


def people_and_places():
    head = Office.head()
    regions = [
        Office.objects.create(code=f"R{n}", name=f"Region {n}", kind="region", parent=head)
        for n in range(REGIONS)
    ]
    branches = [
        Office.objects.create(code=f"B{n}", name=f"Branch {n}", parent=regions[n % REGIONS])
        for n in range(BRANCHES)
    ]
    products = [Product.objects.create(code=f"P{n}", name=f"Product {n}") for n in range(4)]
    officers = [Officer.objects.create(code=f"O{n}", name=f"Officer {n}") for n in range(OFFICERS)]
    for name, role in (("manager", Role.MANAGER), ("officer", Role.OFFICER)):
        user = User.objects.create(username=name)
        Membership.objects.create(user=user, role=role, office=head, valid_from=FIRST)
    officers[0].user = user
    officers[0].save()
    return branches, products, officers


def portfolio(number, branches, products, officers, seed=5):
    """Clients, and loans that follow each other with gaps around the window; a few never repaid."""
    random = np.random.default_rng(seed)
    home = random.integers(0, OFFICERS, number)
    insert(
        Client,
        [
            Client(
                external_id=f"C{n}",
                name=f"Client {n}",
                office=branches[home[n] % BRANCHES],
                officer=officers[home[n]],
                sex="FFM"[n % 3],
                area=("rural", "urban")[n % 2],
                birth_date=dt.date(1955 + n % 50, 1 + n % 12, 1),
            )
            for n in range(number)
        ],
    )
    people = list(Client.objects.order_by("pk"))
    days = (AS_OF - FIRST).days
    loans = []
    for n, client in enumerate(people):
        start = int(random.integers(0, days))
        for _ in range(1 + random.poisson(LOANS_A_CLIENT - 1)):
            if start > days:
                break
            end = start + int(random.integers(90, 400))
            began, ended = FIRST + dt.timedelta(start), FIRST + dt.timedelta(end)
            repaid = end <= days and random.random() > 0.01
            loans.append(
                Loan(
                    external_id=f"L{len(loans)}",
                    client=client,
                    product=products[(n + len(loans)) % 4],
                    principal=500,
                    disbursed_on=began,
                    due_on=ended,
                    closed_on=ended if repaid else None,
                    status="repaid" if repaid else "open",
                )
            )
            start = end + int(random.integers(0, 200))
    insert(Loan, loans)
    late = Loan.objects.filter(closed_on=None)
    insert(
        Repayment,
        [Repayment(external_id=f"R{loan.pk}", loan=loan, on=loan.disbursed_on, amount=50) for loan in late],
    )
    ImportBatch.objects.create(source="bench", state=ImportBatch.State.DONE, data_as_of=AS_OF)


def milliseconds(work, rounds=ROUNDS):
    """Median of some runs, after one that warms caches."""
    work()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return median(taken)


def reads(user):
    """What each query takes, without a page around it."""
    last = month_of(AS_OF)
    year = queries.ExitFilter(add_months(last, -11), last)
    two_years = queries.ExitFilter(add_months(last, -23), last)
    woman_in_branch = queries.ExitFilter(add_months(last, -11), last, sex="F", product="P1", office="R1")
    for name, work in {
        "whole": lambda: queries.whole(user, year),
        "before": lambda: queries.before(user, year),
        "24 months": lambda: queries.by_month(user, two_years),
        "by office": lambda: queries.by(user, year, "office"),
        "by cycle": lambda: queries.by(user, year, "cycle"),
        "by officer": lambda: queries.by(user, year, "officer"),
        "by sex": lambda: queries.by(user, year, "sex"),
        "resting": lambda: queries.resting_count(user, year),
        "overdue": lambda: queries.overdue_count(user, year),
        "whole, three filters": lambda: queries.whole(user, woman_in_branch),
        "24 months, three filters": lambda: queries.by_month(user, woman_in_branch),
    }.items():
        print(f"  {name:<28}{milliseconds(work, 5):8.1f} ms")


PAGES = ("", "?by=officer", "?sex=F", "?sex=F&product=P1", "?office=R1&sex=F&area=rural")


def ask(browser, address):
    """Seconds until the first piece of the answer, and until the last."""
    begun = time.perf_counter()
    response = browser.get(address, headers={"accept-encoding": "gzip"})
    pieces = iter(response.streaming_content if response.streaming else [response.content])
    next(pieces)
    first = time.perf_counter() - begun
    for _ in pieces:
        pass
    assert response.status_code == 200, (address, response.status_code)
    response.close()
    return first, time.perf_counter() - begun


def pages(username):
    """Times of the empty page and of the exit page under some filters, asked in turns; first-byte ratios."""
    browser = Browser()
    browser.force_login(User.objects.get(username=username))
    ratios = {}
    for query in PAGES:
        times = {"/empty/": [], "/exits/" + query: []}
        for _ in range(ROUNDS):
            for address, taken in times.items():
                taken.append(ask(browser, address))
        empty, exits = (
            [median(each) * 1000 for each in zip(*taken, strict=True)] for taken in times.values()
        )
        ratios[query] = exits[0] / empty[0]
        print(f"  /exits/{query:<28} first byte {exits[0]:6.1f} ms, empty page {empty[0]:5.1f} ms:", end=" ")
        print(f"{ratios[query]:5.2f} times; whole page {exits[1]:6.1f} ms: {exits[1] / empty[1]:5.2f} times")
    return ratios


def sizes():
    """Rows of each table that is built, and the cells of cubes of all dimensions, which are not built."""
    for model in (Spell, DecisionPoint, ExitCount, DecisionCount):
        print(f"  {model.objects.count():>9,} {model.__name__}")
    spells, points = Spell.objects.order_by(), DecisionPoint.objects.order_by().filter(last_of_month=True)
    month = {name: TruncMonth(name) for name in ("start", "left_on", "ended_on", "next_ended_on")}
    begun = spells.annotate(month=month["start"]).values("month", *DIMENSIONS)
    left = spells.exclude(left_on=None).annotate(month=month["left_on"]).values("month", *DIMENSIONS)
    print(f"  {begun.union(left).count():>9,} cells of flows by month and all dimensions")
    ended = points.annotate(month=month["ended_on"], next_month=month["next_ended_on"])
    cells = ended.values("month", "next_month", *DIMENSIONS).distinct().count()
    print(f"  {cells:>9,} cells of decisions by month, next month and all dimensions")


def main(number=100_000):
    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    portfolio(number, *people_and_places())
    print(f"{connection.vendor}: {number:,} clients, {Loan.objects.count():,} loans", end=" ")
    print(f"made in {time.perf_counter() - begun:.0f} s")
    begun = time.perf_counter()
    actions.rebuild_spells(by=None)
    print(f"rebuilt in {time.perf_counter() - begun:.1f} s")
    sizes()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    with override_settings(ROOT_URLCONF=URLS, ALLOWED_HOSTS=["testserver"]):
        for username in ("manager", "officer"):
            print(username)
            reads(User.objects.get(username=username))
            ratios = pages(username)
            if username == "manager":
                first = ratios[""]
    print(f"first byte, exit page / empty page: {first:.2f} (limit {LIMIT:.0f})")
    return 0 if first <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:2])))
