"""Samples of leavers: drawn by a stored seed, handed out, stood in for, and asked again in part."""

import datetime as dt
import secrets
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Office
from exits.actions.interviews import WORK
from exits.methods import draw_sample, sample_size
from exits.models import ExitInterview, LeaverSample, SampledLeaver
from exits.queries.conditions import the_build
from exits.queries.interviews import is_own_officer, key_of
from exits.queries.samples import State, agreed, frame_of
from spm import work
from spm.jobs.progress import Quiet
from spm.models import AuditEvent

FIRST, AGAIN = ExitInterview.Round.FIRST, ExitInterview.Round.AGAIN
TENTH = 10
"""Of those who were asked one in so many is asked again, and at least one."""


def draw_leavers(
    *,
    name: str,
    office: Office,
    left_from: dt.date,
    left_until: dt.date,
    stratum: str = "",
    margin: float,
    expected: float = 0.5,
    confidence: float = 0.95,
    seed: int | None = None,
    at: dt.datetime | None = None,
    by,
    progress=None,
) -> LeaverSample | None:
    """Draw whom to ask, and half as many in reserve, of those who left in the period. All who could be drawn
    are kept with it. ``at`` is when, if not now, as if of the data of that day. None where a run of the job
    before has drawn it. ValidationError where nobody left.
    """
    progress, at = progress or Quiet(), at or timezone.now()
    frame = frame_of(office, left_from, left_until, stratum)
    population = sum(map(len, frame.values()))
    if not population:
        raise ValidationError(_("Nobody left there in this period."))
    size = sample_size(population, margin, expected, confidence)
    sample = LeaverSample(
        name=name,
        office=office,
        left_from=left_from,
        left_until=left_until,
        stratum=stratum,
        margin=margin,
        expected=expected,
        confidence=confidence,
        size=size,
        reserve=min(-(-size // 2), population - size),
        seed=secrets.randbelow(2**31) if seed is None else seed,
        data_as_of=min(the_build().as_of, timezone.localdate(at)),
        drawn_at=at,
        by=by,
    )
    rows = list(_members(sample, frame))
    with progress.effect("sample drawn") as is_first:
        if not is_first:
            return None
        sample.full_clean()
        sample.save(force_insert=True)
        SampledLeaver.objects.bulk_create(rows, batch_size=1000)
        told = {"population": population, "size": sample.size, "reserve": sample.reserve, "seed": sample.seed}
        AuditEvent.record("sample.drawn", sample, by=by, **told)
    return sample


def _members(sample, frame):
    drawn, reserves = draw_sample(frame, sample.size, sample.seed, sample.reserve)
    for stratum, stays in frame.items():
        order = drawn[stratum] + reserves[stratum]
        places = {stay: place for place, stay in enumerate(order, start=1)}
        for client, start in stays:
            place = places.get((client, start))
            state = State.FRAME if place is None else State.DRAWN
            if place is not None and place > len(drawn[stratum]):
                state = State.RESERVE
            yield SampledLeaver(
                sample=sample, client_id=client, start=start, stratum=stratum, place=place, state=state
            )


@transaction.atomic
def assign_interviewer(
    *, sample: LeaverSample, members: Iterable[SampledLeaver], to, due_on: dt.date, override: str = "", by
) -> int:
    """Put these on somebody's list; how many. ValidationError for the own officer of one of them without a
    reason in ``override``, and for somebody who is not to be asked any more.
    """
    members = list(members)
    own = [row for row in members if is_own_officer(row.client, to)]
    if own and not override:
        raise ValidationError(
            _("%(who)s is the own officer of %(n)s of them. Choose somebody else, or say why it must be so.")
            % {"who": to, "n": len(own)}
        )
    for row in members:
        if row.state != State.DRAWN:
            raise ValidationError(_("Somebody among them is not to be asked any more."))
        row.interviewer, row.due_on = to, due_on
        row.override_reason = override if row in own else ""
        row.save(update_fields=["interviewer", "due_on", "override_reason"])
        work.assign(kind=WORK, key=key_of(row, FIRST), to=to, due_on=due_on)
    told = {"to": to.pk, "people": len(members), "due_on": due_on.isoformat(), "own_clients": len(own)}
    AuditEvent.record("sample.assigned", sample, by=by, **told)
    return len(members)


@transaction.atomic
def replace_leaver(*, member: SampledLeaver, because: str, note: str = "", by) -> SampledLeaver | None:
    """Take out somebody who cannot be asked; the first in reserve of the same group comes in.

    Returns who came in, None where no reserve is left. ValidationError for somebody who has been asked or was
    replaced before.
    """
    row = SampledLeaver.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if row.state != State.DRAWN or row.interviews.filter(round=FIRST, consent=True).exists():
        raise ValidationError(_("This person has been asked, or has been replaced before."))
    row.state, row.replaced_because, row.replaced_note = State.REPLACED, because, note
    row.replaced_by_user, row.replaced_at = by, timezone.now()
    row.full_clean()
    row.save()
    work.finish(kind=WORK, keys=[key_of(row, FIRST), key_of(row, AGAIN)])
    reserve = SampledLeaver.objects.filter(sample=row.sample_id, stratum=row.stratum, state=State.RESERVE)
    stand_in = reserve.select_for_update(of=("self",)).order_by("place").first()
    if stand_in:
        stand_in.state, stand_in.stands_in_for = State.DRAWN, row
        stand_in.save(update_fields=["state", "stands_in_for"])
    told = {"because": because, "stand_in": stand_in and stand_in.pk}
    AuditEvent.record("sample.replaced", row, by=by, **told)
    return stand_in


@transaction.atomic
def ask_again(*, sample: LeaverSample, to, due_on: dt.date, by) -> list[SampledLeaver]:
    """Draw a tenth of those who were asked, at least one, to be asked once more by ``to``.

    The seed follows that of the sample, so nobody can draw until the right ones come. ValidationError where
    that was done before, where nobody was asked yet, and where ``to`` asked one of them or looks after one.
    """
    sample = LeaverSample.objects.select_for_update(of=("self",)).get(pk=sample.pk)
    if sample.again_seed is not None:
        raise ValidationError(_("Those who are asked again have been drawn already."))
    asked = {row.pk: row for row in agreed(sample).select_related("client__officer")}
    if not asked:
        raise ValidationError(_("Nobody of this sample has been asked yet."))
    seed = sample.seed + 1
    drawn, _reserve = draw_sample({"": list(asked)}, max(1, -(-len(asked) // TENTH)), seed)
    rows = [asked[pk] for pk in drawn[""]]
    before = ExitInterview.objects.filter(sampled__in=rows, round=FIRST, by=to).exists()
    if before or any(is_own_officer(row.client, to) for row in rows):
        raise ValidationError(
            _("%(who)s has asked one of them before, or looks after one. Choose somebody else.") % {"who": to}
        )
    for row in rows:
        row.again_interviewer, row.again_due_on = to, due_on
        row.save(update_fields=["again_interviewer", "again_due_on"])
        work.assign(kind=WORK, key=key_of(row, AGAIN), to=to, due_on=due_on)
    sample.again_seed, sample.again_drawn_at = seed, timezone.now()
    sample.save(update_fields=["again_seed", "again_drawn_at"])
    told = {"to": to.pk, "people": len(rows), "seed": seed, "due_on": due_on.isoformat()}
    AuditEvent.record("sample.again", sample, by=by, **told)
    return rows
