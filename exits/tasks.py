import datetime as dt

from celery import shared_task
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clients.models import Office
from exits import actions
from exits.models import ReportSchedule
from spm import jobs
from spm.access import Can


@jobs.work("exits.analyse_exits", title=_("Analyses of leaving brought up to date"), awaited=False)
def analyse_exits(progress) -> dict:
    actions.analyse_exits(by=progress.by, progress=progress)
    return {"url": reverse("exits:exit-rate"), "link": gettext_noop("See who stays and who leaves")}


@jobs.work("exits.draw_leavers", title=_("Sample of leavers drawn"), needs=Can.EXITS_SAMPLE)
def draw_leavers(progress, **asked) -> dict:
    actions.draw_leavers(**as_drawn(asked), by=progress.by, progress=progress)
    return {"url": reverse("exits:sample-list"), "link": gettext_noop("See the samples")}


@jobs.work(actions.schedules.WORK, title=_("Report on leaving sent by mail"))
def send_report(progress, *, schedule_id: str, due_on: str) -> dict:
    schedule = ReportSchedule.objects.select_related("office").get(pk=schedule_id)
    actions.send_report(schedule=schedule, due_on=dt.date.fromisoformat(due_on), progress=progress)
    return {"url": reverse("exits:schedule-list"), "link": gettext_noop("See the reports by mail")}


@shared_task
def send_due_reports() -> None:
    actions.queue_due_reports(timezone.localdate())


@jobs.work("exits.rebuild_spells", title=_("Exit figures brought up to date"))
def rebuild_spells(progress) -> dict:
    actions.rebuild_spells(by=progress.by, progress=progress)
    return {"url": reverse("exits:exit-rate"), "link": gettext_noop("See who stays and who leaves")}


def as_drawn(asked: dict) -> dict:
    """What the action takes, of the plain values that a job keeps."""
    days = {name: dt.date.fromisoformat(asked[name]) for name in ("left_from", "left_until")}
    kept = {name: value for name, value in asked.items() if name != "called"}
    return kept | days | {"name": asked["called"], "office": Office.objects.get(pk=asked["office"])}
