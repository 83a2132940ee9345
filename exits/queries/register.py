"""Stays that have ended, and what staff say of them."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, Subquery, TextChoices
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from clients.models import Client
from clients.queries import shown_name, shown_phone
from exits.models import ExitInterview, RegisteredExit, Spell, SpellBuild
from exits.queries.counted import spells_counted
from exits.queries.figures import ExitFilter
from spm.access import Can
from spm.work import About

RECENT = dt.timedelta(days=30)
"""How long after its end is known a stay is still put onto somebody's list."""
Stay = tuple[int, dt.date]


def key_of(client: int, start: dt.date) -> str:
    """What a stay is called as work: the client's id and the day on which it began."""
    return f"{client}:{start.isoformat()}"


def stay_of(key: str) -> Stay:
    client, start = key.split(":")
    return int(client), dt.date.fromisoformat(start)


def ended_stay(client: Client, start: dt.date | None = None) -> Spell | None:
    """The client's stay that began on ``start`` and has ended; the latest that has, without a day."""
    ended = Spell.objects.filter(client=client, left_on__isnull=False)
    return (ended.filter(start=start) if start else ended).order_by("-start").first()


def to_confirm(made: SpellBuild):
    """Stays known to have ended of late, of clients with an officer who signs in: not confirmed, and not
    followed by another stay.
    """
    of_client = {"client": OuterRef("client")}
    confirmed = RegisteredExit.objects.filter(**of_client, start=OuterRef("start"))
    later = Spell.objects.filter(**of_client, start__gt=OuterRef("start"))
    # A stay has ended on its last day, which is known when the window has run out.
    since = made.as_of - dt.timedelta(days=made.longest_window) - RECENT
    ended = Spell.objects.filter(left_on__gt=since)
    return ended.filter(~Exists(confirmed), ~Exists(later), portfolio__user__is_active=True)


def settled(stays: Iterable[Stay]) -> set[Stay]:
    """Of these stays those of which nothing is to be confirmed: done, followed by another, or not ended."""
    stays = set(stays)
    clients = {client for client, _start in stays}
    done = set(RegisteredExit.objects.filter(client__in=clients).values_list("client", "start"))
    ended, latest = set(), {}
    for client, start, left_on in Spell.objects.filter(client__in=clients).values_list(
        "client", "start", "left_on"
    ):
        latest[client] = max(start, latest.get(client, start))
        if left_on:
            ended.add((client, start))
    is_open = {stay for stay in stays & ended - done if latest[stay[0]] == stay[1]}
    return stays - is_open


class Known(TextChoices):
    """How far an exit is known."""

    ENDED = "ended", pgettext_lazy("an exit", "Ended")
    CONFIRMED = "confirmed", gettext_lazy("Confirmed")
    RETURNED = "returned", pgettext_lazy("an exit", "Came back")


KNOWN = {
    Known.ENDED: Q(confirmed=None, returned=False),
    Known.CONFIRMED: Q(confirmed__isnull=False, returned=False),
    Known.RETURNED: Q(returned=True),
}
SAID = {
    "confirmed": "pk",
    "said_type": "leaver_type",
    "said_code": "leaver_type__code",
    "said_initiative": "initiative",
    "said_tone": "tone",
}
"""What the register adds to a stay, and where the confirmation has it."""


def register(user, only: ExitFilter, made: SpellBuild, *, known: str = "", code: str = ""):
    """The stays that ended in the period, as `with_said`; as far ``known``, and of the type of this code."""
    rows = with_said(spells_counted(user, only, "exits", made=made))
    if known:
        rows = rows.filter(KNOWN[Known(known)])
    return rows.filter(said_code=code) if code else rows


def with_said(spells):
    """Each with what staff said of it (`SAID`; None where nobody has) and whether the client ``returned``."""
    of_stay = {"client": OuterRef("client"), "start": OuterRef("start")}
    confirmed = RegisteredExit.objects.filter(**of_stay).order_by()
    later = Spell.objects.filter(client=OuterRef("client"), start__gt=OuterRef("start")).order_by()
    said = {name: Subquery(confirmed.values(path)[:1]) for name, path in SAID.items()}
    return spells.annotate(returned=Exists(later), **said)


def known_of(row) -> Known:
    if row.returned:
        return Known.RETURNED
    return Known.CONFIRMED if row.confirmed else Known.ENDED


def about_exit(client: Client, spell: Spell, user) -> About:
    """The client as whoever confirms the exit needs to know them."""
    began, left = (date_format(day, "SHORT_DATE_FORMAT") for day in (spell.start, spell.left_on))
    facts = (
        (_("Client number"), client.external_id),
        (_("Phone"), shown_phone(client, user)),
        (_("Client since"), began),
        (_("Left on"), left),
        (_("Cause, as the records say"), spell.get_cause_display()),
    )
    query = {"client": client.external_id, "start": spell.start.isoformat()}
    link = reverse("exits:exit-confirm", query=query)
    return About(shown_name(client, user), link, tuple(fact for fact in facts if fact[1]))


def exits_to_confirm(user, keys: list[str]) -> dict[str, About]:
    """What ``spm.nav.WORK`` asks: whom the exits to be confirmed are of, by key."""
    stays = {stay_of(key): key for key in keys}
    asked = Client.objects.visible_to(user, Can.EXITS_CONFIRM).filter(pk__in={pk for pk, _start in stays})
    clients = {client.pk: client for client in asked.select_related("office", "officer")}
    spells = Spell.objects.filter(client__in=clients, left_on__isnull=False)
    return {
        stays[spell.client_id, spell.start]: about_exit(clients[spell.client_id], spell, user)
        for spell in spells
        if (spell.client_id, spell.start) in stays
    }


def with_known(spells, user, client: Client) -> list[Spell]:
    """The client's stays, each with its ``confirmed`` exit and the exit interview ``asked``; None without."""
    confirmed = (
        RegisteredExit.objects.visible_to(user).filter(client=client).select_related("leaver_type", "by")
    )
    asked = ExitInterview.objects.visible_to(user).filter(client=client, consent=True).order_by("-at")
    exits, interviews = ({row.start: row for row in rows} for rows in (confirmed, asked))
    spells = list(spells)
    for spell in spells:
        spell.confirmed, spell.asked = exits.get(spell.start), interviews.get(spell.start)
    return spells
