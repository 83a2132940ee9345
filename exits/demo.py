"""The demo's exit definitions: a first one, and the one in force today."""

import datetime as dt

from exits.actions import define_exit


def load(*, clients: int, seed: int, today: dt.date) -> None:
    """At first 60 days for every loan; since two years ago 90, and longer after a harvest loan."""
    define_exit(starts_on=dt.date(today.year - 6, 1, 1), window=60, by=None)
    define_exit(starts_on=dt.date(today.year - 2, 1, 1), window=90, product_windows={"AGR": 150}, by=None)
