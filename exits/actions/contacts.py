"""Calls and visits to clients who rest or have left: what came of them, and who is to be called when."""

import datetime as dt
import uuid as uuids

from django.db import transaction
from django.utils import timezone

from clients.models import Client
from exits.models import Contact, ExitInterview
from exits.queries.winback import calls_asked_for
from spm import work
from spm.models import AuditEvent, WorkItem

WORK = "exits.contact"
BACK = "exits.callback"
"""The work of calling back whoever asked for it, by the key of the interview."""
SOON = dt.timedelta(days=3)
"""By when such a call is to be made."""


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
    asked = ExitInterview.objects.filter(client=client, start=start, at__lte=at)
    work.finish(kind=BACK, keys=asked.values_list("pk", flat=True))
    told = {"how": how, "result": result, "next_on": next_on and next_on.isoformat()}
    AuditEvent.record("contact.recorded", contact, by=by, client=client.pk, **told)
    return contact


def ask_to_call_back(interview: ExitInterview) -> None:
    """Put the call that a client asked for onto the list of the own officer. Part of the action that records
    the interview.
    """
    _assign(calls_asked_for().filter(pk=interview.pk))


def keep_calls_back() -> None:
    """The same for all who wait for a call, as officers change; and take those off who wait no more. Part of
    the action that makes the stays.
    """
    waiting = calls_asked_for()
    _assign(waiting)
    asked = WorkItem.objects.open().filter(kind=BACK).values_list("key", flat=True)
    still = {str(key) for key in waiting.values_list("pk", flat=True)}
    work.finish(kind=BACK, keys=set(asked) - still)


def _assign(waiting) -> None:
    due_on = timezone.localdate() + SOON
    asked = waiting.order_by("pk").values_list("pk", "client__officer__user")
    work.assign_all(kind=BACK, items=[(str(key), user, due_on) for key, user in asked])
