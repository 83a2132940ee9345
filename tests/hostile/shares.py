"""Which cases a run tries: all of them where time allows, else those that tell most."""

import os

from django.db import connection

SCALE = float(os.environ.get("SPM_EXAMPLES", "1"))
FULL = SCALE >= 1


def some(cases: list) -> list:
    """All on SQLite; on the other database every eighth, if not all cases are asked for."""
    return cases if FULL or connection.vendor == "sqlite" else cases[::8]
