"""Long tables: a job writes the file, so that no page waits for it, and whoever asked takes it for some days.

The job runs the screen's own export, its ``write_file``, under what its owner may see then. Who takes the
file may still see as much; else it is not found.
"""

import datetime as dt
import logging
import tempfile
import uuid
from dataclasses import replace
from pathlib import PurePosixPath

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import transaction
from django.http import Http404, HttpRequest, QueryDict
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from spm import exports, jobs
from spm.access import Can, can, reach, reaches_still
from spm.models import AuditEvent, Job, PreparedFile
from spm.observed import write_what_was_seen

log = logging.getLogger(__name__)

WORK = "spm.prepare_file"
# Tables of more rows are prepared: 5,000 rows take a workbook about a second.
LONG = 5_000
# So many days a file waits to be taken.
DAYS = 7
NO_LONGER = _("You may not see this table any more.")
# A file without a row may belong to a job that is at it, for so many days.
GRACE = 1
# Rows between two steps of the progress bar.
STEP = 1_000


def is_long(rows) -> bool:
    """Has a queryset more rows than a page should wait for? Counted no further than needed."""
    return rows[: LONG + 1].count() > LONG


def ask(request, form: str, told: dict) -> Job:
    """The job that makes the file; one that is under way for the same file already, if there is one.

    ``told`` is what the audit trail tells of the filter.
    """
    asked = {"path": request.path, "query": request.GET.urlencode(), "form": form}
    waiting = (
        PreparedFile.objects.visible_to(request.user).filter(**asked, file="").values_list("pk", flat=True)
    )
    under_way = Job.objects.filter(
        by=request.user, work=WORK, state__in=[Job.State.QUEUED, Job.State.RUNNING], cancel_asked=False
    )
    arguments = [{"prepared_id": str(pk)} for pk in waiting]
    if job := under_way.filter(arguments__in=arguments).first():
        return job
    screen = request.resolver_match.view_name
    with transaction.atomic():
        prepared = PreparedFile.objects.create(owner=request.user, screen=screen, told=told, **asked)
        job = jobs.enqueue(WORK, by=request.user, prepared_id=str(prepared.pk))
        AuditEvent.record("export.asked", screen, by=request.user, **told)
    return job


def prepare(progress, *, prepared_id: str) -> dict:
    """Write the file of a row, once; raises ValidationError where its owner may see the table no more."""
    prepared = PreparedFile.objects.select_related("owner").get(pk=prepared_id)
    user = prepared.owner
    result = {"url": reverse("prepared-file", args=[prepared.pk]), "link": gettext_noop("Take the file")}
    if prepared.file:
        return result
    prepared.reach = reach(user)
    with tempfile.TemporaryFile() as file, progress.reading():
        prepared.name, counted = _screen(prepared, user).write_file(file, prepared.form, progress)
        prepared.told |= counted
        file.seek(0)
        field = PreparedFile._meta.get_field("file")
        ending = PurePosixPath(prepared.name).suffix
        stored = field.storage.save(f"{field.upload_to}{uuid.uuid4().hex}{ending}", File(file))
    with progress.effect("file kept") as is_first:
        if is_first:
            prepared.file = stored
            prepared.expires_at = timezone.now() + dt.timedelta(days=DAYS)
            prepared.save()
            write_what_was_seen(user, prepared.screen)
    if not is_first:
        field.storage.delete(stored)
    return result


def _screen(prepared: PreparedFile, user):
    """The screen as it was asked for, in the name of this user."""
    match = resolve(prepared.path)
    screen = match.func.view_class(**match.func.view_initkwargs)
    if not (user.is_active and can(user, screen.needs)):
        raise ValidationError(NO_LONGER)
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", prepared.path, prepared.path
    request.GET, request.user, request.resolver_match = QueryDict(prepared.query), user, match
    request.htmx = False
    screen.setup(request, *match.args, **match.kwargs)
    return screen


def write_table(screen, file, form: str, progress) -> str:
    """The table of a screen as it is now, into a file of bytes; each row is a step. What to call the file."""
    try:
        table, total = screen.export_table(), screen.get_queryset().count()
    except Http404:
        raise ValidationError(_("What this table was about is not there any more.")) from None
    except PermissionDenied:
        raise ValidationError(NO_LONGER) from None
    rows = _stepping(table.rows, total, progress)
    return exports.write(file, replace(table, rows=rows), form, by=screen.request.user)


def _stepping(rows, total: int, progress):
    for number, row in enumerate(rows):
        if number % STEP == 0:
            progress.step(number, max(total, number), gettext_noop("Writing the rows"))
        yield row


def is_open_to(prepared: PreparedFile, user) -> bool:
    """May the user take it now? It is their own, and they reach all that they reached when it was made."""
    needs = resolve(prepared.path).func.view_class.needs
    own = PreparedFile.objects.visible_to(user).kept().filter(pk=prepared.pk).exists()
    return own and user.is_active and can(user, needs) and reaches_still(user, prepared.reach)


def may_ask(user) -> bool:
    """A job's page is where the file is taken from."""
    return can(user, Can.JOBS_VIEW)


def sweep() -> None:
    """Delete what has expired or was never made, and files of no row."""
    now = timezone.now()
    field = PreparedFile._meta.get_field("file")
    storage, folder = field.storage, PurePosixPath(field.upload_to)
    for prepared in PreparedFile.objects.filter(asked_at__lt=now - dt.timedelta(days=DAYS)):
        if prepared.expires_at is None or prepared.expires_at <= now:
            if prepared.file:
                storage.delete(prepared.file.name)
            prepared.delete()
    if not storage.exists(str(folder)):
        return
    kept = set(PreparedFile.objects.exclude(file="").values_list("file", flat=True))
    for name in (str(folder / file) for file in storage.listdir(str(folder))[1]):
        if name not in kept and storage.get_modified_time(name) < now - dt.timedelta(days=GRACE):
            storage.delete(name)
            log.warning("The prepared file %s belonged to nobody and is deleted.", name)
