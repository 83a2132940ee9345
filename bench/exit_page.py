"""The exit page at 100,000 clients: `python bench/exit_page.py [clients]`.

Fills an institution, rebuilds its figures, prints what each query of the page takes, and asks in turns for
an empty page and for the exit page, signed in, behind the same middleware and in the same process. Fails if
its first byte takes more than 5 times as long as the empty page's; bench/pages.py measures all other pages.
On PostgreSQL: `tools/servers.py -- python bench/exit_page.py`.
"""

import sys
import time
from statistics import median

from django.db import connection
from django.db.models.functions import TruncMonth
from django.test import override_settings
from kit.addresses import signed_in
from kit.empty_page import EMPTY, first_byte, in_process
from kit.institution import AS_OF, fill

from clients.models import Loan
from exits import actions, queries
from exits.models import DecisionCount, DecisionPoint, ExitCount, Spell
from exits.queries import DIMENSIONS
from exits.queries.figures import add_months, month_of
from spm.models import User

LIMIT = 5.0
ROUNDS = 25
PAGES = ("", "?by=officer", "?sex=F", "?sex=F&product=P1", "?office=R1&sex=F&area=rural")


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


def first_bytes(username) -> dict[str, float]:
    """Under some filters, how many times later than the empty page the exit page begins; asked in turns."""
    browser, ratios = signed_in(username), {}
    empty = in_process(browser, EMPTY)
    for query in PAGES:
        page = in_process(browser, f"/exits/{query}")
        taken = [(first_byte(page), first_byte(empty)) for _ in range(ROUNDS)]
        first, beside = (median(each) for each in zip(*taken, strict=True))
        whole = milliseconds(lambda page=page: list(page()[0]), 5)
        ratios[query] = first / beside
        print(f"  /exits/{query:<28} first byte {first:6.1f} ms, empty page {beside:5.1f} ms:", end=" ")
        print(f"{ratios[query]:5.2f} times; whole page {whole:6.1f} ms")
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
    fill(number)
    begun = time.perf_counter()
    actions.rebuild_spells(by=None)
    print(f"{connection.vendor}: {number:,} clients, {Loan.objects.count():,} loans", end=" ")
    print(f"rebuilt in {time.perf_counter() - begun:.1f} s")
    sizes()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        for username in ("manager", "officer"):
            print(username)
            reads(User.objects.get(username=username))
            ratios = first_bytes(username)
            if username == "manager":
                first = ratios[""]
    print(f"first byte, exit page / empty page: {first:.2f} (limit {LIMIT:.0f})")
    return 0 if first <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:2])))
