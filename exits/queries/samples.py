"""Whom a sample of leavers is drawn from, what came of it, and whether its seed still draws the same."""

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from clients.models import Membership, Office
from exits.methods import draw_sample
from exits.models import ExitInterview, LeaverSample, SampledLeaver, Spell
from spm.access import GRANTS, Can, scopes
from spm.models import User

State, Stratum = SampledLeaver.State, LeaverSample.Stratum
PATHS = {
    Stratum.OFFICE: "office__code",
    Stratum.PRODUCT: "product__code",
    Stratum.SEX: "sex",
    Stratum.CYCLE: "cycle",
}
type Frame = dict[str, list[tuple[int, dt.date]]]


def leavers(office: Office, left_from: dt.date, left_until: dt.date):
    """The stays that ended in the period at the office or below it, but for those ended by death."""
    ended = Spell.objects.filter(left_on__gte=left_from, left_on__lte=left_until)
    return ended.exclude(cause=Spell.Cause.DEATH).filter(office__in=Office.objects.under(office)).order_by()


def frame_of(office: Office, left_from: dt.date, left_until: dt.date, stratum: str = "") -> Frame:
    """Who may be drawn: by group the client and the first day of the stay of each; "" is not recorded."""
    found: Frame = defaultdict(list)
    group = [PATHS[stratum]] if stratum else []
    for client, start, *value in leavers(office, left_from, left_until).values_list(
        "client", "start", *group
    ):
        found[str(value[0] or "") if value else ""].append((client, start))
    return dict(found)


def draws_the_same(sample: LeaverSample) -> bool:
    """Does the stored seed draw the stored list from the stored frame once more?"""
    frame: Frame = defaultdict(list)
    stored: dict[str, list] = defaultdict(list)
    rows = sample.members.order_by("stratum", "place", "pk")
    for stratum, place, client, start in rows.values_list("stratum", "place", "client", "start"):
        frame[stratum].append((client, start))
        if place is not None:
            stored[stratum].append((client, start))
    drawn, reserves = draw_sample(dict(frame), sample.size, sample.seed, sample.reserve)
    return all(drawn[stratum] + reserves[stratum] == stored.get(stratum, []) for stratum in frame)


def with_asked(rows):
    """Samples, each with ``asked``: how many of those drawn have been asked, whether they agreed or not."""
    held = ExitInterview.objects.filter(
        sampled__sample=OuterRef("pk"), sampled__state=State.DRAWN, round=ExitInterview.Round.FIRST
    )
    people = held.order_by().values("sampled__sample").annotate(n=Count("sampled", distinct=True))
    return rows.annotate(asked=Coalesce(Subquery(people.values("n")), 0))


def members(sample: LeaverSample):
    """All who could be drawn, with ``asked``: has the first interview been held?"""
    held = ExitInterview.objects.filter(sampled=OuterRef("pk"), round=ExitInterview.Round.FIRST)
    rows = sample.members.annotate(asked=Exists(held))
    named = ("client__office", "client__officer", "interviewer", "again_interviewer", "stands_in_for__client")
    return rows.select_related(*named)


def to_assign(sample: LeaverSample):
    """Those to be asked who have no interviewer yet."""
    return members(sample).filter(state=State.DRAWN, interviewer=None, asked=False)


def offices_waiting(sample: LeaverSample):
    """The offices of those who have no interviewer yet."""
    waiting = to_assign(sample).order_by().values("client__office")
    return Office.objects.filter(pk__in=waiting).order_by("name")


def agreed(sample: LeaverSample):
    """Those who were asked and agreed: of them some are asked again."""
    first = ExitInterview.objects.filter(
        sampled=OuterRef("pk"), round=ExitInterview.Round.FIRST, consent=True
    )
    return sample.members.filter(Exists(first)).order_by("pk")


def interviewers(user):
    """The people within the user's reach who may hold interviews today."""
    roles = [role for role, held in GRANTS.items() if Can.EXITS_INTERVIEW in held]
    within = Q(pk__in=[])
    for scope in scopes(user, Can.EXITS_SAMPLE):
        within |= Q(office__path__startswith=scope.office_path)
    held = Membership.objects.in_force(timezone.localdate()).filter(within, role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("username")
