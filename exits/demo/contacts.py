"""Calls and visits to clients who rest: by the officer to the own ones, by the branch's manager to others."""

import datetime as dt
from random import Random

from django.utils import timezone

from exits.actions import record_contact
from exits.models import Contact
from exits.queries.contacts import to_call
from spm.models import User

Result = Contact.Result
CALLED = 12
# What came of it, what was said, and in how many days the next try is.
SAID = (
    (Result.REACHED, "Quiere un préstamo más pequeño para la campaña.", 0),
    (Result.NOT_REACHED, "", 0),
    (Result.RETURNS, "Vendrá después de la feria.", 3),
    (Result.LEAVES, "Tiene préstamo en otra institución.", None),
    (Result.REACHED, "Espera la cosecha.", -2),
    (Result.MOVED, "Vive ahora en la ciudad.", None),
)


def call(rng: Random, today: dt.date) -> None:
    """Some of those who rest have been called, and some of them are to be called again."""
    officer = User.objects.get(username="officer")
    manager = User.objects.get(username="branch-manager")
    _call(rng, today, officer, to_call(officer))
    _call(rng, today, manager, to_call(manager).exclude(officer__user=officer))


def _call(rng, today, by, clients):
    now = timezone.now()
    for number, client in enumerate(clients.order_by("pk")[:CALLED]):
        result, note, days = SAID[number % len(SAID)]
        record_contact(
            client=client,
            start=client.start,
            at=now - dt.timedelta(days=rng.randint(3, 20)),
            how=rng.choice(Contact.How.values),
            result=result,
            note=note,
            next_on=None if days is None else today + dt.timedelta(days=days),
            by=by,
        )
