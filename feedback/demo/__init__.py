"""A year of complaints and suggestions in the demo's institution, each as far as it has come."""

import datetime as dt
from random import Random

from django.utils import timezone

from clients.models import Client, Office
from feedback import actions
from feedback.demo.words import SAID
from feedback.models import Category, Complaint
from spm.models import User

MADE = 60
WAYS = ("officer", "branch", "branch", "meeting", "box", "hotline", "hotline", "sms", "mail", "page")
ANSWERS = ("yes", "yes", "yes", "no", "unknown")


def load(*, seed: int, today: dt.date, **more) -> None:
    """Most are closed in time, some late; of the last weeks some are open, and some overdue."""
    rng = Random(seed)  # noqa: S311 nothing secret is drawn
    desk, officer = (User.objects.get(username=name) for name in ("desk", "officer"))
    kinds = {row.code: row for row in Category.objects.exclude(head="")}
    offices = list(Office.objects.filter(kind=Office.Kind.BRANCH).order_by("code"))
    people = list(Client.objects.select_related("office", "officer__user").order_by("pk")[:400])
    ages = sorted((int(365 * rng.random() ** 1.6) for _number in range(MADE)), reverse=True)
    for number, age in enumerate(ages):
        code, text, kind = SAID[number % len(SAID)]
        client = rng.choice(people) if people and number % 3 else None
        at = timezone.now() - dt.timedelta(days=age, hours=rng.randint(1, 8))
        channel = WAYS[number % len(WAYS)]
        by = {"page": None, "sms": None, "officer": officer}.get(channel, desk)
        complaint = actions.receive_complaint(
            kind=kind,
            text=text,
            channel=channel,
            office=client.office if client else rng.choice(offices),
            client=client,
            language="es",
            at=at,
            by=by,
        )
        follow(complaint, kinds[code], at, rng, desk)
    actions.escalate_overdue()


def follow(complaint: Complaint, category: Category, at: dt.datetime, rng: Random, desk: User) -> None:
    """What the desk did with it, day after day until today."""
    now, days = timezone.now(), iter(sorted(rng.randint(0, 24) for _step in range(4)))

    def do(action, when, **given):
        done = getattr(actions, action)
        done(complaint=complaint, version=complaint.version, at=when, by=desk, **given)

    steps = (
        ("sort_complaint", {"category": category}),
        ("assign", {"to": desk}),
        (
            "resolve",
            {"outcome": rng.choice(["upheld", "partly", "rejected"]), "resolution": rng.choice(DONE)},
        ),
        ("close", {"note": "No se pudo ubicar al cliente." if rng.random() < 0.2 else ""}),
    )
    for (action, given), day in zip(steps, days, strict=True):
        when = at + dt.timedelta(days=day)
        if when > now:
            return
        if action == "close" and not given["note"]:
            said = {"accepted": rng.choice(ANSWERS), "satisfied": rng.choice(ANSWERS)}
            do("tell", when, told_on=timezone.localdate(when), told_how="por teléfono", **said)
        do(action, when, **given)


DONE = (
    "Se pidió disculpas y se corrigió.",
    "Se devolvió el cobro de más.",
    "Se explicó el contrato, paso por paso.",
    "Se habló con el personal de la oficina.",
)
