"""What people who left say about it."""

import datetime as dt
import uuid as uuids
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from exits.actions.contacts import ask_to_call_back
from exits.models import ExitInterview, GivenReason, Reason, SampledLeaver
from exits.queries.interviews import is_own_officer, key_of
from exits.queries.reference import OTHER
from spm import work
from spm.models import AuditEvent

WORK = "exits.interview"
"""Its keys: that of the sampled leaver, for the second round with ``:again`` behind it."""


@transaction.atomic
def record_interview(
    *,
    client: Client,
    start: dt.date,
    at: dt.datetime,
    consent: bool,
    primary: Reason | None = None,
    contributing: Iterable[Reason] = (),
    first: Reason | None = None,
    other: str = "",
    sampled: SampledLeaver | None = None,
    uuid: uuids.UUID | None = None,
    by,
    **answers,
) -> ExitInterview:
    """Keep what the client says of leaving the stay that began on ``start``; ``answers`` are the other fields
    of the interview, ``other`` the own words for a reason that the list does not have.

    ValidationError for the client's own officer without a reason kept for it, for answers or reasons without
    consent, for consent without a main reason, and for a ``uuid`` that is taken.
    """
    own = is_own_officer(client, by)
    if own and not (sampled and sampled.override_reason):
        raise ValidationError(_("Somebody else asks this client, as you look after them yourself."))
    given = [(primary, GivenReason.Part.PRIMARY), (first, GivenReason.Part.FIRST)]
    given += [(reason, GivenReason.Part.CONTRIBUTING) for reason in contributing if reason != primary]
    given = [(reason, part) for reason, part in given if reason]
    if consent and primary is None:
        raise ValidationError(_("Say the main reason."))
    if given and not consent:
        raise ValidationError(_("Without consent no answer is kept."))
    interview = ExitInterview(
        id=uuid or uuids.uuid4(),
        client=client,
        start=start,
        sampled=sampled,
        at=at,
        by=by,
        own_officer=own,
        consent=consent,
        **answers,
    )
    interview.full_clean()
    interview.save(force_insert=True)
    for reason, part in given:
        text = other if reason.code == OTHER else ""
        GivenReason.objects.create(interview=interview, reason=reason, part=part, text=text)
    if sampled:
        work.finish(kind=WORK, keys=[key_of(sampled, interview.round)])
    ask_to_call_back(interview)
    told = {"client": client.pk, "round": int(interview.round), "consent": consent}
    AuditEvent.record("interview.recorded", interview, by=by, **told)
    return interview
