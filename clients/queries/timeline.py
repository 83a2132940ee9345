"""What happened to a client, told in order."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client, ClientPosting, Loan
from clients.queries.clients import LoanRow

# So many days before it is due, and a repayment is early.
EARLY = 15


@dataclass(frozen=True)
class Event:
    """One thing that happened; ``kind`` is a status mark: act, wait, ok or none."""

    date: dt.date
    title: str
    text: str = ""
    kind: str = ""


def timeline_of(client: Client, loans: list[LoanRow]) -> list[Event]:
    """Joining, loans (as ``loans_of`` gives them), moves and status of the client, the newest first."""
    events = [*_joined(client), *_moves(client), *_status(client)]
    for row in loans[::-1]:
        events += _loan_events(row)
    # Sorting is stable: on one day the later told comes first when the list is turned round.
    return sorted(events, key=lambda event: event.date)[::-1]


def _joined(client: Client) -> list[Event]:
    return [Event(client.joined_on, _("Became a client"))] if client.joined_on else []


def _loan_events(row: LoanRow) -> list[Event]:
    loan = row.loan
    named = {"number": loan.external_id, "cycle": row.cycle}
    events = [Event(loan.disbursed_on, _("Took loan %(cycle)s (%(number)s)") % named, loan.product.name)]
    if loan.status == Loan.Status.REPAID:
        events.append(
            Event(loan.closed_on, _("Repaid loan %(cycle)s (%(number)s)") % named, _when(loan), "ok")
        )
    if loan.status == Loan.Status.WRITTEN_OFF:
        words = _("Loan %(cycle)s (%(number)s) was written off") % named
        events.append(Event(loan.written_off_on, words, loan.product.name, "act"))
    return events


def _when(loan: Loan) -> str:
    if loan.due_on is None:
        return ""
    late = (loan.closed_on - loan.due_on).days
    if late > 0:
        return ngettext("%(days)d day late", "%(days)d days late", late) % {"days": late}
    return _("on time") if late > -EARLY else _("early")


def _moves(client: Client) -> list[Event]:
    postings = list(client.postings.select_related("office", "officer").order_by("since", "pk"))
    return [event for before, now in pairwise(postings) for event in _move(before, now)]


def _move(before: ClientPosting, now: ClientPosting) -> list[Event]:
    events = []
    if before.office_id != now.office_id:
        words = _("Moved to the office %(office)s") % {"office": now.office}
        events.append(Event(now.since, words, _("before: %(name)s") % {"name": before.office}))
    if before.officer_id != now.officer_id:
        words = _("Passed to the officer %(officer)s") % {"officer": now.officer or _("not recorded")}
        events.append(Event(now.since, words, _("before: %(name)s") % {"name": before.officer or "–"}))
    return events


def _status(client: Client) -> list[Event]:
    if client.status == Client.Status.ACTIVE:
        return []
    words = _("Died") if client.status == Client.Status.DECEASED else _("Was expelled")
    return [Event(client.status_on, words, kind="act")]
