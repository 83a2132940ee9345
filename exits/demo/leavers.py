"""Who left since the beginning of last year, why each of them did, and what staff confirm of it."""

import datetime as dt
from dataclasses import dataclass
from random import Random

from django.db.models import QuerySet
from django.utils import timezone

from exits.actions import confirm_exit
from exits.demo.words import ALIKE, AS_STAFF_SEE_IT, HEADS, OFTEN, TYPES
from exits.models import LeaverType, Reason, Spell
from exits.models.reference import Initiative, Tone
from spm.models import User

BAD, GROUP_LOAN = "VN", "GRP"
YOUNG = dt.timedelta(days=30 * 365)
CONFIRMED = 0.3
"""The share confirmed of those who left; of young women at the branch that loses most it is more."""
OPEN = dt.timedelta(days=45)
"""What became known in so many days before today is still to be confirmed."""


@dataclass
class Leaver:
    """A stay that ended, when that became known, and why: head and reason by code, none for a death."""

    spell: Spell
    known_on: dt.date
    head: str
    reason: str
    is_young_woman: bool = False

    @property
    def client(self):
        return self.spell.client

    @property
    def is_at_bad_branch(self) -> bool:
        return self.spell.office.code == BAD


def reasons() -> dict[str, Reason]:
    return {reason.code: reason for reason in Reason.objects.in_force(timezone.localdate())}


def tell(rng: Random, today: dt.date) -> list[Leaver]:
    """All who left, in the order of leaving; exits of some of them are confirmed."""
    rows = [_leaver(rng, spell, today) for spell in ended(today)]
    officers = {user.pk: user for user in User.objects.filter(officer__isnull=False)}
    manager, branch_manager = (User.objects.get(username=name) for name in ("manager", "branch-manager"))
    types = {kind.code: kind for kind in LeaverType.objects.in_force(today)}
    named = reasons()
    for row in rows:
        if not _is_confirmed(rng, row, today):
            continue
        own = officers.get(row.client.officer and row.client.officer.user_id)
        by = own or (branch_manager if row.is_at_bad_branch else manager)
        head, reason = _as_staff_see_it(rng, row)
        kind = types[_type(rng, row, head)]
        confirm_exit(
            client=row.client,
            start=row.spell.start,
            at=_noon(row.known_on + dt.timedelta(days=rng.randint(1, 6))),
            leaver_type=kind,
            initiative=kind.initiative or Initiative.CLIENT,
            tone=kind.tone or Tone.NEUTRAL,
            staff_reason=named.get(reason),
            by=by,
        )
    return rows


def ended(today: dt.date) -> QuerySet:
    since = dt.date(today.year - 1, 1, 1)
    rows = Spell.objects.filter(left_on__gte=since).select_related(
        "client__officer__user", "office", "product"
    )
    return rows.order_by("left_on", "client__external_id")


def _leaver(rng, spell, today):
    wait = 150 if spell.product and spell.product.code == "AGR" else 90
    known_on = min(spell.left_on + dt.timedelta(days=wait), today - dt.timedelta(days=8))
    born = spell.client.birth_date
    young_woman = spell.sex == "F" and born is not None and spell.left_on - born < YOUNG
    row = Leaver(spell, known_on, "", "", young_woman and spell.office.code == BAD)
    row.head = _head(rng, row)
    row.reason = reason_under(rng, row.head)
    return row


def _head(rng, row):
    if row.spell.cause != Spell.Cause.CLIENT:
        return "mfi_decision" if row.spell.cause == Spell.Cause.MFI else ""
    place = 2 if row.is_young_woman else 1 if row.is_at_bad_branch else 0
    weights = {head: often[place] for head, often in HEADS.items()}
    if not (row.spell.product and row.spell.product.code == GROUP_LOAN):
        weights["group_trouble"] = 0
    return rng.choices(list(weights), list(weights.values()))[0]


def reason_under(rng: Random, head: str) -> str:
    """A reason under the head, or the head where there is none."""
    return rng.choice(OFTEN.get(head, (head,)))


def _is_confirmed(rng, row, today):
    chance = 0.75 if row.is_young_woman else CONFIRMED
    return row.known_on < today - OPEN and rng.random() < chance


def _as_staff_see_it(rng, row):
    """Head and reason. What the client would say of them is what they see least."""
    if row.spell.cause != Spell.Cause.CLIENT:
        return row.head, row.reason
    alike = ALIKE / 2 if row.head in {"staff", "process"} else ALIKE
    if rng.random() < alike or row.head not in AS_STAFF_SEE_IT:
        return row.head, row.reason
    head = rng.choice(AS_STAFF_SEE_IT[row.head])
    return head, reason_under(rng, head)


def _type(rng, row, head):
    return rng.choice(TYPES[head]) if head else "death"


def _noon(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
