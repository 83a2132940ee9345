"""How soon every page begins: `python bench/pages.py [--clients 1000000]` (20,000 by default).

Fills an institution, counts its figures, then asks as manager, officer and administrator for every screen and
for the client list by every filter, search and order, behind all middleware, in turns with an empty page.

The last line is JSON. Ends with 1 if a page's first byte takes more than 5 times the empty page's, or a
search or filter of the client list more than 300 ms.
On PostgreSQL: `tools/servers.py -- python bench/pages.py`.
"""

import argparse
import json
import logging
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.test import override_settings
from django.urls import include, path
from kit.institution import PEOPLE, fill

from clients.actions import import_portfolio
from clients.models import Client, Office, Officer, Product
from exits import actions
from spm import views
from spm.access import Can
from spm.models import AuditEvent, User

TIMES, MILLISECONDS = 5.0, 300.0
ROUNDS = 3


class EmptyPage(views.View):
    """Guarded and behind all middleware, like any screen, and nothing on it."""

    needs = Can.CLIENTS_VIEW

    def get(self, request):
        return HttpResponse("")


URLS = (path("empty/", EmptyPage.as_view(), name="empty"), path("", include("spm.urls")))


def screens() -> list[str]:
    client = Client.objects.filter(officer__code="O0").order_by("pk").first().pk
    batch = small_import()
    return [
        "/",
        "/clients/",
        f"/clients/{client}/",
        f"/exits/panels/client/{client}/",
        "/clients/imports/",
        "/clients/imports/new/",
        f"/clients/imports/{batch}/",
        f"/clients/imports/{batch}/undo/",
        f"/clients/imports/{batch}/behind/?count=loans-ended",
        "/clients/imports/columns/",
        "/clients/people/",
        "/clients/people/invitations/",
        "/exits/",
        "/exits/?by=officer",
        "/exits/?sex=F&area=rural",
        *(f"/exits/counted/?count={count}" for count in ("exits", "new", "E", "D", "resting")),
        *(f"/exits/counted/?count={count}&sort={sort}" for count in ("exits", "E") for sort in SORTED),
        "/exits/overdue/",
        "/exits/definitions/",
        "/exits/definitions/new/",
        "/jobs/",
        "/audit/",
        "/gallery/",
        "/accounts/password/change/",
    ]


def small_import() -> int:
    """A batch with a report to look at."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "clients.csv").write_text("client_id,name,office\nN-1,Rosa Nueva,B0\n", encoding="utf-8")
        return import_portfolio(folder, by=None).batch.pk


SORTED = ("client", "-officer", "cycle", "-left_on")


def searches() -> list[str]:
    """The client list by every filter and search, in every order."""
    office, region = Office.objects.get(code="B0").pk, Office.objects.get(code="R0").pk
    officer, loan_product = Officer.objects.get(code="O7").pk, Product.objects.get(code="P1").pk
    number = Client.objects.order_by("-pk").first().external_id
    filters = [
        "",
        "q=quispe",
        "q=mamani+rosa",
        "q=rara600",
        "q=nobodyofthisname",
        f"q={number}",
        f"office={office}",
        f"office={region}",
        f"officer={officer}",
        f"product={loan_product}",
        *(f"standing={standing}" for standing in ("open", "late", "closed", "none", "deceased", "expelled")),
        "sex=M",
        "area=rural",
        f"sex=F&area=urban&office={office}&standing=open",
    ]
    orders = ("", "sort=number", "sort=-joined", "sort=joined")
    return ["/clients/?" + "&".join(filter(None, pair)) for pair in product(filters, orders)]


def ask(browser, address) -> tuple[float, int]:
    """Milliseconds until the first piece of the answer, and its status."""
    begun = time.perf_counter()
    response = browser.get(address, headers={"accept-encoding": "gzip"})
    pieces = iter(response.streaming_content if response.streaming else [response.content])
    next(pieces, None)
    first = time.perf_counter() - begun
    for _ in pieces:
        pass
    response.close()
    return first * 1000, response.status_code


def measure(browser, addresses: list[str]) -> dict[str, tuple[float, float]]:
    """For each page that answers: milliseconds of its first byte, and of the empty page's; each the best."""
    found = {}
    for address in addresses:
        if ask(browser, address)[1] != 200:
            continue
        taken = [(ask(browser, address)[0], ask(browser, "/empty/")[0]) for _ in range(ROUNDS)]
        found[address] = tuple(min(each) for each in zip(*taken, strict=True))
    return found


def main(clients: int) -> int:
    logging.disable()  # refusals are part of it
    fill(clients)
    actions.rebuild_spells(by=None)
    slow, pages, search = [], {}, {}
    with override_settings(ROOT_URLCONF=URLS, ALLOWED_HOSTS=["testserver"]):
        addresses, asked = screens(), searches()
        for name in PEOPLE:
            browser = Browser()
            browser.force_login(User.objects.get(username=name))
            pages[name] = measure(browser, addresses)
            search[name] = measure(browser, asked)
    for name in PEOPLE:
        for address, (first, empty) in pages[name].items():
            print(f"{name:<9}{address:<48}{first:8.1f} ms{first / empty:7.1f} times the empty page")
            if first > TIMES * empty:
                slow.append(address)
        for address, (first, _empty) in search[name].items():
            print(f"{name:<9}{address:<64}{first:8.1f} ms")
            if first > MILLISECONDS:
                slow.append(address)
    worst = {name: max(first / empty for first, empty in found.values()) for name, found in pages.items()}
    longest = {name: max(first for first, _empty in found.values()) for name, found in search.items()}
    page = {name: max(first for first, _empty in found.values()) for name, found in pages.items()}
    result = {
        "bench": "pages",
        "database": connection.vendor,
        "clients": clients,
        "times_empty": {name: round(times, 2) for name, times in worst.items()},
        "search_ms": {name: round(first, 1) for name, first in longest.items()},
        "page_ms": {name: round(first, 1) for name, first in page.items()},
        "empty_ms": round(min(empty for _, empty in pages["manager"].values()), 1),
        "slow": sorted(set(slow)),
        "audit_lines": AuditEvent.objects.count(),
    }
    print(json.dumps(result))
    return 1 if slow else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=20_000)
    sys.exit(main(parser.parse_args().clients))
