"""Who asked for a call is called, and others who would come back: most of them, with every result."""

import datetime as dt
from random import Random

from django.utils import timezone

from clients.models import Client
from exits.actions import record_contact, record_interview
from exits.demo.leavers import reasons
from exits.models import Contact, ExitInterview, Spell
from exits.queries import ExitFilter, build
from exits.queries.winback import in_turn, winback
from spm.models import User

Result = Contact.Result
CALLED = 0.6
# What came of it, what was said, and in how many days the next try is.
SAID = (
    (Result.NOT_REACHED, "", 2),
    (Result.REACHED, "Lo piensa hasta fin de mes.", 6),
    (Result.RETURNS, "Vendrá con los papeles.", None),
    (Result.LEAVES, "Ya tiene préstamo en otra parte.", None),
    (Result.REACHED, "Quiere saber si la cuota puede ser mensual.", 3),
)


def call_back(rng: Random, today: dt.date) -> None:
    manager = User.objects.get(username="manager")
    officers = {user.officer.pk: user for user in User.objects.filter(officer__isnull=False)}
    made = build()
    since_last_year = ExitFilter(dt.date(today.year - 1, 1, 1), made.as_of.replace(day=1))
    for row in in_turn(winback(manager, since_last_year, made)).select_related("client"):
        if rng.random() > CALLED:
            continue
        result, note, days = (Result.RETURNS, "", None) if row.back_on else rng.choice(SAID)
        record_contact(
            client=row.client,
            start=row.start,
            at=_between(rng, row),
            how=rng.choice(Contact.How.values),
            result=result,
            note=note,
            next_on=None if days is None else today + dt.timedelta(days=days),
            by=officers.get(row.client.officer_id, manager),
        )

    _one_waits(User.objects.get(username="officer"), manager)


def _one_waits(officer: User, manager: User) -> None:
    """Somebody of the officer's asked for a call the day before yesterday."""
    gone = Spell.objects.filter(portfolio__user=officer, cause=Spell.Cause.CLIENT)
    gone = gone.filter(client__exit_interviews=None, client__status=Client.Status.ACTIVE)
    spell = gone.exclude(client__spells__left_on=None).order_by("-left_on", "pk").first()
    if spell:
        record_interview(
            client=spell.client,
            start=spell.start,
            at=timezone.now() - dt.timedelta(days=2),
            consent=True,
            primary=reasons()["loan_size"],
            would_return=ExitInterview.Answer.YES,
            may_contact=True,
            callback=True,
            callback_contact="Al celular, después de las seis",
            by=manager,
        )


def _between(rng, row) -> dt.datetime:
    """After the interview, and before the new loan where there is one."""
    until = timezone.now()
    if row.back_on:
        until = timezone.make_aware(dt.datetime.combine(row.back_on, dt.time.min))
    return row.asked_at + max(until - row.asked_at, dt.timedelta()) * rng.uniform(0.1, 0.8)
