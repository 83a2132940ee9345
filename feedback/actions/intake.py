"""A complaint or a suggestion comes in, by whatever way."""

import datetime as dt
import secrets
import uuid as uuids

from django.db import transaction
from django.utils import timezone

from clients.models import Client, Office, Product
from feedback.actions import steps
from feedback.models import Complainant, Complaint, ComplaintStep, HandlingRules
from spm.models import AuditEvent

# Letters and digits that nobody takes for another, and no vowels, so that they spell nothing.
SIGNS = "CDFGHJKMNPQRTVWXY34679"


def new_number() -> str:
    """A number to ask by, such as ``K7QF-3MXD-WH9T``: 53 bits by chance."""
    signs = "".join(secrets.choice(SIGNS) for _place in range(12))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


@transaction.atomic
def receive_complaint(
    *,
    text: str,
    channel: str,
    office: Office,
    kind: str = Complaint.Kind.COMPLAINT,
    wanted: str = "",
    occurred_on: dt.date | None = None,
    product: Product | None = None,
    language: str = "",
    client: Client | None = None,
    name: str = "",
    contact: str = "",
    uuid: uuids.UUID | None = None,
    at: dt.datetime | None = None,
    by,
) -> Complaint:
    """Keep it under a number of its own, with its clock begun on the day of ``at``. ``by`` is who wrote it
    down, None for the public page; ``client``, ``name`` and ``contact`` stand apart, for the desk.
    ValidationError for values that cannot be, or for a ``uuid`` that is taken.
    """
    at = at or timezone.now()
    day = timezone.localdate(at)
    complaint = Complaint(
        id=uuid or uuids.uuid4(),
        number=new_number(),
        kind=kind,
        channel=channel,
        received_at=at,
        occurred_on=occurred_on,
        office=office,
        product=product,
        text=text,
        wanted=wanted,
        language=language,
        anonymous=not (client or name),
        logged_by=by,
        own_officer=bool(client and by and client.officer and client.officer.user_id == by.pk),
        rules=HandlingRules.objects.in_force(day),
        clock_from=day,
    )
    steps.set_clock(complaint)
    complaint.full_clean(validate_constraints=False)
    complaint.save(force_insert=True)
    if client or name or contact:
        named = Complainant(complaint=complaint, client=client, name=name, contact=contact)
        named.full_clean()
        named.save(force_insert=True)
    steps.set_role(complaint)
    steps.keep(complaint, ComplaintStep.Kind.RECEIVED, at=at, author=by)
    AuditEvent.record("complaint.received", complaint, by=by, channel=channel, **steps.told(complaint))
    return complaint
