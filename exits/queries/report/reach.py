"""Who may have the report of which office, and whether a page can wait for it."""

from clients.models import Loan, Office
from spm.access import Can, scopes

LONG = 20_000
"""Loans from which on a report takes a page's patience: about a second on two slow cores."""


def offices_to_report(user):
    """The offices in reach whose report, with all offices below, the user may have."""
    return Office.objects.visible_to(user, Can.EXITS_REPORT).order_by("path")


def may_report(user, office: Office | None) -> bool:
    """May the user have the report of this office, or of everybody (None)? Not by an own portfolio."""
    reach = [scope for scope in scopes(user, Can.EXITS_REPORT) if not scope.own_only]
    if office is None:
        return any(scope.whole for scope in reach)
    return any(office.path.startswith(scope.office_path) for scope in reach)


def is_long(office: Office | None) -> bool:
    loans = Loan.objects.order_by()
    if office is not None:
        loans = loans.filter(client__office__path__startswith=office.path)
    return loans[: LONG + 1].count() > LONG
