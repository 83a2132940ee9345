"""Spells and rollup made anew from the records."""

from contextlib import suppress

import numpy as np
from django.db import connection
from django.utils.translation import gettext_noop

from exits.methods import DEFAULT_WINDOW
from exits.models import DecisionCount, DecisionPoint, ExitCount, ExitDefinition, Spell, SpellBuild
from exits.queries.definitions import data_as_of
from exits.queries.records import count_records, ignored_clients, read_records
from exits.queries.tables import NEVER, tables
from spm.bulk import put
from spm.jobs.progress import Quiet
from spm.models import AuditEvent

BUILT = (Spell, DecisionPoint, ExitCount, DecisionCount)
REFERENCES = {"client", "office", "portfolio", "product", "officer", "group", "loan", "last_loan"}
DAYS = {"start", "last_day", "left_on", "ended_on", "next_ended_on"}
MONTHS = {"month", "next_month"}
BATCH = 20_000


def rebuild_spells(*, by, progress=None) -> SpellBuild | None:
    """Replace all spells, decision points and cubes by what the records say as of the day of the data.

    The definition in force that day counts. The same records give the same rows, however often it runs. All
    is replaced at once or, when `progress` says stop, nothing. None, and nothing kept, without any data.
    """
    progress = progress or Quiet()
    while True:
        seen = _latest()
        prepared = _prepare(progress)
        with suppress(Overtaken), progress.effect("figures rebuilt") as is_first:
            if not is_first:
                return SpellBuild.objects.order_by("-pk").first()
            _wait_for_others()
            if _latest() != seen:
                raise Overtaken
            return _replace(prepared, by, progress)


class Overtaken(Exception):
    """Another rebuild may have read newer records meanwhile; what it wrote must not be put back."""


def _latest():
    return SpellBuild.objects.order_by("-pk").values_list("pk", flat=True).first()


def _prepare(progress):
    """Build, and rows for each model as (frame, model): all that takes long and needs no transaction."""
    as_of = data_as_of()
    if as_of is None:
        return None
    definition = ExitDefinition.objects.in_force(as_of)
    savings = definition.counts_savings if definition else False
    window = definition.windows if definition else DEFAULT_WINDOW
    progress.step(0, 100, gettext_noop("Reading loans"))
    records = read_records(savings=savings)
    progress.step(20, 100, gettext_noop("Counting who stayed and who left"))
    rows = tables(records, count_records(records, window, as_of))
    build = SpellBuild(
        as_of=as_of,
        definition=definition,
        window=definition.window if definition else DEFAULT_WINDOW,
        longest_window=definition.longest_window if definition else DEFAULT_WINDOW,
        warnings=ignored_clients(records, window, as_of),
    )
    frames = (rows.spells, rows.decisions, rows.exit_counts, rows.decision_counts)
    return build, list(zip(BUILT, frames, strict=True))


def _wait_for_others():
    """Let one rebuild write at a time. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE exits_spell IN SHARE ROW EXCLUSIVE MODE")


def _replace(prepared, by, progress):
    removed = {model._meta.model_name: model.objects.all().delete()[0] for model in BUILT}
    if prepared is None:
        SpellBuild.objects.all().delete()
        AuditEvent.record("exit.emptied", SpellBuild._meta.label, by=by, rows=removed)
        return None
    build, rows = prepared
    total, written = sum(len(frame) for _model, frame in rows), 0
    for model, frame in rows:
        for start in range(0, len(frame), BATCH):
            some = frame.iloc[start : start + BATCH]
            put(model, list(frame.columns), [_plain(name, some[name]) for name in frame.columns])
            written += len(some)
            progress.step(40 + 60 * written // max(total, 1), 100, gettext_noop("Writing figures"))
    build.save()
    counted = {model._meta.model_name: len(frame) for model, frame in rows}
    AuditEvent.record("exit.rebuilt", build, by=by, as_of=build.as_of.isoformat(), rows=counted)
    return build


def _plain(name, column):
    """A column as the database takes it: None for no id and no date, dates as ISO text."""
    if name in DAYS:
        return _iso(np.asarray(column, dtype="datetime64[s]").astype("datetime64[D]"))
    if name in MONTHS:
        months = column.to_numpy(dtype=np.int64)
        days = months.astype("datetime64[M]").astype("datetime64[D]")
        days[months == NEVER] = np.datetime64("NaT", "D")
        return _iso(days)
    values = column.tolist()
    return [None if pk == -1 else pk for pk in values] if name in REFERENCES else values


def _iso(days):
    text = np.datetime_as_string(days).astype(object)
    text[np.isnat(days)] = None
    return text.tolist()
