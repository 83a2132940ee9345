"""What leavers say, at volume: `python bench/reasons.py [--clients 100000] [--interviews 50000]`.

Fills an institution, confirms the latest exits and asks as many leavers, then opens the pages of reasons,
the register, the interviews and the samples as a manager and as an officer: over the usual year, and over
all years. Of each page the first byte, in turns with an empty page's, and the whole of it.

The last line is JSON. Ends with 1 if a page's first byte takes more than 5 times the empty page's.
On PostgreSQL: `tools/servers.py -- python bench/reasons.py`.
"""

import argparse
import datetime as dt
import json
import logging
import sys
from functools import partial
from itertools import batched
from random import Random

from django.core.signals import got_request_exception
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from kit.addresses import signed_in
from kit.empty_page import EMPTY, in_process
from kit.institution import AS_OF, FIRST, fill
from pages import TIMES, answered, fail, times, whole

from clients.models import Office
from exits import actions
from exits.models import ExitInterview, GivenReason, LeaverType, Reason, RegisteredExit, Spell
from spm.models import User

ALL = f"start={FIRST:%Y-%m}&end={AS_OF:%Y-%m}"
PAGES = (
    *("/exits/reasons/", "/exits/reasons/?sex=F&part=any&by=product", f"/exits/reasons/?{ALL}"),
    *(f"/exits/reasons/?{ALL}&part=any&by=leaver_type", f"/exits/reasons/?{ALL}&young=under"),
    *(
        "/exits/reasons/verbatims/",
        f"/exits/reasons/verbatims/?{ALL}",
        f"/exits/reasons/verbatims/?{ALL}&page=40",
    ),
    *("/exits/register/", f"/exits/register/?{ALL}", f"/exits/register/?{ALL}&known=confirmed"),
    *(f"/exits/register/?{ALL}&known=returned", f"/exits/register/?{ALL}&leaver_type=moved"),
    *("/exits/interviews/", "/exits/interviews/?reason=product", "/exits/interviews/?leaver_type=moved"),
    *(
        "/exits/interviews/?page=100",
        "/exits/samples/",
        "/exits/profile/types/",
        "/exits/profile/?by=together",
    ),
)
SAID = ("Las reuniones son muy largas.", "", "", "Quiero un préstamo más grande.")
AT_ONCE = 5_000


def ask(number: int) -> None:
    """So many stays that ended last: confirmed, and the client asked; nine of ten agree to that."""
    rng, now = Random(3), timezone.now()  # noqa: S311  nothing secret is drawn
    by = User.objects.get(username="manager")
    types, reasons = list(LeaverType.objects.all()), list(Reason.objects.exclude(head=""))
    ended = Spell.objects.filter(left_on__isnull=False).order_by("-left_on", "pk")
    stays = list(ended.values_list("client", "start", "left_on")[:number])
    for some in batched(stays, AT_ONCE):
        confirmed, asked, given = [], [], []
        for client, start, left_on in some:
            stay, kind = {"client_id": client, "start": start, "by": by}, rng.choice(types)
            why = {
                "leaver_type": kind,
                "initiative": kind.initiative or "client",
                "tone": kind.tone or "neutral",
            }
            confirmed.append(RegisteredExit(**stay, **why, staff_reason=rng.choice(reasons), at=now))
            agrees = rng.random() < 0.9
            at = dt.datetime.combine(left_on, dt.time(12), tzinfo=dt.UTC)
            answers = (
                {"change": rng.choice(SAID), "competitor": rng.choice(("", "", "Banco Sur"))}
                if agrees
                else {}
            )
            asked.append(ExitInterview(**stay, at=at, consent=agrees, own_officer=False, **answers))
            if agrees:
                main, more, first = rng.sample(reasons, 3)
                named = (("primary", main), ("contributing", more), ("first", first))
                given += [
                    GivenReason(interview=asked[-1], part=part, reason=reason) for part, reason in named
                ]
        for model, rows in ((RegisteredExit, confirmed), (ExitInterview, asked), (GivenReason, given)):
            model.objects.bulk_create(rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def draw(by: User) -> str:
    """Samples of several years, of some branches and of all; the page of the widest."""
    period = {"left_from": FIRST, "left_until": AS_OF, "margin": 0.05, "by": by}
    for office in Office.objects.filter(children=None).order_by("pk")[:8]:
        actions.draw_leavers(name=office.name, office=office, seed=1, **period)
    every = actions.draw_leavers(name="All", office=Office.head(), seed=1, stratum="office", **period)
    return every.get_absolute_url()


def measure(clients: int, widest: str) -> dict:
    """All pages by both people: times the empty page's first byte, and milliseconds of the whole."""
    found = {"manager": {}, "officer": {}}
    for name, taken in found.items():
        browser = signed_in(name)
        empty = in_process(browser, EMPTY)
        for address in filter(partial(answered, browser), (*PAGES, widest)):
            first, beside = times(in_process(browser, address), empty)
            taken[address] = first / beside, whole(browser, address, 2)
            ratio, entire = taken[address]
            print(f"{name:<10}{address:<75}{ratio:6.1f} times the empty page{entire:9.1f} ms", flush=True)
    return {
        "bench": "reasons",
        "database": connection.vendor,
        "clients": clients,
        "interviews": ExitInterview.objects.count(),
        "times_empty": {n: round(max(r for r, _ms in each.values()), 2) for n, each in found.items()},
        "page_ms": {n: round(max(ms for _r, ms in each.values()), 1) for n, each in found.items()},
        "slow": sorted({a for each in found.values() for a, (ratio, _ms) in each.items() if ratio > TIMES}),
    }


def main(clients: int, interviews: int) -> int:
    logging.disable()
    got_request_exception.connect(fail)
    fill(clients)
    actions.rebuild_spells(by=None)
    ask(interviews)
    result = measure(clients, draw(User.objects.get(username="manager")))
    print(json.dumps(result))
    return 1 if result["slow"] else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=100_000)
    parser.add_argument("--interviews", type=int, default=50_000)
    given = parser.parse_args()
    with override_settings(ALLOWED_HOSTS=["*"]):
        sys.exit(main(given.clients, given.interviews))
