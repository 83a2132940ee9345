"""Which definition counts, and as of which day the data speak."""

import datetime as dt

from django.db.models import Max, Q
from django.utils import timezone

from clients.models import ImportBatch, Loan
from exits.models import ExitDefinition
from spm.models import Job


def definition_in_force(day: dt.date) -> ExitDefinition:
    """The version in force on ``day``; where none is, one that is not stored: 90 days, without savings."""
    return ExitDefinition.objects.in_force(day) or ExitDefinition(starts_on=day)


def data_as_of() -> dt.date | None:
    """The latest day that any import brought data of, else the latest date of the loans up to today."""
    done = ImportBatch.objects.filter(state=ImportBatch.State.DONE)
    return done.aggregate(day=Max("data_as_of"))["day"] or _latest_loan_date(timezone.localdate())


def rebuild_job() -> Job | None:
    """The latest job that was to count the figures."""
    return Job.objects.filter(work="exits.rebuild_spells").first()


def _latest_loan_date(today):
    dates = ("disbursed_on", "closed_on", "written_off_on")
    latest = Loan.objects.aggregate(**{d: Max(d, filter=Q(**{f"{d}__lte": today})) for d in dates})
    return max((day for day in latest.values() if day), default=None)
