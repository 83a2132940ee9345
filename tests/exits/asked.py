"""Leavers who were asked why, for the tests of reasons and of samples."""

import datetime as dt

from django.utils import timezone

from exits.models import ExitInterview, GivenReason, LeaverType, Reason, RegisteredExit
from tests.exits import pages
from tests.factories import ClientFactory, UserFactory

BEGAN, LEFT = dt.date(2024, 3, 1), dt.date(2025, 3, 1)
YOUNG, OLD = dt.date(2000, 1, 1), dt.date(1980, 1, 1)


def leaver(office, officer=None, **facts):
    """Somebody of the office whose only loan ended on LEFT; count with `pages.built()` afterwards."""
    given = {"officer": officer} if officer else {}
    person = ClientFactory(office=office, **given, **facts)
    pages.repaid(person, BEGAN, LEFT)
    return person


def reason(code) -> Reason:
    return Reason.objects.get(code=code)


def interview(person, primary=None, *, first=None, more=(), by=None, days=0, **given) -> ExitInterview:
    """What the person said, `days` after the others; reasons are codes."""
    row = ExitInterview.objects.create(
        client=person,
        by=by or UserFactory(),
        at=dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days=days),
        **{"start": BEGAN, "consent": True, "own_officer": False} | given,
    )
    named = [("primary", primary), ("first", first), *(("contributing", code) for code in more)]
    GivenReason.objects.bulk_create(
        GivenReason(interview=row, part=part, reason=reason(code)) for part, code in named if code
    )
    return row


def confirmed(person, code="dissatisfied", *, by, staff=None) -> RegisteredExit:
    """What staff know of the exit; `staff` is the code of the reason as they see it."""
    return RegisteredExit.objects.create(
        client=person,
        start=BEGAN,
        leaver_type=LeaverType.objects.get(code=code),
        initiative="client",
        tone="neutral",
        staff_reason=reason(staff) if staff else None,
        by=by,
        at=timezone.now(),
    )
