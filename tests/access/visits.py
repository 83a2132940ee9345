"""Every request of the matrix, what it was answered, and what it wrote."""

import io
import re
import uuid
import zipfile
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass

from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from spm import policy
from spm.policy import METHODS, Relation
from tests.access.canaries import may_read
from tests.access.world import World
from tests.exits.portfolios import SCALE

ROUTES = policy.routes()
# What fills a parameter of a route that stands for no row: what none of ours is called.
WORDS = {"token": "no-such-token", "uidb36": "1", "key": "no-such-key", "digest": "no-such-logo"}
NO_ROW = {"int": 987654321, "uuid": uuid.UUID(int=7)}
# Beside the audit trail and sessions, being turned away must write nothing.
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
OF_THE_TRAIL = {"spm_auditevent", "spm_audithead"}
# Without it there is nothing to see on the page.
ASKED = {"clients:import-behind": {"count": "no-loan"}}


def parameters(patterns=None, prefix="") -> dict[str, dict[str, str]]:
    """Of every route the parameters in its address, each with the name of its converter, or "word"."""
    found = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            route = pattern.pattern
            typed = {
                name: type(converter).__name__.removesuffix("Converter").lower()
                for name, converter in route.converters.items()
            }
            named = getattr(route.regex, "groupindex", {}) if not typed else {}
            found[f"{prefix}{pattern.name}"] = typed or dict.fromkeys(named, "word")
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            found |= parameters(pattern.url_patterns, prefix + inner)
    return found


PARAMETERS = parameters()


def address(name: str, row=None) -> str:
    """Where the route is, over the row or over one that is not there; KeyError for an unknown parameter."""
    filled = {}
    for parameter, converter in PARAMETERS[name].items():
        if parameter == "pk":
            filled[parameter] = NO_ROW[converter] if row is None else row.pk
        else:
            filled[parameter] = WORDS[parameter]
    return reverse(name, kwargs=filled)


@dataclass(frozen=True)
class Visit:
    route: str
    relation: Relation | None
    method: str

    def words(self) -> tuple[str, str, str]:
        return self.route, str(self.relation), self.method


def visits() -> list[Visit]:
    """Every request that there is for one person."""
    return [
        Visit(name, relation, method)
        for name, route in ROUTES.items()
        for relation in (Relation if route.takes_row else [None])
        for method in METHODS
    ]


def sampled(person, share: float = SCALE) -> list[Visit]:
    """What of the plan is tried: all at full count, else whatever a row decides and some of the rest."""
    step = 1 if share >= 1 else int(2 / share)
    start = sum(map(ord, person.name))
    return [
        visit
        for number, visit in enumerate(visits(), start)
        if number % step == 0 or (visit.method in {"GET", "POST"} and is_decided_by_row(person, visit))
    ]


def is_decided_by_row(person, visit: Visit) -> bool:
    route = ROUTES[visit.route]
    return person.holds(route.view.needs) and visit.method in route.methods


def some(things: list, turn: int, share: float = SCALE) -> list:
    """All at full count, else a share of them, another one each turn."""
    step = 1 if share >= 1 else int(1 / share)
    return things[turn % step % len(things) :: step]


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    wrote: frozenset[str]
    response: object


@contextmanager
def watched():
    """The names of the tables that are written to meanwhile."""
    tables = set()

    def look(execute, sql, params, many, context):
        if match := WRITES.match(sql):
            tables.add(match[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield tables


class Visitor:
    """One person's browser in the world; nothing that it does stays."""

    def __init__(self, world: World, person):
        self.world, self.person, self.client = world, person, Client(raise_request_exception=True)
        if person.user is not None:
            self.client.force_login(person.user)
        self.cookies = self.client.cookies

    def visit(self, visit: Visit) -> Answer:
        route = ROUTES[visit.route]
        row, query = None, dict(ASKED.get(visit.route, {}))
        if visit.relation:
            row = self.world.row(route, self.person, visit.relation)
        if visit.route == "clients:client-merge":
            query["other"] = self.other(visit.relation).pk
        return self.ask(visit.method, address(visit.route, row), query)

    def leaks(self, answer: Answer) -> set[tuple[str, str]]:
        """The words in an answer that are not for this person: where they stand, and whose row it is."""
        seen = self.world.canaries.seen(answer.text)
        return {(mark.column, mark.owner.name) for mark in seen if not may_read(self.person, mark)}

    def other(self, relation):
        """A second client in reach, where there is one, so that the first alone decides."""
        colleague = self.world.colleagues[self.person.office.pk]
        own = relation is Relation.SAME_OFFICE and self.person.rows
        return (self.person if own else colleague).rows["Client"]

    def ask(self, method: str, path: str, query: dict | None = None, data: dict | None = None, **headers):
        """The answer, read to its end; all it wrote is taken back."""
        mail.outbox.clear()
        cache.clear()  # too many tries are refused
        self.client.cookies = deepcopy(self.cookies)
        with transaction.atomic(), watched() as tables:
            asked = {"query_params": query or {}, "headers": headers}
            if method == "POST":
                response = self.client.post(path, data or {}, **asked)
            else:
                response = self.client.generic(method, path, **asked)
            body = b"".join(response) if response.streaming else response.content
            transaction.set_rollback(True)
        sent = [f"{message.to} {message.subject} {message.body}" for message in mail.outbox]
        told = [str(sorted(response.headers.items())), str(response.cookies), unpacked(body), *sent]
        return Answer(response.status_code, "\n".join(told), frozenset(tables - OF_THE_TRAIL), response)


def unpacked(body: bytes) -> str:
    """What is in an answer, and in the files of an archive or workbook."""
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
