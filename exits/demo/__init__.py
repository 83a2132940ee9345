"""The demo's exit definitions, a first one and the one in force today; calls to clients who rest; and what is
known of those who left: confirmed exits, interviews, a sample, calls to win them back.
"""

import datetime as dt
from random import Random

from django.db import transaction

from exits.actions import define_exit
from exits.demo.asked import ask
from exits.demo.contacts import call
from exits.demo.leavers import tell
from exits.demo.sample import draw
from exits.demo.winback import call_back


def load(*, clients: int, seed: int, today: dt.date) -> None:
    """At first 60 days for every loan; since two years ago 90, and longer after a harvest loan."""
    define_exit(starts_on=dt.date(today.year - 6, 1, 1), window=60, by=None)
    define_exit(starts_on=dt.date(today.year - 2, 1, 1), window=90, product_windows={"AGR": 150}, by=None)


def on_figures(*, seed: int, today: dt.date, **more) -> None:
    rng = Random(seed)  # noqa: S311 nothing secret is drawn
    with transaction.atomic():
        call(rng, today)
        leavers = tell(rng, today)
        ask(rng, leavers, draw(rng, leavers, today))
        call_back(rng, today)
