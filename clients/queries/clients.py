"""Reads of clients for pages: who matches, what a user may read of them, how they stand, what happened."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, Sum, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.methods import fold
from clients.models import Client, ClientAlias, ImportBatch, Loan, Office, Officer
from clients.queries.brief import OF_CLIENT, ClientInBrief, LoanInBrief, loans_in_brief
from spm import observed
from spm.access import Can, reaches_all

MOST_WORDS = 8
AT_ONCE = 2_000
"""Clients whose loans are asked for in one go."""
FEW = 20_000
"""Rows up to which gathering and sorting them takes less than meeting them in order."""


class Standing(TextChoices):
    """How a client stands by the loan records, without any exit window."""

    OPEN = "open", _("Open loan")
    LATE = "late", _("Late with a loan")
    CLOSED = "closed", _("No open loan")
    NONE = "none", _("No loan yet")
    DECEASED = "deceased", _("Deceased")
    EXPELLED = "expelled", _("Expelled")


# The mark that goes with a standing (see the status component).
MARKS = {Standing.OPEN: "ok", Standing.LATE: "act", Standing.DECEASED: "act", Standing.EXPELLED: "act"}

IS_OPEN = Q(closed_on=None, written_off_on=None)


# What a user may read of a client


def may_identify(client: Client | ClientInBrief, user) -> bool:
    """May the user read this client's name and phone? Asks no query where office and officer are loaded."""
    return client.is_visible_to(user, Can.CLIENTS_IDENTIFY)


def masked_name(name: str) -> str:
    """The initials alone: ``Rosa Mamani`` is shown as ``R••• M•••``."""
    return " ".join(f"{word[0]}•••" for word in name.split())


def shown_name(client: Client | ClientInBrief, user) -> str:
    """The name as the user may read it; in clear it goes into the page's line of the audit trail."""
    if not may_identify(client, user):
        return masked_name(client.name)
    observed.saw(user, client.pk)
    return client.name


def shown_phone(client: Client, user) -> str:
    if not may_identify(client, user):
        return ""
    observed.saw(user, client.pk)
    return client.phone


# Which clients


def matching(clients, text: str, user):
    """The clients whose name holds every word of ``text``, or whose number it is: their own, one that they
    had before they were merged, or a loan's.

    Accents, case, order and double spaces do not matter. Names are searched only where the user may
    read them, so that a masked name cannot be found out by guessing.
    """
    number = text.strip()
    spellings = {number, number.upper(), number.lower()}
    # Asked apart: two conditions on two tables keep the search by name from its index.
    numbered = list(
        clients.filter(external_id__in=spellings)
        .order_by()
        .values_list("pk", flat=True)
        .union(
            ClientAlias.objects.filter(external_id__in=spellings).values_list("client"),
            Loan.objects.filter(external_id__in=spellings).order_by().values_list("client"),
        )
        .order_by()
    )
    found = _named(fold(text).split()[:MOST_WORDS], user)
    return clients.filter(found | Q(pk__in=numbered) if numbered else found)


def client_numbered(number: str, user, permission=Can.CLIENTS_VIEW) -> Client | None:
    """The client in reach who has this number, or had it before a merge; with office and officer loaded."""
    clients = Client.objects.visible_to(user, permission).select_related("office", "officer")
    number = number.strip()
    was = ClientAlias.objects.filter(external_id=number).values("client")
    return clients.filter(external_id=number).first() or clients.filter(pk__in=was).first()


def survivor_of(pk: int, user) -> Client | None:
    """Who a merged client, once of this id, is recorded as now; None where the user may not see them."""
    return Client.objects.visible_to(user).filter(aliases__was=pk).first()


def gathered(clients):
    """The same clients, found before they are put in an order: for one that no index of the search has."""
    return Client.objects.filter(pk__in=clients.order_by().values("pk"))


def _named(words: list[str], user) -> Q:
    named = Q() if words else Q(pk__in=[])
    for word in words:
        named &= Q(search_name__contains=word)
    if not reaches_all(user, Can.CLIENTS_IDENTIFY, of=Can.CLIENTS_VIEW):
        named &= Q(pk__in=Client.objects.visible_to(user, Can.CLIENTS_IDENTIFY).values("pk"))
    return named


def filtered(clients, *, user, q="", office=None, officer=None, product=None, standing="", sex="", area=""):
    """The clients who meet every condition given; an office stands for all below it too."""
    if q:
        clients = matching(clients, q, user)
    if office:
        clients = of_offices(clients, Office.objects.under(office))
    if officer:
        clients = clients.filter(officer=officer)
    if product:
        # By the product's index SQLite would read all its loans for each client.
        apart = Loan.objects.alias(taken=by_no_index("product_id")).filter(taken=product.pk)
        clients = with_loan(clients, Loan.objects.filter(product=product), one_by_one=apart)
    if sex:
        clients = clients.filter(sex=sex)
    if area:
        clients = clients.filter(area=area)
    return standing_as(clients, standing) if standing else clients


def standing_as(clients, standing: str):
    """The clients who stand so; late ones have an open loan too."""
    match standing:
        case Standing.OPEN:
            return clients.filter(has_loan(IS_OPEN), status=Client.Status.ACTIVE)
        case Standing.LATE:
            late = Loan.objects.filter(IS_OPEN, is_late(portfolio_day()))
            return with_loan(clients, late).filter(status=Client.Status.ACTIVE)
        case Standing.CLOSED:
            return clients.filter(has_loan(), ~has_loan(IS_OPEN), status=Client.Status.ACTIVE)
        case Standing.NONE:
            return clients.filter(~has_loan(), status=Client.Status.ACTIVE)
        case Standing.DECEASED | Standing.EXPELLED:
            # The day is always there; saying so lets the index of the few serve.
            return clients.filter(status=standing, status_on__isnull=False)
    return clients


def has_loan(*conditions) -> Exists:
    """Looked up client by client, so that a small scope or a page of fifty does not read every loan."""
    return Exists(Loan.objects.filter(*conditions, client=OuterRef("pk")).order_by())


# Few rows are best gathered and sorted, many best met one after the other in the order of the list, of which
# only the first page is read. PostgreSQL knows which by its statistics; SQLite has none.


def are_few(rows) -> bool:
    return rows.order_by()[: FEW + 1].count() <= FEW


def by_no_index(name: str):
    """The field as an expression for which SQLite has no index, so that it takes the order of the list."""
    return F(name) + 0 if connection.vendor == "sqlite" else F(name)


def of_offices(clients, offices):
    if are_few(Client.objects.filter(office__in=offices)):
        return clients.filter(office__in=offices)
    return clients.alias(place=by_no_index("office_id")).filter(place__in=offices.values("pk"))


def with_loan(clients, loans, *, one_by_one=None):
    """The clients to whom one of the loans belongs; ``one_by_one``: the same, as looked up by client."""
    if are_few(loans):
        return clients.filter(pk__in=loans.order_by().values("client"))
    of_client = (loans if one_by_one is None else one_by_one).filter(client=OuterRef("pk")).order_by()
    return clients.filter(Exists(of_client))


def is_late(day: dt.date) -> Q:
    """Loans late by the bank's own count or, where it gives none, past due on ``day``."""
    return Q(days_late__gt=0) | Q(days_late=None, due_on__lt=day)


def clients_with_open_loan(user) -> int:
    """How many of the clients whom the user may see have an open loan now."""
    open_loans = Loan.objects.filter(IS_OPEN).order_by().values("client")
    return Client.objects.visible_to(user).filter(pk__in=open_loans).count()


def portfolio_day() -> dt.date:
    """The day as of which the portfolio is known: that of the latest data taken in; today where none is."""
    done = ImportBatch.objects.filter(state=ImportBatch.State.DONE)
    return done.aggregate(latest=Max("data_as_of"))["latest"] or timezone.localdate()


# The list


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client as the list shows one: the name masked where it must be, the last loan, the standing."""

    client: ClientInBrief
    name: str
    office: str
    officer: str | None
    joined_on: dt.date | None
    last_loan: LoanInBrief | None
    standing: Standing

    @property
    def pk(self) -> int:
        return self.client.pk

    @property
    def mark(self) -> str:
        return MARKS.get(self.standing, "")


IN_ROW = (*OF_CLIENT, "office__name", "officer__name", "joined_on", "status")


def client_rows(clients, user, day: dt.date, read: Callable = iter) -> Iterable[ClientRow]:
    """One row for each client, in the order they are in; ``day`` is the portfolio's. ``read`` takes the query
    for the rows. The loans of many are asked for at once.
    """
    for some in batched(read(clients.values_list(*IN_ROW)), AT_ONCE, strict=False):
        loans_of_each = loans_in_brief(pk for pk, *_rest in some)
        for *values, office, officer, joined_on, status in some:
            client = ClientInBrief(*values)
            loans = loans_of_each.get(client.pk, [])
            last, standing = (loans[0] if loans else None), standing_of(status, loans, day)
            yield ClientRow(client, shown_name(client, user), office, officer, joined_on, last, standing)


def standing_of(status: str, loans: list[Loan | LoanInBrief], day: dt.date) -> Standing:
    """A death or an expulsion counts before any loan."""
    if status != Client.Status.ACTIVE:
        return Standing(status)
    running = [loan for loan in loans if loan.closed_on is None and loan.written_off_on is None]
    if any(days_late(loan, day) for loan in running):
        return Standing.LATE
    if running:
        return Standing.OPEN
    return Standing.CLOSED if loans else Standing.NONE


def days_late(loan: Loan | LoanInBrief, day: dt.date) -> int:
    """Days that an open loan is late: the bank's own count or, where it gives none, since it was due."""
    if loan.closed_on or loan.written_off_on:
        return 0
    if loan.days_late is not None:
        return loan.days_late
    return max((day - loan.due_on).days, 0) if loan.due_on else 0


def offices_to_choose(user):
    """The offices in reach, in the order of the tree."""
    return Office.objects.visible_to(user).order_by("path")


def officers_to_choose(user):
    return Officer.objects.visible_to(user)


# The page of one client


@dataclass(frozen=True)
class LoanRow:
    """A loan with what was paid on it; ``repaid`` is a share of the principal, None where not known."""

    loan: Loan
    cycle: int
    paid: Decimal | None
    last_paid_on: dt.date | None
    days_late: int
    repaid: Decimal | None

    @property
    def ended_on(self) -> dt.date | None:
        return self.loan.closed_on or self.loan.written_off_on

    @property
    def words(self) -> str:
        if self.days_late:
            late = ngettext("%(days)d day late", "%(days)d days late", self.days_late)
            return late % {"days": self.days_late}
        return self.loan.get_status_display()

    @property
    def mark(self) -> str:
        if self.days_late or self.loan.status == Loan.Status.WRITTEN_OFF:
            return "act"
        return "ok" if self.loan.status == Loan.Status.REPAID else ""


def loans_of(client: Client, day: dt.date) -> list[LoanRow]:
    """The client's loans, latest first; ``cycle`` counts them from the first."""
    loans = (
        client.loans.select_related("product", "officer")
        .annotate(paid=Sum("repayments__amount"), last_paid_on=Max("repayments__on"))
        .order_by("disbursed_on", "external_id")
    )
    rows = [
        LoanRow(loan, cycle, loan.paid, loan.last_paid_on, days_late(loan, day), _repaid(loan))
        for cycle, loan in enumerate(loans, start=1)
    ]
    return rows[::-1]


def _repaid(loan: Loan) -> Decimal | None:
    if loan.status == Loan.Status.REPAID:
        return Decimal(1)
    if loan.outstanding is None or not loan.principal:
        return None
    return min(max(1 - loan.outstanding / loan.principal, Decimal(0)), Decimal(1))


def savings_of(client: Client):
    """The client's savings accounts with the day of the last movement made by the client."""
    moved = Max("movements__on", filter=Q(movements__by_client=True))
    return client.savings.select_related("product").annotate(last_moved_on=moved).order_by("opened_on", "pk")


@dataclass(frozen=True)
class Attended:
    """Meetings of the year before ``day``: how many were held, how many the client came to, the last one."""

    held: int
    came: int
    last_on: dt.date | None


def attendance_of(client: Client, day: dt.date) -> Attended:
    days = client.attendance.filter(on__gt=day - dt.timedelta(days=365), on__lte=day).values_list(
        "on", "present"
    )
    meetings = list(days)
    return Attended(
        held=len(meetings),
        came=sum(present for _on, present in meetings),
        last_on=max((on for on, _present in meetings), default=None),
    )
