"""The answers to who leaves, when and after what: as kept for offices, or counted for one's own portfolio."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from clients.models import Client
from exits.methods import analyses
from exits.methods.analyses import CANDIDATES, CONFIRMED, STAY_GROUPS, Seen, see
from exits.models import Analysis, ExitDefinition, RegisteredExit
from exits.queries.definitions import data_as_of
from exits.queries.records import Counted, Records, count_records, of_clients, read_records
from spm.access import Can, scopes

Kind = Analysis.Kind
MADE = (
    (Kind.RETURNS, "", analyses.returns),
    (Kind.STAGES, "", analyses.stages),
    (Kind.COHORTS, "", analyses.cohorts),
    (Kind.STAYS, "", analyses.stays),
    *((Kind.STAYS, by, lambda seen, by=by: analyses.stays(seen, by)) for by in STAY_GROUPS),
    (Kind.CAUSES, "", analyses.causes),
    (Kind.SEASONS, "", analyses.seasons),
    (Kind.LIMITS, "", analyses.limits),
    (Kind.PROFILE, "", analyses.profile),
    (Kind.PROFILE, "together", analyses.model),
    *((Kind.PROFILE, by, lambda seen, by=by: analyses.leaver_types(seen, by)) for by in CONFIRMED),
)
"""Each kind, the dimension it is grouped by, and how it is found."""
CONFIRMED_COLUMNS = ("client_id", "start", "leaver_type__code", "initiative", "tone")
LOAN_FACTS = {"principal": "principal", "due_on": "due_on", "days_late": "days_late"}


@dataclass(frozen=True)
class Answer:
    """What one analysis found, of which day's data, and in records read when."""

    kind: str
    by: str
    as_of: dt.date
    known_until: dt.date
    definition: ExitDefinition | None
    read_at: dt.datetime
    found: dict


@dataclass(frozen=True)
class Everybody:
    """All records read once; `offices`: ids of those that count the same clients, with all below them, by
    the codes of these clients' own offices.
    """

    seen: Seen
    definition: ExitDefinition
    offices: dict[frozenset[str], list[int]]
    read_at: dt.datetime

    def answers(self, of: frozenset[str]) -> Iterator[Answer]:
        """Every analysis of the clients of some offices."""
        return _answers(self.seen.of(of), self.definition, self.read_at)


def read_everybody() -> Everybody | None:
    """None without any data."""
    as_of = data_as_of()
    if as_of is None:
        return None
    now = timezone.now()
    definition, seen, records = _read(as_of)
    return Everybody(seen, definition, _offices(records), now)


def own_answer(user, kind: str, by: str = "") -> Answer | None:
    """The analysis of the clients in the user's own portfolio, counted now. None without any data."""
    as_of = data_as_of()
    if as_of is None:
        return None
    now = timezone.now()
    clients = Client.objects.visible_to(user, Can.EXITS_VIEW).order_by().values_list("pk", flat=True)
    definition, seen, _records = _read(as_of, only=list(clients))
    return next(_answers(seen, definition, now, only=(kind, by)))


def answer(user, kind: str, by: str = "", office: int | None = None) -> Answer | None:
    """What is kept for an office that the user reaches; for the highest of these where none is named.

    None where nothing is kept, or the office is out of reach.
    """
    rows = Analysis.objects.visible_to(user).filter(kind=kind, by=by)
    rows = rows.filter(office=office) if office else rows.order_by("office__path")
    row = rows.select_related("definition").first()
    if row is None:
        return None
    return Answer(row.kind, row.by, row.as_of, row.known_until, row.definition, row.read_at, row.found)


def reaches_offices(user) -> bool:
    """Does the user see figures of offices, not of the own portfolio alone?"""
    return any(not scope.own_only for scope in scopes(user, Can.EXITS_VIEW))


def _answers(seen, definition, read_at, only=None):
    for kind, by, find in MADE:
        if only in (None, (kind, by)):
            yield Answer(kind, by, seen.as_of, seen.known_until, definition, read_at, find(seen))


def _read(as_of, only=None):
    definition = ExitDefinition.objects.in_force(as_of) or ExitDefinition(starts_on=as_of)
    records = read_records(savings=definition.counts_savings, only=only, more=LOAN_FACTS)
    counted = count_records(records, definition.windows, as_of)
    candidates = sorted({*CANDIDATES, definition.window})
    rows = RegisteredExit.objects.order_by().values_list(*CONFIRMED_COLUMNS)
    confirmed = list(of_clients(rows, "client_id", only))
    seen = see_records(records, counted, definition, as_of, candidates, confirmed)
    return definition, seen, records


def see_records(
    records: Records, counted: Counted, definition, as_of: dt.date, candidates=(), confirmed=()
) -> Seen:
    """What the analyses look at, from records read with `LOAN_FACTS`; `candidates`: windows to compare;
    `confirmed`: rows of `CONFIRMED_COLUMNS`.
    """
    return see(
        records.clients,
        records.loans,
        counted.spells,
        window=definition.windows,
        longest=definition.longest_window,
        as_of=as_of,
        candidates=candidates,
        confirmed=confirmed,
    )


def _offices(records):
    """As in `Everybody`: a region of one branch needs no answer of its own."""
    codes, with_clients = records.codes.codes["office"], set(records.clients["office"])
    below = {pk: set() for pk in codes}
    for pk, path in records.codes.paths.items():
        if codes[pk] in with_clients:
            for above in path.strip("/").split("/"):
                below[int(above)].add(codes[pk])
    alike = {}
    for pk, found in below.items():
        alike.setdefault(frozenset(found), []).append(pk)
    return alike
