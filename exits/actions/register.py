"""Exits confirmed by staff, and who is asked to confirm them."""

import datetime as dt
import uuid as uuids
from itertools import batched

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import Client
from exits.models import LeaverType, Reason, RegisteredExit, SpellBuild
from exits.queries.register import key_of, settled, stay_of, to_confirm
from spm import work
from spm.models import AuditEvent, WorkItem

WORK = "exits.confirm"
SOON = dt.timedelta(days=3)
"""By when an exit that has become known is to be confirmed."""
ASKED = 5_000
"""Stays asked about in one query."""


@transaction.atomic
def confirm_exit(
    *,
    client: Client,
    start: dt.date,
    at: dt.datetime,
    leaver_type: LeaverType,
    initiative: str = "",
    tone: str = "",
    staff_reason: Reason | None = None,
    staff_first: Reason | None = None,
    note: str = "",
    uuid: uuids.UUID | None = None,
    by,
) -> RegisteredExit:
    """Keep what staff know of the stay that began on ``start``; without initiative and tone they are what is
    usual with the type. ValidationError for values that cannot be, for a ``uuid`` that is taken, and where
    somebody has confirmed the stay before.
    """
    refuse_confirmed(client, start)
    made = RegisteredExit(id=uuid or uuids.uuid4(), client=client, start=start, at=at, by=by)
    _say(made, leaver_type, initiative, tone, staff_reason, staff_first, note)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        refuse_confirmed(client, start)
        raise
    work.finish(kind=WORK, keys=[key_of(client.pk, start)])
    told = {"client": client.pk, "initiative": made.initiative, "tone": made.tone}
    AuditEvent.record("exit.confirmed", made, by=by, **told)
    return made


@transaction.atomic
def change_exit(
    *,
    confirmed: RegisteredExit,
    version: int,
    leaver_type: LeaverType,
    initiative: str = "",
    tone: str = "",
    staff_reason: Reason | None = None,
    staff_first: Reason | None = None,
    note: str = "",
    by,
) -> RegisteredExit:
    """Say something else of an exit that is confirmed. Stale if somebody changed it meanwhile."""
    confirmed.take(version)
    _say(confirmed, leaver_type, initiative, tone, staff_reason, staff_first, note)
    confirmed.save()
    told = {"client": confirmed.client_id, "initiative": confirmed.initiative, "tone": confirmed.tone}
    AuditEvent.record("exit.changed", confirmed, by=by, **told)
    return confirmed


def _say(row, leaver_type, initiative, tone, staff_reason, staff_first, note):
    row.leaver_type = leaver_type
    row.initiative = initiative or leaver_type.initiative
    row.tone = tone or leaver_type.tone
    row.staff_reason, row.staff_first, row.note = staff_reason, staff_first, note
    row.full_clean(validate_unique=False)


def refuse_confirmed(client: Client, start: dt.date) -> None:
    """ValidationError that says who has confirmed the stay, and when."""
    first = RegisteredExit.objects.filter(client=client, start=start).select_related("by").first()
    if first:
        told = {"who": first.by, "day": date_format(timezone.localtime(first.at), "SHORT_DATE_FORMAT")}
        words = _("%(who)s confirmed this exit on %(day)s. Nothing was changed: open it in the register.")
        raise ValidationError(words % told)


def ask_to_confirm(made: SpellBuild) -> None:
    """Put the stays that ended of late onto the lists of the clients' officers, and take those off of which
    nothing is to be confirmed any more. Part of the action that makes the stays.
    """
    ended = to_confirm(made).values_list("client", "start", "portfolio__user")
    due_on = timezone.localdate() + SOON
    items = [(key_of(client, start), user, due_on) for client, start, user in ended]
    work.assign_all(kind=WORK, items=items)
    asked = WorkItem.objects.open().filter(kind=WORK).order_by("pk").values_list("key", flat=True)
    for some in batched(asked, ASKED):
        work.finish(kind=WORK, keys=[key_of(*stay) for stay in settled(map(stay_of, some))])
