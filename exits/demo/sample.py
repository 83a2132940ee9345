"""A sample of those who left last year: drawn by a stored seed, and handed to the interviewer."""

import datetime as dt
from random import Random

from django.utils import timezone

from clients.models import Office
from exits.actions import assign_interviewer, draw_leavers
from exits.demo.leavers import Leaver
from exits.models import LeaverSample, SampledLeaver
from spm.models import User

AGO, TO_ASK_IN = dt.timedelta(days=60), dt.timedelta(days=75)


def draw(rng: Random, leavers: list[Leaver], today: dt.date) -> LeaverSample | None:
    """Drawn two months ago, but after the year was over. None where nobody left in it."""
    year = today.year - 1
    if not any(row.spell.left_on.year == year and row.head for row in leavers):
        return None
    drawn_on = max(today - AGO, dt.date(today.year, 1, 1))
    manager, interviewer = (User.objects.get(username=name) for name in ("manager", "interviewer"))
    sample = draw_leavers(
        name=f"Salidas de {year}",
        office=Office.head(),
        left_from=dt.date(year, 1, 1),
        left_until=dt.date(year, 12, 31),
        stratum=LeaverSample.Stratum.OFFICE,
        margin=0.1,
        seed=rng.randrange(2**31),
        at=timezone.make_aware(dt.datetime.combine(drawn_on, dt.time(9))),
        by=manager,
    )
    hand_out(sample, interviewer, drawn_on + TO_ASK_IN)
    return sample


def hand_out(sample: LeaverSample, to: User, due_on: dt.date) -> None:
    """Whoever has no interviewer yet goes onto this one's list."""
    waiting = sample.members.filter(state=SampledLeaver.State.DRAWN, interviewer=None)
    members = waiting.select_related("client__officer")
    assign_interviewer(sample=sample, members=members, to=to, due_on=due_on, by=sample.by)
