"""The demo's exit definitions, a first one and the one in force today; and calls to clients who rest."""

import datetime as dt
from random import Random

from django.utils import timezone

from exits.actions import define_exit, record_contact
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


def load(*, clients: int, seed: int, today: dt.date) -> None:
    """At first 60 days for every loan; since two years ago 90, and longer after a harvest loan."""
    define_exit(starts_on=dt.date(today.year - 6, 1, 1), window=60, by=None)
    define_exit(starts_on=dt.date(today.year - 2, 1, 1), window=90, product_windows={"AGR": 150}, by=None)


def on_figures(*, seed: int, today: dt.date, **more) -> None:
    """The officer has called some of those who rest, and is to call some of them again."""
    officer, now = User.objects.get(username="officer"), timezone.now()
    rng = Random(seed)  # noqa: S311 nothing secret is drawn
    for number, client in enumerate(to_call(officer).order_by("pk")[:CALLED]):
        result, note, days = SAID[number % len(SAID)]
        record_contact(
            client=client,
            start=client.start,
            at=now - dt.timedelta(days=rng.randint(3, 20)),
            how=rng.choice(Contact.How.values),
            result=result,
            note=note,
            next_on=None if days is None else today + dt.timedelta(days=days),
            by=officer,
        )
