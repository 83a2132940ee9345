"""A complaint is decided, its client told, closed; and taken up again."""

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.actions import steps
from feedback.models import Complainant, Complaint, ComplaintStep
from spm.models import AuditEvent

Kind = ComplaintStep.Kind
# Of a resolution so much stands in its step, which keeps it when another follows.
KEPT = 2000


@transaction.atomic
def resolve(
    *,
    complaint: Complaint,
    version: int,
    outcome: str,
    resolution: str,
    compensation: Decimal | None = None,
    at: dt.datetime | None = None,
    by,
) -> Complaint:
    """Decide it: justified, partly, not; and what is done. Its clock runs until it is closed."""
    steps.begin(complaint, "resolve", version)
    if not outcome or not resolution.strip():
        raise ValidationError(_("Say whether it was justified, and what was decided."))
    if compensation is not None and compensation < 0:
        raise ValidationError({"compensation": _("A compensation is not below zero.")})
    complaint.outcome, complaint.resolution, complaint.compensation = outcome, resolution, compensation
    complaint.resolved_at = at or timezone.now()
    steps.keep(complaint, Kind.RESOLVED, at=at, author=by, note=resolution[:KEPT])
    AuditEvent.record("complaint.resolved", complaint, by=by, **steps.told(complaint))
    return complaint


@transaction.atomic
def resume(*, complaint: Complaint, version: int, note: str, at: dt.datetime | None = None, by) -> Complaint:
    """Handle it on, as what was decided does not stand."""
    steps.begin(complaint, "resume", version)
    _undecide(complaint)
    steps.keep(complaint, Kind.RESUMED, at=at, author=by, note=_why(note))
    AuditEvent.record("complaint.resumed", complaint, by=by, **steps.told(complaint))
    return complaint


@transaction.atomic
def tell(
    *,
    complaint: Complaint,
    version: int,
    told_on: dt.date,
    told_how: str,
    accepted: str = "",
    satisfied: str = "",
    at: dt.datetime | None = None,
    by,
) -> Complaint:
    """The client was told what was decided: when, how, and what they say to it."""
    steps.begin(complaint, "tell", version)
    if told_on > timezone.localdate():
        raise ValidationError({"told_on": _("This day is still to come.")})
    complaint.told_on, complaint.told_how = told_on, told_how
    complaint.accepted, complaint.satisfied = accepted, satisfied
    steps.keep(complaint, Kind.TOLD, at=at, author=by)
    AuditEvent.record("complaint.told", complaint, by=by, **steps.told(complaint))
    return complaint


@transaction.atomic
def close(
    *, complaint: Complaint, version: int, note: str = "", at: dt.datetime | None = None, by
) -> Complaint:
    """Close it, within its limit or not. ValidationError where the client can be told, was not, and nobody
    says why.
    """
    steps.begin(complaint, "close", version)
    can_be_told = Complainant.objects.filter(complaint=complaint).exists()
    if can_be_told and complaint.told_on is None and not note.strip():
        raise ValidationError({"note": _("The client was not told. Tell the client first, or say why not.")})
    complaint.closed_at = at or timezone.now()
    on_time = timezone.localdate(complaint.closed_at) <= complaint.due_on
    steps.keep(complaint, Kind.CLOSED, at=complaint.closed_at, author=by, note=note, on_time=on_time)
    AuditEvent.record("complaint.closed", complaint, by=by, **steps.told(complaint))
    return complaint


@transaction.atomic
def reopen(*, complaint: Complaint, version: int, note: str, at: dt.datetime | None = None, by) -> Complaint:
    """Open it again, at its level; its clock begins anew."""
    steps.begin(complaint, "reopen", version)
    _open_again(complaint, at)
    steps.keep(complaint, Kind.REOPENED, at=at, author=by, note=_why(note))
    AuditEvent.record("complaint.reopened", complaint, by=by, **steps.told(complaint))
    return complaint


@transaction.atomic
def appeal(*, complaint: Complaint, version: int, note: str, at: dt.datetime | None = None, by) -> Complaint:
    """The client does not accept what was decided: the next level handles it on. One that is closed is
    reopened by it, which is a step of its own.
    """
    was_closed = complaint.state == Complaint.State.CLOSED
    steps.begin(complaint, "appeal", version)
    if was_closed:
        _open_again(complaint, at)
        steps.keep(complaint, Kind.REOPENED, at=at, author=by)
    else:
        _undecide(complaint)
    complaint.appealed += 1
    steps.raise_level(complaint)
    steps.keep(complaint, Kind.APPEALED, at=at, author=by, note=_why(note))
    AuditEvent.record("complaint.appealed", complaint, by=by, **steps.told(complaint))
    return complaint


def _open_again(complaint, at):
    _undecide(complaint)
    complaint.closed_at, complaint.interim_on = None, None
    complaint.reopened += 1
    complaint.clock_from = timezone.localdate(at)
    steps.set_clock(complaint)
    steps.set_role(complaint)


def _undecide(complaint):
    """What was decided stands in its step; the text stays, to be written on."""
    complaint.outcome, complaint.resolved_at = "", None
    complaint.told_on, complaint.told_how, complaint.accepted, complaint.satisfied = None, "", "", ""


def _why(note: str) -> str:
    if not note.strip():
        raise ValidationError({"note": _("Say why.")})
    return note
