"""Whom to win back: who left of their own will, may be contacted, and would return or asked for a call."""

from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client, Loan
from clients.queries import shown_name, shown_phone
from exits.models import Contact, ExitInterview, GivenReason, Initiative, Spell, SpellBuild
from exits.queries.counted import spells_counted
from exits.queries.figures import ExitFilter
from exits.queries.reference import DIED, RESTING
from exits.queries.register import with_said
from spm.access import Can, reaches_all
from spm.work import About

CALLED = ("at", "result", "next_on")
ASKED = ("at", "callback", "would_return")
Answer, Result = ExitInterview.Answer, Contact.Result

WISHES = (
    Q(consent=True)
    & (Q(callback=True) | Q(may_contact=True, would_return=Answer.YES))
    & ~Q(initiative=Initiative.MFI)
)
"""What an interview must say: whoever asks for a call may be called; whoever would return, if they agreed."""


class Outcome(TextChoices):
    """How far winning back has come. A new loan is read from the records and goes before what calls say."""

    TO_CALL = "to_call", gettext_lazy("Not called yet")
    NOT_REACHED = Result.NOT_REACHED.value, Result.NOT_REACHED.label
    REACHED = Result.REACHED.value, Result.REACHED.label
    RETURNS = Result.RETURNS.value, Result.RETURNS.label
    LEAVES = Result.LEAVES.value, Result.LEAVES.label
    MOVED = Result.MOVED.value, Result.MOVED.label
    BACK = "back", gettext_lazy("Took a new loan")


@dataclass(frozen=True)
class WinBack:
    """How many are on the list, how many of them were called, and how many of each kind came back."""

    n: int
    called: int
    called_back: int
    others_back: int

    @property
    def others(self) -> int:
        """Who has not been called, or came back before anybody did."""
        return self.n - self.called


def winback(user, only: ExitFilter, made: SpellBuild, *, outcome: str = "") -> QuerySet:
    """The stays that ended in the period by the client's own choice, `with_winback`; of this outcome alone.

    Not: who died since or whom we will not have back, whom staff or the client say we sent away, whose latest
    interview does not agree, and who had a new loan before they were asked.
    """
    wishing = ExitInterview.objects.filter(WISHES).order_by().values("client")
    rows = spells_counted(user, only, "client", made=made).filter(
        client__in=wishing, client__status=Client.Status.ACTIVE
    )
    if not reaches_all(user, Can.EXITS_CONTACT, of=Can.EXITS_VIEW):
        rows = rows.filter(client__in=Client.objects.visible_to(user, Can.EXITS_CONTACT).order_by())
    # Nothing is said of who is not confirmed, and nothing is not unlike a word.
    by_choice = Q(confirmed=None) | ~Q(said_initiative=Initiative.MFI) & ~Q(said_code=DIED)
    rows = with_winback(rows).filter(by_choice, wishes=True)
    rows = rows.filter(Q(back_on=None) | Q(back_on__gte=TruncDate("asked_at")))
    return rows.filter(outcome_is(outcome)) if outcome else rows


def outcome_is(outcome: str) -> Q:
    if outcome == Outcome.BACK:
        return Q(back_on__isnull=False)
    result = None if outcome == Outcome.TO_CALL else outcome
    return Q(back_on=None, called_result=result)


def outcome_of(row) -> Outcome:
    if row.back_on:
        return Outcome.BACK
    return Outcome(row.called_result) if row.called_result else Outcome.TO_CALL


def with_winback(spells) -> QuerySet:
    """Each with what staff said (`with_said`); what the latest interview says (`asked`, `asked_at`,
    `asked_callback`, `asked_would_return`, `wishes`, and the main `reason`); the latest call since
    (`called_at`, `called_result`, `called_next_on`) and when the `first_called`; the day of the first loan
    since leaving (`back_on`). None where there is nothing.
    """
    of_stay = {"client": OuterRef("client"), "start": OuterRef("start")}
    asked = ExitInterview.objects.filter(**of_stay).order_by("-at", "-pk")
    wishes = asked.annotate(wishes=ExpressionWrapper(WISHES, output_field=BooleanField()))
    reasons = GivenReason.objects.filter(interview=OuterRef("asked"), part=GivenReason.Part.PRIMARY)
    spells = with_said(spells).annotate(
        asked=Subquery(asked.values("pk")[:1]),
        wishes=Subquery(wishes.values("wishes")[:1]),
        **{f"asked_{name}": Subquery(asked.values(name)[:1]) for name in ASKED},
    )
    calls = Contact.objects.filter(**of_stay, at__gt=OuterRef("asked_at")).order_by("-at", "-pk")
    first = calls.order_by("at", "pk")
    loans = Loan.objects.filter(client=OuterRef("client"), disbursed_on__gt=OuterRef("left_on"))
    return spells.annotate(
        reason=Subquery(reasons.order_by().values("reason")[:1]),
        back_on=Subquery(loans.order_by().values("client").values(day=Min("disbursed_on"))),
        first_called=Subquery(first.values("at")[:1]),
        **{f"called_{name}": Subquery(calls.values(name)[:1]) for name in CALLED},
    )


def in_turn(rows) -> QuerySet:
    """Whom to call first: still to be won; who wishes a call; who would return; who rests; who left last."""
    settled = Case(
        When(back_on__isnull=False, then=Value(2)),
        When(called_result__in=[Result.LEAVES, Result.MOVED], then=Value(1)),
        default=Value(0),
    )
    would = Case(When(asked_would_return=Answer.YES, then=Value(0)), default=Value(1))
    rests = Case(When(said_code=RESTING, then=Value(0)), default=Value(1))
    return rows.order_by(settled, "-asked_callback", would, rests, "-left_on", "pk")


def won_back(rows) -> WinBack:
    """How many of these came back, for those called and for the others.

    Called is whoever was called or visited at least once after the interview, reached or not, before a new
    loan; so who comes back unasked and is called later is no success of the call.
    """
    called = Q(first_called__isnull=False) & (Q(back_on=None) | Q(back_on__gte=TruncDate("first_called")))
    back = Q(back_on__isnull=False)
    found = rows.order_by().aggregate(
        n=Count("pk"),
        called=Count("pk", filter=called),
        called_back=Count("pk", filter=called & back),
        others_back=Count("pk", filter=back) - Count("pk", filter=called & back),
    )
    return WinBack(**found)


# Work: whoever asked for a call is on the list of the own officer


def calls_asked_for() -> QuerySet:
    """Interviews of clients who wait for the call they asked for, and whose officer signs in."""
    of_stay = {"client": OuterRef("client"), "start": OuterRef("start")}
    later = ExitInterview.objects.filter(**of_stay, at__gt=OuterRef("at"))
    ended = Spell.objects.filter(**of_stay, left_on__isnull=False, cause=Spell.Cause.CLIENT)
    since = Spell.objects.filter(client=OuterRef("client"), start__gt=OuterRef("start"))
    called = Contact.objects.filter(**of_stay, at__gt=OuterRef("at"))
    rows = ExitInterview.objects.filter(
        WISHES,
        callback=True,
        client__status=Client.Status.ACTIVE,
        client__officer__user__is_active=True,
    )
    return rows.filter(Exists(ended), ~Exists(since), ~Exists(called), ~Exists(later))


def call_asked_for(client: Client, start) -> ExitInterview | None:
    """The client's latest interview of this stay, where it asks for a call."""
    asked = ExitInterview.objects.filter(client=client, start=start).order_by("-at", "-pk").first()
    return asked if asked and asked.callback else None


def calls_back_due(user, keys: list[str]) -> dict[str, About]:
    """What ``spm.nav.WORK`` asks: who asked for the calls to be made, by the key of the interview."""
    reached = Client.objects.visible_to(user, Can.EXITS_CONTACT).order_by()
    rows = ExitInterview.objects.filter(pk__in=keys, client__in=reached)
    return {
        str(row.pk): _about(row, user) for row in rows.select_related("client__office", "client__officer")
    }


def _about(row: ExitInterview, user) -> About:
    client = row.client
    facts = (
        (_("Client number"), client.external_id),
        (_("Phone"), shown_phone(client, user)),
        (_("How to reach the person"), row.callback_contact),
        (_("Office"), str(client.office)),
        (_("Asked on"), date_format(row.at, "SHORT_DATE_FORMAT")),
    )
    link = reverse("exits:contact-add", query={"client": client.external_id})
    return About(shown_name(client, user), link, tuple(fact for fact in facts if fact[1]))
