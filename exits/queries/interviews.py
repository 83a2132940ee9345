"""Who is asked why they left, by whom, and whether that person may."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, Max, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import Client, ClientAlias, Office
from clients.queries import client_numbered, shown_name, shown_phone
from exits.models import ExitInterview, GivenReason, RegisteredExit, SampledLeaver, Spell
from exits.queries.figures import add_months
from exits.queries.of_record import OF_RECORD, record_facts, with_record
from exits.queries.register import ended_stay
from spm import observed
from spm.access import Can
from spm.work import About

Round = ExitInterview.Round
AGAIN = ":again"
OF_STAY = {
    "left_on": "left_on",
    "cause": "cause",
    "officer": "officer__name",
    "group": "group__name",
    "sex": "sex",
    "age": "age",
    "cycle": "cycle",
    "product": "product__name",
    "principal": "last_loan__principal",
    "loan_status": "last_loan__status",
    "loan_due_on": "last_loan__due_on",
    "loan_closed_on": "last_loan__closed_on",
    "loan_written_off_on": "last_loan__written_off_on",
    "days_late": "last_loan__days_late",
    "outstanding": "last_loan__outstanding",
    **{name: name for name in OF_RECORD},
}
OF_CONFIRMED = {name: name for name in ("leaver_type", "staff_reason", "staff_first")}
"""What a file of interviews adds of the stay that ended, and of what staff say; and where each has it."""


@dataclass(frozen=True)
class ToAsk:
    """Whom somebody may ask, of which stay, and how often before; ``sampled`` where it is assigned."""

    client: Client
    start: dt.date
    round: Round = Round.FIRST
    sampled: SampledLeaver | None = None


class OwnOfficer(Exception):
    """Clients are not asked by their own officer, unless a reason for it is kept with the sample."""


def key_of(sampled: SampledLeaver, round_: int) -> str:
    """What the interview is called as work."""
    return f"{sampled.pk}{AGAIN if round_ == Round.AGAIN else ''}"


def is_own_officer(client: Client, user) -> bool:
    return client.officer is not None and client.officer.user_id == user.pk


def assigned(user):
    """All whom the user is or was to ask, the latest first."""
    theirs = Q(interviewer=user.pk) | Q(again_interviewer=user.pk)
    rows = SampledLeaver.objects.visible_to(user).filter(theirs)
    return rows.select_related("client__office", "client__officer").order_by("-pk")


def still_assigned(user):
    """Those of them who were drawn and whom the user has yet to ask."""
    held = ExitInterview.objects.filter(sampled=OuterRef("pk"))
    first = Q(interviewer=user.pk) & ~Exists(held.filter(round=Round.FIRST))
    again = Q(again_interviewer=user.pk) & ~Exists(held.filter(round=Round.AGAIN))
    return assigned(user).filter(first | again, state=SampledLeaver.State.DRAWN)


def round_of(sampled: SampledLeaver, user) -> Round:
    """In which round the user asks this person."""
    return Round.FIRST if sampled.interviewer_id == user.pk else Round.AGAIN


def to_ask(user, number: str, *, among=still_assigned) -> ToAsk | None:
    """Whom the user may ask under this client number: by assignment, or in the user's own scope the latest
    stay that has ended. None where nobody; OwnOfficer where it is the client's own officer.

    What was written without a connection is taken from whoever was to ask: ``among=assigned``.
    """
    was = ClientAlias.objects.filter(external_id=number).values("client")
    rows = among(user).filter(Q(client__external_id=number) | Q(client__in=was))
    sampled = rows.first()
    if sampled:
        if is_own_officer(sampled.client, user) and not sampled.override_reason:
            raise OwnOfficer
        return ToAsk(sampled.client, sampled.start, round_of(sampled, user), sampled)
    client = client_numbered(number, user, Can.EXITS_INTERVIEW)
    if client is None:
        return None
    if is_own_officer(client, user):
        raise OwnOfficer
    stay = ended_stay(client)
    return ToAsk(client, stay.start) if stay else None


def may_read_words(interview: ExitInterview, user) -> bool:
    """May the user read what was said, in its own words? Whoever asked may, and managers of the client."""
    return interview.by_id == user.pk or interview.client.is_visible_to(user, Can.EXITS_VERBATIM)


@dataclass(frozen=True)
class InterviewFilter:
    """Which interviews: held from the first day of one month to the last of another, of an office and those
    below it, about a stay with a product and of a type of leaver, for a main reason or any under a head;
    with a ``complaint`` only those who wish one to be handed on.

    None and "" are everything.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    office: Office | None = None
    product: str = ""
    leaver_type: str = ""
    reason: str = ""
    consent: bool | None = None
    complaint: bool = False


def interviews(user, only: InterviewFilter = InterviewFilter()):
    """The interviews in reach, the latest first, with the names of their main and first reasons."""
    rows = ExitInterview.objects.visible_to(user).select_related("client__office", "client__officer", "by")
    return _kept(rows, user, only).prefetch_related("reasons__reason").order_by("-at", "pk")


def with_stay(rows, user):
    """Each with what is known of the stay as ``stay_…`` (`OF_STAY`) and as staff see it as ``said_…``
    (`OF_CONFIRMED`); None where that is out of the user's reach.
    """
    of_stay = {"client": OuterRef("client"), "start": OuterRef("start")}
    stays = with_record(Spell.objects.visible_to(user).filter(**of_stay).order_by())
    confirmed = RegisteredExit.objects.visible_to(user).filter(**of_stay).order_by()
    known = {f"stay_{name}": Subquery(stays.values(path)[:1]) for name, path in OF_STAY.items()}
    said = {f"said_{name}": Subquery(confirmed.values(path)[:1]) for name, path in OF_CONFIRMED.items()}
    return rows.annotate(**known, **said)


def _kept(rows, user, only: InterviewFilter):
    if only.start:
        rows = rows.filter(at__gte=_midnight(only.start))
    if only.end:
        rows = rows.filter(at__lt=_midnight(add_months(only.end, 1)))
    if only.office:
        rows = rows.filter(client__office__path__startswith=only.office.path)
    if only.consent is not None:
        rows = rows.filter(consent=only.consent)
    if only.complaint:
        rows = rows.filter(complaint_on=True)
    # Who asked somebody out of their reach learns nothing more about them by filtering.
    of_stay = {"client": OuterRef("client"), "start": OuterRef("start")}
    if only.product:
        stays = Spell.objects.visible_to(user).filter(**of_stay, product__code=only.product)
        rows = rows.filter(Exists(stays))
    if only.leaver_type:
        said = RegisteredExit.objects.visible_to(user).filter(**of_stay, leaver_type__code=only.leaver_type)
        rows = rows.filter(Exists(said))
    if only.reason:
        named = Q(reason__code=only.reason) | Q(reason__head=only.reason)
        main = GivenReason.objects.filter(named, interview=OuterRef("pk"), part=GivenReason.Part.PRIMARY)
        rows = rows.filter(Exists(main))
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def held_between(user) -> tuple[dt.date, dt.date] | None:
    """The first and the last day on which interviews in reach were held."""
    held = ExitInterview.objects.visible_to(user).order_by().aggregate(first=Min("at"), last=Max("at"))
    if held["first"] is None:
        return None
    return timezone.localtime(held["first"]).date(), timezone.localtime(held["last"]).date()


def reasons_given(interview: ExitInterview, part: str) -> list[GivenReason]:
    return [given for given in interview.reasons.all() if given.part == part]


def about_interview(asked: ToAsk, user) -> About:
    """The client as whoever asks needs to know them: who is assigned reads the name, wherever it is."""
    client, stay = asked.client, _ended({asked.client.pk}).filter(start=asked.start).first()
    if asked.sampled:
        observed.saw(user, client.pk)
        name, phone = client.name, client.phone
    else:
        name, phone = shown_name(client, user), shown_phone(client, user)
    return _about(client, name, phone, stay)


def _ended(clients: Iterable[int]):
    """The stays of these clients that ended, with what the records know of each."""
    ended = Spell.objects.filter(client__in=clients, left_on__isnull=False)
    return with_record(ended).select_related("last_loan")


def _about(client: Client, name: str, phone: str, stay: Spell | None) -> About:
    facts = [
        (_("Client number"), client.external_id),
        (_("Phone"), phone),
        (_("Office"), str(client.office)),
        (_("Officer"), str(client.officer or "")),
    ]
    if stay:
        facts.append((_("Client since"), date_format(stay.start, "SHORT_DATE_FORMAT")))
        facts.append((_("Left on"), date_format(stay.left_on, "SHORT_DATE_FORMAT")))
        facts += record_facts(stay)
    link = reverse("exits:interview-add", query={"client": client.external_id})
    return About(name, link, tuple(fact for fact in facts if fact[1]))


def interviews_due(user, keys: list[str]) -> dict[str, About]:
    """What ``spm.nav.WORK`` asks: whom the interviews to be held are with, by key."""
    numbers = {int(key.removesuffix(AGAIN)) for key in keys}
    rows = {row.pk: row for row in still_assigned(user).filter(pk__in=numbers)}
    ended = _ended({row.client_id for row in rows.values()})
    stays = {(stay.client_id, stay.start): stay for stay in ended}
    found = {}
    for key in keys:
        row = rows.get(int(key.removesuffix(AGAIN)))
        if row is None or key != key_of(row, round_of(row, user)):
            continue
        observed.saw(user, row.client_id)
        stay = stays.get((row.client_id, row.start))
        found[key] = _about(row.client, row.client.name, row.client.phone, stay)
    return found
