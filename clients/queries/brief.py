"""Clients and loans as lists show them: the columns alone, without an instance for each of many rows."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from clients.models import Loan
from clients.models.client import client_url, is_reached
from spm.access import Can

OF_CLIENT = ("pk", "external_id", "name", "office__path", "officer__user")
"""The fields of a client that make a ``ClientInBrief``."""


class ClientInBrief(NamedTuple):
    """What ``shown_name`` and a list look at; ``officer_user`` is the key of the officer's account."""

    pk: int
    external_id: str
    name: str
    office_path: str
    officer_user: int | None

    def is_visible_to(self, user, permission=Can.CLIENTS_VIEW) -> bool:
        return is_reached(user, permission, self.office_path, self.officer_user)

    def get_absolute_url(self) -> str:
        return client_url(self.pk)


class LoanInBrief(NamedTuple):
    """What the list of clients needs of a loan; ``product`` is its name."""

    client: int
    external_id: str
    product: str
    disbursed_on: dt.date
    due_on: dt.date | None
    closed_on: dt.date | None
    written_off_on: dt.date | None
    days_late: int | None


def loans_in_brief(clients: Iterable[int]) -> dict[int, list[LoanInBrief]]:
    """The loans of each of these clients who has one, the latest first."""
    loans = Loan.objects.filter(client__in=clients).order_by("-disbursed_on", "-external_id")
    found = {}
    for values in loans.values_list("client", "external_id", "product__name", *LoanInBrief._fields[3:]):
        loan = LoanInBrief(*values)
        found.setdefault(loan.client, []).append(loan)
    return found
