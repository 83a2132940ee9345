"""Calls and visits to clients who are resting, and when to come back to them."""

import datetime as dt
import uuid as uuids

from django.db import transaction

from clients.models import Client
from exits.models import Contact
from spm import work
from spm.models import AuditEvent

WORK = "exits.contact"


@transaction.atomic
def record_contact(
    *,
    client: Client,
    start: dt.date,
    at: dt.datetime,
    how: str,
    result: str,
    note: str = "",
    next_on: dt.date | None = None,
    uuid: uuids.UUID | None = None,
    by,
) -> Contact:
    """Keep what came of a call or visit in the stay that began on ``start``. With ``next_on`` it goes onto
    the caller's list for that day; what an earlier one had put there is done. ValidationError for values
    that cannot be, or for a ``uuid`` that is taken.
    """
    given = {"how": how, "result": result, "note": note, "next_on": next_on}
    contact = Contact(id=uuid or uuids.uuid4(), client=client, start=start, at=at, by=by, **given)
    contact.full_clean()
    contact.save(force_insert=True)
    # One that was kept on a phone may come in after a later one.
    of_stay = Contact.objects.filter(client=client, start=start).exclude(pk=contact.pk)
    work.finish(kind=WORK, keys=of_stay.filter(at__lte=at).values_list("pk", flat=True))
    if next_on and not of_stay.filter(at__gt=at).exists():
        work.assign(kind=WORK, key=contact.pk, to=by, due_on=next_on)
    told = {"how": how, "result": result, "next_on": next_on and next_on.isoformat()}
    AuditEvent.record("contact.recorded", contact, by=by, client=client.pk, **told)
    return contact
