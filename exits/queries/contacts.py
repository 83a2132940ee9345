"""Calls and visits to clients who are resting or have left."""

import datetime as dt
import uuid

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import Client
from clients.queries import shown_name, shown_phone
from exits.models import Contact, Spell
from spm.access import Can
from spm.work import About


def contacts_of(user, client: Client):
    """The client's calls and visits, latest first; empty if out of sight."""
    return Contact.objects.visible_to(user).filter(client=client).select_related("by")


def latest_start(client: Client) -> dt.date | None:
    """When the client's latest stay began; None for who never was a client."""
    return Spell.objects.filter(client=client).order_by("-start").values_list("start", flat=True).first()


def about_contact(client: Client, user, last: Contact | None, *, reached_by: str = "") -> About:
    """The client as whoever calls needs to know them; ``last`` is the latest call or visit, ``reached_by``
    how somebody who left asked to be called.
    """
    facts = [
        (_("Client number"), client.external_id),
        (_("Phone"), shown_phone(client, user)),
        (_("How to reach the person"), reached_by),
        (_("Office"), str(client.office)),
    ]
    if last:
        on = date_format(last.at, "SHORT_DATE_FORMAT")
        facts.append((_("Last time"), f"{on} · {last.get_result_display()}"))
        facts.append((_("Note"), last.note))
    link = reverse("exits:contact-add", query={"client": client.external_id})
    return About(shown_name(client, user), link, tuple(fact for fact in facts if fact[1]))


def contacts_due(user, keys: list[str]) -> dict[str, About]:
    """What ``spm.nav.WORK`` asks: whom the calls to come are to, by the key of the one that promised them."""
    asked = Contact.objects.visible_to(user).filter(pk__in=map(uuid.UUID, keys))
    rows = asked.select_related("client__office", "client__officer")
    return {str(contact.pk): about_contact(contact.client, user, contact) for contact in rows}


def to_call(user):
    """The clients in reach who are resting, with ``start``, the day on which their stay began."""
    resting = Spell.objects.filter(client=OuterRef("pk"), resting=True).values("start")[:1]
    clients = Client.objects.visible_to(user, Can.EXITS_CONTACT)
    return clients.annotate(start=Subquery(resting)).filter(start__isnull=False)
