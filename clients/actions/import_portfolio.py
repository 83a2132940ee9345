"""Taking a portfolio in: by command in one go, on the web in the steps upload, check, confirm, write."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from clients.actions.changes import Changes
from clients.actions.plan import plan_import
from clients.actions.planned import Plan
from clients.actions.report import rejected_rows, report_of, report_of_unreadable, storable
from clients.actions.write import write_plan
from clients.methods.aliases import by_survivors
from clients.methods.fineract import open_fineract
from clients.methods.mapping import open_mapped
from clients.methods.problems import Unreadable
from clients.methods.reading import Source, open_source
from clients.models import Client, ClientAlias, ImportBatch, ImportProfile
from clients.queries.imports import came_to_nothing
from clients.queries.reconciliation import reconcile, stock
from spm import jobs
from spm.jobs.progress import Quiet
from spm.models import AuditEvent

OPENERS: dict[str, Callable[[Path], Source]] = {
    ImportBatch.Profile.GENERIC: open_source,
    ImportBatch.Profile.FINERACT: open_fineract,
}
State = ImportBatch.State


@dataclass(frozen=True)
class Imported:
    """What came of an import: ``batch`` is None for a dry run, ``refused`` says that nothing was written."""

    report: dict
    batch: ImportBatch | None
    refused: bool


def import_portfolio(
    path: Path | str,
    *,
    by,
    profile: str = ImportBatch.Profile.GENERIC,
    mapping: ImportProfile | None = None,
    decimal: str = ".",
    dry_run: bool = False,
    strict: bool = False,
    progress=None,
    then: Callable[[], None] | None = None,
) -> Imported:
    """Take in the portfolio at ``path`` (a folder of CSV files, a workbook, a zip) in one go.

    Bad rows stay out and are in the report; with ``strict`` a single one of them keeps everything out.
    ``mapping`` says how to read the files where ``profile`` is MAPPED.
    ``then`` is called within the transaction that writes.
    A dry run gives the same report and writes nothing at all.
    """
    path = Path(path)
    batch = ImportBatch(source=path.name, profile=profile, decimal=decimal, strict=strict, by=by)
    batch.mapping = mapping
    if dry_run:
        with examine(batch, path, progress) as (report, plan):
            return Imported(report, None, refused=is_refused(batch, report, plan))
    return take_in(batch, path, by=by, progress=progress, then=then)


def take_in(
    batch: ImportBatch, path: Path, *, by, progress=None, then: Callable[[], None] | None = None
) -> Imported:
    """Read and compare, then write all in one transaction, once; ``then`` is called within it."""
    progress = progress or Quiet()
    started = time.monotonic()
    with examine(batch, path, progress) as (report, plan):
        refused = is_refused(batch, report, plan)
        with progress.effect("import written") as is_first:
            if not is_first:
                return Imported(report, batch, refused)
            if not refused:
                changes, before = Changes(), stock()
                write_plan(plan, changes, progress)
                batch.changes = changes.close()
                report["reconciliation"] = reconcile(before, batch.changes, plan.today)
                seconds = time.monotonic() - started
                report |= {
                    "seconds": round(seconds, 3),
                    "rows_per_second": round(plan.rows / max(seconds, 0.001)),
                }
            close(batch, State.REFUSED if refused else State.DONE, report, plan, by=by)
            if then and not refused:
                then()
    forget_upload(batch)
    return Imported(report, batch, refused)


@contextmanager
def examine(batch: ImportBatch, path: Path, progress=None) -> Iterator[tuple[dict, Plan | None]]:
    """The report of what the import would do, and its plan; no plan where the source cannot be read."""
    started = time.monotonic()
    try:
        source = opened(batch, path)
        plan = plan_import(
            source,
            # What a mapping reads comes with a point.
            decimal="." if batch.mapping else batch.decimal,
            today=timezone.localdate(),
            first=not Client.objects.exists(),
            progress=progress,
        )
    except Unreadable as flaw:
        yield report_of_unreadable(flaw, time.monotonic() - started), None
        return
    with closing(plan):
        report = report_of(plan, time.monotonic() - started)
        report["rows"] = rejected_rows(source, plan.problems)
        report["form"] = source.form
        yield storable(report), plan


def opened(batch: ImportBatch, path: Path) -> Source:
    source = open_mapped(path, batch.mapping.mapping) if batch.mapping else OPENERS[batch.profile](path)
    aliases = dict(ClientAlias.objects.values_list("external_id", "client__external_id"))
    return by_survivors(source, aliases) if aliases else source


def is_refused(batch: ImportBatch, report: dict, plan: Plan | None) -> bool:
    return plan is None or (batch.strict and bool(report["rejected"]))


def close(batch: ImportBatch, state: str, report: dict, plan: Plan | None, *, by) -> None:
    """The batch's end, with its audit line."""
    batch.state, batch.report = state, report
    batch.data_as_of = plan.data_as_of if plan and state == State.DONE else None
    batch.finished_at = timezone.now()
    batch.save()
    verb = "import.written" if state == State.DONE else "import.refused"
    AuditEvent.record(verb, batch, by=by, source=batch.source, sheets=report["sheets"])


def forget_upload(batch: ImportBatch) -> None:
    """The file holds personal data and has done its work."""
    if batch.upload:
        batch.upload.delete(save=False)
        ImportBatch.objects.filter(pk=batch.pk).update(upload="")


def still(batch: ImportBatch, state: str) -> bool:
    """Is the batch in this state now? Others wait for the end of the transaction to change it."""
    batch.state = ImportBatch.objects.select_for_update().values_list("state", flat=True).get(pk=batch.pk)
    return batch.state == state


# The steps of the web


@transaction.atomic
def upload_import(*, file: File, source: str, profile: str, decimal: str, strict: bool, by) -> ImportBatch:
    """Keep an admitted file until it is checked and either written or discarded; the check is asked for.

    A file of another system waits first until somebody says what its columns are.
    """
    batch = ImportBatch(source=source[:255], profile=profile, decimal=decimal, strict=strict, by=by)
    batch.upload.save(file.name, file, save=False)
    batch.save()
    AuditEvent.record("import.uploaded", batch, by=by, source=batch.source)
    if profile == ImportBatch.Profile.MAPPED:
        batch.state = State.UNMAPPED
        batch.save(update_fields=["state"])
        return batch
    batch.check_job = jobs.enqueue("clients.check_import", by=by, batch_id=batch.pk)
    batch.save(update_fields=["check_job"])
    return batch


def check_import(*, batch: ImportBatch, by, progress=None) -> ImportBatch:
    """Find out what the uploaded file would do; write down only that, nothing if it is discarded by now."""
    progress = progress or Quiet()
    if batch.state != State.UPLOADED:
        return batch
    with (
        examine(batch, Path(batch.upload.path), progress) as (report, plan),
        progress.effect("import checked") as is_first,
    ):
        refused = is_refused(batch, report, plan)
        if not is_first or not still(batch, State.UPLOADED):
            return batch
        if refused:
            close(batch, State.REFUSED, report, plan, by=by)
        else:
            batch.state, batch.report, batch.data_as_of = State.CHECKED, report, None
            batch.save(update_fields=["state", "report", "data_as_of"])
            AuditEvent.record("import.checked", batch, by=by, sheets=report["sheets"])
    if refused:
        forget_upload(batch)
    return batch


@transaction.atomic
def confirm_import(*, batch: ImportBatch, by) -> bool:
    """The user's word to write the checked file, which is then asked for; False if it waits for none."""
    if not still(batch, State.CHECKED) and not (still(batch, State.CONFIRMED) and came_to_nothing(batch)):
        return False
    batch.state = State.CONFIRMED
    batch.write_job = jobs.enqueue("clients.write_import", by=by, batch_id=batch.pk)
    batch.save(update_fields=["state", "write_job"])
    AuditEvent.record("import.confirmed", batch, by=by)
    return True


def write_import(
    *, batch: ImportBatch, by, progress=None, then: Callable[[], None] | None = None
) -> Imported:
    """Write the confirmed file, compared anew: the records may have changed since the check. Once."""
    if batch.state != State.CONFIRMED:
        return Imported(batch.report, batch, refused=batch.state != State.DONE)
    return take_in(batch, Path(batch.upload.path), by=by, progress=progress, then=then)


@transaction.atomic
def discard_import(*, batch: ImportBatch, by, **why) -> bool:
    """Forget an uploaded file that was not written; False if it is being written or is over.

    ``why`` goes into the audit line.
    """
    waiting = any(still(batch, state) for state in (State.UNMAPPED, State.UPLOADED, State.CHECKED))
    if not waiting and not (still(batch, State.CONFIRMED) and came_to_nothing(batch)):
        return False
    batch.state, batch.finished_at = State.DISCARDED, timezone.now()
    # The check's report names people in a file that nobody wanted in.
    batch.report = {}
    batch.save(update_fields=["state", "finished_at", "report"])
    AuditEvent.record("import.discarded", batch, by=by, **why)
    transaction.on_commit(lambda: forget_upload(batch))
    return True
