"""What the cost of exit is worked out from: the published figures of a year, and the work recorded in it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.timezone import make_aware

from clients.models import Client, Office
from exits.methods import ALL_RATES, CLIENT, Counts
from exits.models import Contact, ExitDefinition, ExitInterview, RegisteredExit, SpellBuild
from exits.queries.figures import ExitFilter, Figures, add_months, last_day, month_of
from exits.queries.rollup import data_span, whole
from spm.access import Can

RATES = {rate.name: rate for rate in ALL_RATES}
USUAL = "exit_dealt_with"
"""The exit rate where the institution's own formula is one of retention."""
YEARS = 5
"""How many calendar years are offered at most."""


@dataclass(frozen=True)
class Base:
    """The exit rate of a year by the institution's formula, and the clients whom one point of it is of."""

    figures: Figures
    formula: str

    @property
    def rate(self) -> float | None:
        return self.figures.rates[self.formula]

    @property
    def own_choice(self) -> float | None:
        """The part of the rate that are exits by own choice: nobody is kept from dying."""
        return RATES[self.formula].value(self._counts(), (CLIENT,))

    @property
    def clients(self) -> float:
        return RATES[self.formula].denominator(self._counts(), (CLIENT,))

    def _counts(self) -> Counts:
        said = self.figures
        return Counts(said.B, said.new, said.returned, said.causes, said.E, said.D, said.F)


@dataclass(frozen=True)
class Work:
    """What was recorded in a year of watching exits: interviews, exits confirmed, calls and visits."""

    interviews: int
    confirmations: int
    calls: int


def known_years(user, made: SpellBuild) -> dict[str, tuple[dt.date, dt.date]]:
    """Years whose exits are all known, by name: "last" for the last twelve whole months, then calendar years.

    Each is the first days of its first and last month.
    """
    known = made.as_of - dt.timedelta(days=made.longest_window)
    last = month_of(known + dt.timedelta(days=1))
    offered = {"last": (add_months(last, -12), add_months(last, -1))}
    span = data_span(user, made=made)
    first = span[0].year if span else known.year
    for year in range(known.year, max(first, known.year - YEARS) - 1, -1):
        months = dt.date(year, 1, 1), dt.date(year, 12, 1)
        if last_day(months[1]) <= known:
            offered[str(year)] = months
    return offered


def base_of(user, months: tuple[dt.date, dt.date], office: str | None, made: SpellBuild) -> Base:
    """The figures of these months, of everybody in reach or of an office (its code) and all below it."""
    figures = whole(user, ExitFilter(*months, office=office), made=made)
    own = (made.definition or ExitDefinition()).formula
    return Base(figures, own if RATES[own].by_cause else USUAL)


def work_of(user, months: tuple[dt.date, dt.date], office: Office | None) -> Work:
    """The work recorded in these months about the same clients."""
    clients = Client.objects.visible_to(user, Can.EXITS_VIEW).order_by()
    if office is not None:
        clients = clients.filter(office__in=Office.objects.under(office))
    first, after = months[0], add_months(months[1], 1)
    start, end = (make_aware(dt.datetime.combine(day, dt.time.min)) for day in (first, after))
    counted = [
        rows.objects.visible_to(user).filter(at__gte=start, at__lt=end, client__in=clients).count()
        for rows in (ExitInterview, RegisteredExit, Contact)
    ]
    return Work(*counted)
