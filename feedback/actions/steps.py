"""What every step of a complaint does: take the version, move the state, keep the clock and the work true."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.methods import handling, limits
from feedback.models import Complaint, ComplaintStep
from feedback.queries.handling import limits_of, may_handle, role_for
from spm import work
from spm.workdays import Calendar

WORK = "feedback.complaint"


def begin(complaint: Complaint, verb: str, version: int) -> None:
    """Claim the edit and move the state. Stale, or ValidationError where that cannot be done now."""
    complaint.take(version)
    state = handling.after(verb, complaint.state)
    if state is None:
        raise ValidationError(_("That cannot be done any more in this state of the complaint."))
    complaint.state = state


def set_clock(complaint: Complaint) -> None:
    """The days that follow from its limits, its level, its severity and the day its clock began."""
    under = limits_of(complaint.rules)
    days = limits.due(under, complaint.level, complaint.severity, complaint.clock_from, Calendar().after)
    complaint.interim_due_on, complaint.level_due_on, complaint.due_on = (
        days.interim_on,
        days.level_on,
        days.on,
    )


def set_role(complaint: Complaint) -> None:
    """Whose task it is at its level; who may not handle it any more does not keep it. Saves it first, as who
    may handle it is asked of the database.
    """
    complaint.save()
    complaint.role = role_for(complaint, limits_of(complaint.rules).levels[complaint.level - 1].role)
    if complaint.handler and not may_handle(complaint.handler, complaint):
        complaint.handler = None


def raise_level(complaint: Complaint) -> bool:
    """To the next level, whose task it then is and nobody's yet; False at the last."""
    if complaint.level >= len(limits_of(complaint.rules).levels):
        return False
    complaint.level += 1
    complaint.handler = None
    set_clock(complaint)
    set_role(complaint)
    return True


def keep(complaint: Complaint, kind: str, *, at: dt.datetime | None, author, note: str = "", **more) -> None:
    """Save it with its step, and keep the work of whoever has it true."""
    complaint.full_clean(validate_unique=False, validate_constraints=False)
    complaint.save()
    step = ComplaintStep(
        complaint=complaint,
        kind=kind,
        at=at or timezone.now(),
        by=author,
        level=complaint.level,
        note=note,
        **more,
    )
    step.full_clean(validate_unique=False, validate_constraints=False)
    step.save(force_insert=True)
    if complaint.handler and complaint.state != Complaint.State.CLOSED:
        work.assign(kind=WORK, key=complaint.pk, to=complaint.handler, due_on=complaint.level_due_on)
    else:
        work.finish(kind=WORK, keys=[complaint.pk])


def told(complaint: Complaint) -> dict:
    """What the audit trail says of it: nothing of what it is about, as more people read that."""
    return {"state": complaint.state, "level": complaint.level}
