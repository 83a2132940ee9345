"""Reports that go by mail by themselves: set up, changed, stopped, put into the queue once each, and sent."""

import datetime as dt
import io
from collections.abc import Iterable
from functools import cache, partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from exits.methods.schedules import next_due, period_before
from exits.models import ReportSchedule
from exits.queries.definitions import data_as_of
from exits.queries.report import build_report
from exits.queries.report.recipients import may_receive
from exits.queries.report.written import TYPES, file_name, write
from spm import jobs, mail
from spm.models import AuditEvent

WORK = "exits.send_report"
NOBODY = gettext_lazy("Nobody to whom this report goes may see it any more. Change to whom it goes.")


@transaction.atomic
def schedule_report(*, recipients: Iterable, by, **said) -> ReportSchedule:
    """Set a report up to be sent; ``said`` are the row's fields. ValidationError as `change_schedule`."""
    schedule = ReportSchedule(by=by, **said)
    _say(schedule, recipients)
    AuditEvent.record("schedule.added", schedule, by=by, **_told(schedule))
    return schedule


@transaction.atomic
def change_schedule(
    *, schedule: ReportSchedule, version: int, recipients: Iterable, by, **said
) -> ReportSchedule:
    """Say something else of it; with ``active=False`` it is sent no more. ValidationError for values that
    cannot be, and for somebody whose access does not cover the office. Stale if somebody changed it before.
    """
    schedule.take(version)
    for name, value in said.items():
        setattr(schedule, name, value)
    schedule.by = by
    _say(schedule, recipients)
    AuditEvent.record("schedule.changed", schedule, by=by, active=schedule.active, **_told(schedule))
    return schedule


def _say(schedule, recipients):
    schedule.full_clean()
    chosen = {user.pk for user in recipients}
    may = may_receive(schedule.office, timezone.localdate()).filter(pk__in=chosen)
    if not chosen or may.count() < len(chosen):
        raise ValidationError(_("Choose people whose access covers the office, and who have an address."))
    schedule.save()
    schedule.recipients.set(chosen)


def _told(schedule):
    plain = ("kind", "language", "form", "every")
    people = sorted(schedule.recipients.values_list("pk", flat=True))
    return {name: str(getattr(schedule, name)) for name in plain} | {
        "office": schedule.office.code,
        "due_on": schedule.due_on.isoformat(),
        "to": people,
    }


def queue_due_reports(today: dt.date) -> int:
    """A job for each report that is due and whose period the data cover; how many. Each is put in once,
    however many clocks ring; of several missed each gets its own.
    """
    as_of, queued = data_as_of(), 0
    for schedule in ReportSchedule.objects.filter(active=True, due_on__lte=today).select_related("by"):
        while (
            schedule.due_on <= today and as_of and period_before(schedule.due_on, schedule.every)[1] <= as_of
        ):
            if not _queue(schedule):
                break
            queued += 1
    return queued


@transaction.atomic
def _queue(schedule) -> bool:
    """Only the clock whose update finds the day still there puts the job in."""
    due_on, after = schedule.due_on, next_due(schedule.due_on, schedule.every)
    mine = ReportSchedule.objects.filter(pk=schedule.pk, due_on=due_on, active=True)
    if not mine.update(due_on=after):
        return False
    arguments = {"schedule_id": str(schedule.pk), "due_on": due_on.isoformat()}
    job = jobs.enqueue(WORK, by=schedule.by, **arguments)
    ReportSchedule.objects.filter(pk=schedule.pk).update(job=job)
    schedule.due_on = after
    return True


def send_report(*, schedule: ReportSchedule, due_on: dt.date, progress) -> None:
    """Send it, about the period that ended before ``due_on``, to each who may have it today, once, in the
    language that they chose last or else in that of the row; not at all if it was stopped meanwhile. NotSent
    where the mail server does not take it: who has it does not get it again with the next try.
    ValidationError where nobody may have it.
    """
    if not schedule.active:
        return
    start, end = period_before(due_on, schedule.every)
    may = may_receive(schedule.office, timezone.localdate())
    people = list(may.filter(pk__in=schedule.recipients.values("pk")).order_by("pk"))
    if not people:
        raise ValidationError(NOBODY)
    progress.step(0, len(people) + 1, gettext_noop("Counting the clients"))
    made = cache(partial(_made, schedule, start, end))
    told = {"start": start.isoformat(), "end": end.isoformat(), "kind": schedule.kind, "form": schedule.form}
    for number, person in enumerate(people, start=1):
        language = mail.language_of(person, schedule.language)
        report, attachment = made(language)
        progress.step(number, len(people) + 1, gettext_noop("Sending the report"))
        with progress.effect(f"sent to {person.pk}") as is_first:
            if is_first:
                once = f"report-{schedule.pk}-{due_on}-{person.pk}"
                words = {"period": report["period"]["words"], "office": schedule.office}
                said = {"language": language, "attachment": attachment, "number": once, **words}
                mail.send("report", to=person.email, **said)
                ReportSchedule.objects.filter(pk=schedule.pk).update(last_sent_at=timezone.now())
                AuditEvent.record("report.sent", schedule, by=None, to=[person.pk], **told)


def _made(schedule, start, end, language: str) -> tuple[dict, tuple[str, bytes, str]]:
    """The report in this language, and what to attach of it."""
    whole = schedule.office.parent_id is None
    with translation.override(language), io.BytesIO() as file:
        report = build_report(start, end, office=None if whole else schedule.office.code, kind=schedule.kind)
        write(report, schedule.form, file)
        return report, (file_name(report, schedule.form), file.getvalue(), TYPES[schedule.form])
