"""Complaints as the desk looks for them, and what is shown of one."""

import datetime as dt
import uuid

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import Office
from feedback.models import Complainant, Complaint
from spm.access import Can
from spm.observed import observe
from spm.work import About

SOON = dt.timedelta(days=3)


def overdue(day: dt.date) -> Q:
    """Open after their limit; whether they were decided does not matter."""
    return ~Q(state=Complaint.State.CLOSED) & Q(due_on__lt=day)


def soon_due(day: dt.date) -> Q:
    return ~Q(state=Complaint.State.CLOSED) & Q(due_on__gte=day, due_on__lte=day + SOON)


def count_overdue(user, day: dt.date) -> int:
    """How many of those that the user reads."""
    return Complaint.objects.visible_to(user).filter(overdue(day)).aggregate(n=Count("pk"))["n"]


def read_complainant(complaint: Complaint, user) -> Complainant | None:
    """Who complained, for whoever may read it; the reading leaves its line in the audit trail."""
    found = Complainant.objects.visible_to(user).filter(complaint=complaint).select_related("client").first()
    if found:
        observe("complainant.read", complaint, by=user)
    return found


def place_named(complaint: Complaint) -> Office | None:
    """The office of whose staff it complains, where it names nobody."""
    if not complaint.about_path:
        return None
    return Office.objects.filter(path=complaint.about_path).first()


def complaints_due(user, keys: list[str]) -> dict[str, About]:
    """What ``spm.nav.WORK`` asks: the complaints that somebody was given, by key."""
    asked = Complaint.objects.visible_to(user, Can.COMPLAINTS_HANDLE).filter(pk__in=map(uuid.UUID, keys))
    return {
        str(row.pk): About(
            _("Complaint %(number)s") % {"number": row.number},
            reverse("feedback:complaint-detail", args=[row.pk]),
        )
        for row in asked
    }
