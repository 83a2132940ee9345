"""Lists behind the figures: whoever is counted in a number is in its list, and nobody else."""

from clients.models import Loan
from exits.models import DecisionPoint, Spell
from exits.queries.figures import ExitFilter

OVERDUE_AFTER = 180
"""Days past due without a payment, after which an open loan is shown apart."""

SPELL_COUNTS = ("B", "new", "returned", "exits", "client", "mfi", "death", "E")
DECISION_COUNTS = ("D", "F")


def spells_counted(user, filter: ExitFilter, count: str):  # noqa: A002
    """The spells behind `B`, `new`, `returned`, `exits`, one cause (`client`, `mfi`, `death`), or `E`."""
    return Spell.objects.none()


def decisions_counted(user, filter: ExitFilter, count: str):  # noqa: A002
    """The decision points behind `D`, and those with a follow-on loan behind `F`."""
    return DecisionPoint.objects.none()


def resting(user, filter: ExitFilter):  # noqa: A002
    """Spells of resting clients, as of the day of the data; the period plays no part."""
    return Spell.objects.none()


def overdue_loans(user, filter: ExitFilter | None = None, days: int = OVERDUE_AFTER):  # noqa: A002
    """Open loans due more than `days` ago, with no payment in the last `days`; annotated with `last_payment`."""
    return Loan.objects.none()


def spells_of(user, client):
    """A client's spells, latest first, with the last loan's product and officer; empty if out of sight."""
    return Spell.objects.none()
