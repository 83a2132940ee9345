"""How soon every page begins: `python bench/pages.py [--clients 1000000] [--served]` (20,000 by default).

Fills an institution, counts its figures, then asks as manager, officer, administrator, somebody with the
second step and a stranger for every page there is (see kit/addresses.py), behind all middleware, in turns
with an empty page; and for the client list by every filter, search and order, read to its end. `--served`:
by gunicorn over a socket instead of in this process. `--first`: the first bytes alone, as some pages of a
million clients take long to their end.

The last line is JSON. Ends with 1 if a page's first byte takes more than 5 times the empty page's, or a
search or filter of the client list more than 300 ms.
On PostgreSQL: `tools/servers.py -- python bench/pages.py`.
"""

import argparse
import http.client
import json
import logging
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from http import HTTPStatus

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connection
from django.test import override_settings
from kit.addresses import TWO_STEPS, pages, searches, signed_in
from kit.empty_page import EMPTY, OPEN, first_byte, in_process, over_a_socket
from kit.institution import PEOPLE, fill
from under_load import served

from exits import actions
from spm.models import AuditEvent

TIMES, MILLISECONDS = 5.0, 300.0
ROUNDS, MORE = 5, 6
STRANGER = ""  # not signed in


def answered(browser, address: str, *, to_its_end: bool = True) -> bool:
    """Is it a page that this person sees?"""
    answer = browser.get(address)
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    if not is_page or answer.status_code != HTTPStatus.OK:
        return False
    return not to_its_end or b"</html>" in answer.getvalue()


def fail(sender, **known) -> None:
    """Where a page says that it could not be put together, there is nothing to measure."""
    raise sys.exception()


def times(
    page: Callable, empty: Callable, rounds: int = ROUNDS, *, to_its_end: bool = True
) -> tuple[float, float]:
    """Milliseconds of its first byte, and of the empty page's; each the best of some rounds in turns.

    A page that seems slow is asked more often, as a busy machine is slow with either.
    """
    taken = []
    for _ in range(MORE):
        taken += [(first_byte(page, to_its_end=to_its_end), first_byte(empty)) for _ in range(rounds)]
        first, beside = (min(each) for each in zip(*taken, strict=True))
        if first <= beside * TIMES / 2:
            break
    return first, beside


def whole(browser, address: str, rounds: int = ROUNDS) -> float:
    """Milliseconds until the last byte, the best of some rounds."""

    def taken() -> float:
        begun = time.perf_counter()
        pieces, _is_packed = in_process(browser, address)()
        for _piece in pieces:
            pass
        return (time.perf_counter() - begun) * 1000

    return min(taken() for _ in range(rounds))


def measure(
    browser, addresses: list[str], port: int | None, rounds: int, *, to_its_end: bool
) -> dict[str, tuple[float, float]]:
    """For each page that answers: its first byte and the empty page's, from the server if there is one."""
    kept = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    cookie = f"{kept.key}={kept.value}" if kept else ""
    link = port and http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def asking(address):
        return over_a_socket(link, cookie, address) if link else in_process(browser, address)

    empty = asking(EMPTY if kept else OPEN)
    shown = [address for address in addresses if answered(browser, address, to_its_end=to_its_end)]
    return {address: times(asking(address), empty, rounds, to_its_end=to_its_end) for address in shown}


def main(clients: int, *, is_served: bool, rounds: int, only_first: bool) -> int:
    logging.disable()  # refusals are part of it
    got_request_exception.connect(fail)
    fill(clients)
    actions.rebuild_spells(by=None)
    addresses, first = pages(), {}
    browsers = {name: signed_in(name) for name in [*PEOPLE, TWO_STEPS, STRANGER]}
    with served("kit.empty_page") if is_served else nullcontext((None, None)) as (port, _server):
        for name, browser in browsers.items():
            asked = addresses if name != TWO_STEPS else [a for a in addresses if a.startswith("/accounts/")]
            first[name] = measure(browser, asked, port, rounds, to_its_end=not only_first)
            for address, (taken, empty) in first[name].items():
                print(f"{name:<10}{address:<60}{taken:7.1f} ms{taken / empty:6.1f} times the empty page")
    ratios = {name: {a: taken / empty for a, (taken, empty) in each.items()} for name, each in first.items()}
    slow = {a for each in ratios.values() for a, ratio in each.items() if ratio > TIMES}
    if only_first:
        print(json.dumps({"clients": clients, "times_empty": most(ratios, 2), "slow": sorted(slow)}))
        return 1 if slow else 0
    search = {name: {a: whole(browsers[name], a, rounds) for a in searches()} for name in PEOPLE}
    for name, taken in search.items():
        for address, milliseconds in taken.items():
            print(f"{name:<10}{address:<60}{milliseconds:7.1f} ms")
    entire = {name: {a: whole(browsers[name], a, rounds) for a in first[name]} for name in PEOPLE}
    slow |= {a for each in search.values() for a, taken in each.items() if taken > MILLISECONDS}
    result = {
        "bench": "pages",
        "database": connection.vendor,
        "clients": clients,
        "times_empty": most(ratios, 2),
        "search_ms": most(search, 1),
        "page_ms": most(entire, 1),
        "empty_ms": round(min(empty for _, empty in first["manager"].values()), 1),
        "slow": sorted(slow),
        "audit_lines": AuditEvent.objects.count(),
    }
    print(json.dumps(result))
    return 1 if slow else 0


def most(by_person: dict[str, dict[str, float]], digits: int) -> dict[str, float]:
    return {name or "stranger": round(max(each.values()), digits) for name, each in by_person.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=20_000)
    parser.add_argument("--served", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each page is asked")
    parser.add_argument(
        "--first", action="store_true", help="the first bytes alone: no page is read to its end"
    )
    given = parser.parse_args()
    with override_settings(ALLOWED_HOSTS=["*"]):
        sys.exit(main(given.clients, is_served=given.served, rounds=given.rounds, only_first=given.first))
