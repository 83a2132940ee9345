"""Lists behind the figures: whoever is counted in a number is in its list, and nobody else."""

import datetime as dt

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery

from clients.models import Client, Loan, Repayment
from exits.models import DecisionPoint, Spell, SpellBuild
from exits.queries.conditions import (
    build,
    conditions,
    decision_condition,
    own_portfolio,
    period,
    spell_conditions,
    the_build,
    within_data,
)
from exits.queries.figures import ExitFilter
from spm.access import Can

OVERDUE_AFTER = 180
"""Days past due without a payment, after which an open loan is shown apart."""

WARNED = 1_000
"""Of how many clients at most a warning gives the numbers."""

SPELL_COUNTS = ("B", "new", "returned", "exits", "client", "mfi", "death", "E")
DECISION_COUNTS = ("D", "F")


def spells_counted(user, only: ExitFilter, count: str, *, made: SpellBuild | None = None):
    """The spells behind `B`, `new`, `returned`, `exits`, one cause (`client`, `mfi`, `death`), or `E`.

    `made` as in `whole`. Raises ValueError for another count, else as `whole`.
    """
    behind = spell_conditions(*_period(only, made))
    if count not in behind:
        raise ValueError(f"no spells are behind {count}")
    return Spell.objects.visible_to(user).filter(behind[count], conditions(only))


def decisions_counted(user, only: ExitFilter, count: str, *, made: SpellBuild | None = None):
    """The decision points behind `D`, and those with a follow-on loan behind `F`. As above."""
    if count not in DECISION_COUNTS:
        raise ValueError(f"no decisions are behind {count}")
    decided = decision_condition(*_period(only, made))
    rows = DecisionPoint.objects.visible_to(user).filter(decided, conditions(only))
    return rows.filter(followed=True) if count == "F" else rows


def resting(user, only: ExitFilter | None = None):
    """Spells of clients whose loans have all ended and whose window is not over yet, on the data's day.

    Of the filter the period plays no part.
    """
    kept = conditions(only) if only else Q()
    spells = Spell.objects.visible_to(user).filter(kept)
    if own_portfolio(user) and connection.vendor == "sqlite":
        # By the index of who rests SQLite would go through everybody's for the few of one portfolio.
        rests = ExpressionWrapper(F("resting") + 0, output_field=BooleanField())
        return spells.alias(rests=rests).filter(rests=True)
    return spells.filter(resting=True)


def resting_count(user, only: ExitFilter | None = None) -> int:
    return resting(user, only).count()


def overdue_loans(
    user, only: ExitFilter | None = None, days: int = OVERDUE_AFTER, *, made: SpellBuild | None = None
):
    """Open loans due more than `days` before the data's day, unpaid since: they keep clients for ever.

    With `with_last_payment`. Of the filter the dimensions of the client's ongoing spell count; the period
    plays no part. None before the first build.
    """
    made = made or build()
    if made is None:
        return Loan.objects.none()
    limit = made.as_of - dt.timedelta(days=days)
    kept = conditions(only) if only else Q()
    ongoing = Spell.objects.visible_to(user).filter(kept, client=OuterRef("client"), left_on=None)
    return with_last_payment(
        Loan.objects.filter(closed_on=None, written_off_on=None, due_on__lt=limit).filter(
            Exists(ongoing), ~Exists(Repayment.objects.filter(loan=OuterRef("pk"), on__gte=limit))
        )
    )


def with_last_payment(loans):
    """Annotated with `last_payment`, the day of the last repayment or None."""
    latest = Repayment.objects.filter(loan=OuterRef("pk")).order_by("-on").values("on")[:1]
    return loans.annotate(last_payment=Subquery(latest))


def overdue_count(
    user, only: ExitFilter | None = None, days: int = OVERDUE_AFTER, *, made: SpellBuild | None = None
) -> int:
    return overdue_loans(user, only, days, made=made).count()


def ignored_clients(user, *, made: SpellBuild | None = None):
    """Visible clients recorded as deceased or expelled on a day that no stay holds, by number."""
    made = made or build()
    numbers = made.warnings if made else []
    clients = Client.objects.visible_to(user, Can.EXITS_VIEW)
    return clients.filter(external_id__in=numbers).order_by("external_id") if numbers else clients.none()


def statuses_no_spell_holds(day: dt.date) -> list[str]:
    """Numbers of clients with a spell, deceased or expelled by the day but on none that a spell holds."""
    of_client = Spell.objects.filter(client=OuterRef("pk")).order_by()
    known = Client.objects.exclude(status=Client.Status.ACTIVE).filter(status_on__lte=day)
    ignored = known.filter(Exists(of_client), ~Exists(of_client.filter(left_on=OuterRef("status_on"))))
    return sorted(ignored.order_by("pk").values_list("external_id", flat=True)[:WARNED])


def spells_of(user, client):
    """A client's spells, latest first, with the last loan's product and officer; empty if out of sight."""
    rows = Spell.objects.visible_to(user).filter(client=client)
    return rows.select_related("product", "officer", "last_loan").order_by("-start")


def _period(only, made):
    made = made or the_build()
    return period(within_data(only, made), made)
