"""The words that the methods share."""

import datetime as dt
from collections.abc import Mapping

Window = int | Mapping[str | None, int]
"""Days a client may rest: one number, or a number for each product (None: every product not named)."""

Day = dt.date | dt.datetime | str
"""A date, a moment whose date counts, or ISO text."""

CLIENT, MFI, DEATH = "client", "mfi", "death"
CAUSES = (CLIENT, MFI, DEATH)
"""Why a spell ended: by the client's own choice, by the institution's (expelled, written off), by death."""

DECEASED, EXPELLED = "deceased", "expelled"
