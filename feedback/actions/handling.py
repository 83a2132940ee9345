"""A complaint is sorted, given to somebody, answered for the time being, handed on."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Membership, Office, Officer, Product
from feedback.actions import steps
from feedback.models import Category, Complaint, ComplaintStep
from feedback.queries.handling import may_handle
from spm.models import AuditEvent

Kind = ComplaintStep.Kind


@transaction.atomic
def sort_complaint(
    *,
    complaint: Complaint,
    version: int,
    category: Category,
    severity: int | None = None,
    sensitivity: int | None = None,
    about_officer: Officer | None = None,
    about_user=None,
    about_office: Office | None = None,
    product: Product | None = None,
    note: str = "",
    at: dt.datetime | None = None,
    by,
) -> Complaint:
    """Say what it is about, how bad it is, who reads it, and of whom it complains; what is not said of
    severity and sensitivity is what the category says. ValidationError where more people would read it than
    the category lets.
    """
    steps.begin(complaint, "sort", version)
    given = category.sensitivity if sensitivity is None else int(sensitivity)
    if given < category.sensitivity:
        words = _("Complaints of this category are read by fewer people: choose that or fewer still.")
        raise ValidationError(words)
    complaint.category, complaint.sensitivity = category, given
    complaint.severity = int(severity or category.severity)
    complaint.product = product or complaint.product
    complaint.about_officer = about_officer
    complaint.about_user = about_user or (about_officer and about_officer.user)
    complaint.about_path = _place_of(complaint, about_office)
    steps.set_clock(complaint)
    steps.set_role(complaint)
    steps.keep(complaint, Kind.SORTED, at=at, author=by, note=note)
    AuditEvent.record("complaint.sorted", complaint, by=by, **steps.told(complaint))
    return complaint


def _place_of(complaint, office) -> str:
    """The path of the office where the person complained about works; the lowest, as its line is longest."""
    if complaint.about_user:
        held = Membership.objects.in_force(timezone.localdate()).filter(user=complaint.about_user)
        paths = sorted(held.values_list("office__path", flat=True), key=lambda path: (path.count("/"), path))
        return paths[-1] if paths else complaint.office.path
    if office:
        return office.path
    return complaint.office.path if complaint.about_officer else ""


@transaction.atomic
def assign(
    *, complaint: Complaint, version: int, to, note: str = "", at: dt.datetime | None = None, by
) -> Complaint:
    """Give it to somebody, on whose "My work" it then is. ValidationError for who may not handle it: whom it
    names, who is of that person's line, who does not read it.
    """
    steps.begin(complaint, "assign", version)
    if not may_handle(to, complaint):
        raise ValidationError(_("This person may not handle this complaint."))
    complaint.handler = to
    steps.keep(complaint, Kind.ASSIGNED, at=at, author=by, note=note)
    AuditEvent.record("complaint.assigned", complaint, by=by, to=[to.pk], **steps.told(complaint))
    return complaint


@transaction.atomic
def send_interim(
    *, complaint: Complaint, version: int, note: str = "", at: dt.datetime | None = None, by
) -> Complaint:
    """The client was told that it is being looked into; the limit stays."""
    steps.begin(complaint, "interim", version)
    complaint.interim_on = timezone.localdate(at)
    steps.keep(complaint, Kind.INTERIM, at=at, author=by, note=note)
    AuditEvent.record("complaint.interim_sent", complaint, by=by, **steps.told(complaint))
    return complaint


@transaction.atomic
def escalate(
    *, complaint: Complaint, version: int, note: str = "", at: dt.datetime | None = None, by
) -> Complaint:
    """Hand it on to the next level, before the clock does; ``by`` is None for the clock. ValidationError at
    the last.
    """
    steps.begin(complaint, "escalate", version)
    if not steps.raise_level(complaint):
        raise ValidationError(_("There is no level above this one."))
    complaint.escalated += 1
    steps.keep(complaint, Kind.ESCALATED, at=at, author=by, note=note)
    AuditEvent.record("complaint.escalated", complaint, by=by, **steps.told(complaint))
    return complaint


@transaction.atomic
def add_note(
    *, complaint: Complaint, version: int, note: str, at: dt.datetime | None = None, by
) -> Complaint:
    """Write down what was learnt or done."""
    steps.begin(complaint, "note", version)
    if not note.strip():
        raise ValidationError({"note": _("Write the note.")})
    steps.keep(complaint, Kind.NOTE, at=at, author=by, note=note)
    AuditEvent.record("complaint.noted", complaint, by=by, **steps.told(complaint))
    return complaint
