"""Complaints that a level has not answered in its time go on to the next by themselves."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from feedback.actions.handling import escalate
from feedback.models import Complaint
from spm.models.versioned import Stale


def escalate_overdue(at: dt.datetime | None = None) -> int:
    """Hand on what is past the day of its level, through as many levels as are over; how many times. Each
    is handed on once, however many clocks ring.
    """
    now = at or timezone.now()
    handed = 0
    for pk in list(
        overdue(timezone.localdate(now)).order_by("level_due_on", "pk").values_list("pk", flat=True)
    ):
        while _hand_on(pk, now):
            handed += 1
    return handed


def overdue(day):
    """Those past the day of their level; at the last that day is the limit, and they stay."""
    running = Complaint.objects.filter(state__in=[Complaint.State.RECEIVED, Complaint.State.OPEN])
    return running.filter(level_due_on__lt=day).filter(level_due_on__lt=F("due_on"))


@transaction.atomic
def _hand_on(pk, now) -> bool:
    complaint = overdue(timezone.localdate(now)).filter(pk=pk).select_related("office", "rules").first()
    if complaint is None:
        return False
    try:
        escalate(complaint=complaint, version=complaint.version, at=now, by=None)
    except Stale:  # somebody is at it, or another clock: the next time finds it as it is then
        return False
    return True
