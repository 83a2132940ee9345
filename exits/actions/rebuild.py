"""Spells and rollup made anew from the records: of all clients, or of those whose records have changed."""

from contextlib import suppress
from dataclasses import dataclass
from itertools import batched

import pandas as pd
from django.db import connection
from django.utils.translation import gettext_noop

from exits.actions.contacts import keep_calls_back
from exits.actions.register import ask_to_confirm
from exits.actions.rows import put_frame
from exits.methods import DEFAULT_WINDOW
from exits.models import DecisionCount, ExitCount, ExitDefinition, SpellBuild
from exits.queries.changed import OF_CLIENTS, basis, clients_to_count
from exits.queries.counted import statuses_no_spell_holds
from exits.queries.cubes import with_difference
from exits.queries.definitions import data_as_of
from exits.queries.records import ASKED, count_records, read_records
from exits.queries.tables import stored, tables
from spm.jobs.progress import Quiet
from spm.models import AuditEvent

CUBES = (ExitCount, DecisionCount)
BUILT = (*OF_CLIENTS, *CUBES)
MOST_CHANGED = 0.2
"""Share of the clients above which counting all of them anew takes less time."""


def rebuild_spells(*, by, progress=None, whole: bool = False) -> SpellBuild | None:
    """Make all spells, decision points and cubes what the records say as of the day of the data.

    The definition in force that day counts. The same records give the same rows, however often it runs.
    Where it can be told which clients have changed since the last build, only theirs are counted and
    replaced, unless `whole`. All is replaced at once or, when `progress` says stop, nothing. None, and
    nothing kept, without any data.
    """
    progress = progress or Quiet()
    while True:
        seen = _latest()
        prepared = _prepare(progress, whole=whole)
        with suppress(Overtaken), progress.effect("figures rebuilt") as is_first:
            if not is_first:
                return SpellBuild.objects.order_by("-pk").first()
            _wait_for_others()
            if _latest() != seen:
                raise Overtaken
            return _replace(prepared, by, progress)


class Overtaken(Exception):
    """Another rebuild may have read newer records meanwhile; what it wrote must not be put back."""


@dataclass(frozen=True)
class Prepared:
    """What a build will write, a frame for each of `BUILT`.

    With `clients` the spells and decision points replace those of these clients (ids) alone, and the cubes
    are differences.
    """

    build: SpellBuild
    frames: list[pd.DataFrame]
    clients: list[int] | None


def _latest():
    return SpellBuild.objects.order_by("-pk").values_list("pk", flat=True).first()


def _prepare(progress, *, whole) -> Prepared | None:
    """All that takes long and needs no transaction."""
    as_of = data_as_of()
    if as_of is None:
        return None
    definition = ExitDefinition.objects.in_force(as_of)
    savings = definition.counts_savings if definition else False
    window = definition.windows if definition else DEFAULT_WINDOW
    build = SpellBuild(
        as_of=as_of,
        definition=definition,
        window=definition.window if definition else DEFAULT_WINDOW,
        longest_window=definition.longest_window if definition else DEFAULT_WINDOW,
        basis=basis(savings=savings),
    )
    last = None if whole else SpellBuild.objects.first()
    clients = clients_to_count(last, build, most=MOST_CHANGED)
    progress.step(0, 100, gettext_noop("Reading loans"))
    records = read_records(savings=savings, only=clients)
    progress.step(20, 100, gettext_noop("Counting who stayed and who left"))
    before = None if clients is None else stored(clients)
    made = tables(records, count_records(records, window, as_of), before)
    frames = [made.spells, made.decisions, made.exit_counts, made.decision_counts]
    build.basis["built"] = _built(frames, before, last)
    return Prepared(build, frames, clients)


def _built(frames, before, last):
    """How many spells and decision points there will be."""
    built = {model._meta.model_name: len(frame) for model, frame in zip(OF_CLIENTS, frames, strict=False)}
    if before is not None:
        for name, old in zip(built, before, strict=True):
            built[name] += last.basis["built"][name] - len(old)
    return built


def _wait_for_others():
    """Let one rebuild write at a time. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE exits_spell IN SHARE ROW EXCLUSIVE MODE")


def _replace(prepared, by, progress):
    if prepared is None:
        removed = _remove_all()
        SpellBuild.objects.all().delete()
        AuditEvent.record("exit.emptied", SpellBuild._meta.label, by=by, rows=removed)
        return None
    build, details = prepared.build, {}
    if prepared.clients is None:
        _remove_all()
        frames = prepared.frames
    else:
        frames = _remove_of_clients(prepared)
        details["counted_anew"] = len(prepared.clients)
    _write(frames, progress)
    build.warnings = statuses_no_spell_holds(build.as_of)
    build.save()
    ask_to_confirm(build)
    keep_calls_back()
    counted = {model._meta.model_name: len(frame) for model, frame in zip(BUILT, frames, strict=True)}
    AuditEvent.record("exit.rebuilt", build, by=by, as_of=build.as_of.isoformat(), rows=counted, **details)
    return build


def _remove_all():
    return {model._meta.model_name: model.objects.all().delete()[0] for model in BUILT}


def _remove_of_clients(prepared):
    """Remove what will be replaced; the frames to write instead."""
    for some in batched(prepared.clients, ASKED):
        for model in OF_CLIENTS:
            model.objects.filter(client__in=some).delete()
    sums = prepared.frames[len(OF_CLIENTS) :]
    frames = prepared.frames[: len(OF_CLIENTS)]
    for model, difference in zip(CUBES, sums, strict=True):
        replaced, rows = with_difference(model, difference)
        for some in batched(replaced, ASKED):
            model.objects.filter(pk__in=some).delete()
        frames.append(rows)
    return frames


def _write(frames, progress):
    total, written = max(sum(map(len, frames)), 1), 0
    for model, frame in zip(BUILT, frames, strict=True):
        for rows in put_frame(model, frame):
            written += rows
            progress.step(40 + 60 * written // total, 100, gettext_noop("Writing figures"))
