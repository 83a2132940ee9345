"""Whom to call before they are gone: the watch list."""

from collections import namedtuple
from functools import cached_property
from operator import attrgetter
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exits import queries
from exits.models import Contact, Spell
from exits.queries import days_late, days_left
from exits.views.lists import FIRST, Listed
from spm import views
from spm.access import Can, can
from spm.numbers import count_words
from spm.tables import Cell, Column, field, in_words

SOON = 14
"""Days before the window ends from which a client is marked."""
RESULTS = dict(Contact.Result.choices)
BY_CALL = frozenset({"last_call", "next_call"})
"""Columns by whose values the list is put in order."""
CALLED = ("called_at", "called_result", "called_next_on")
WatchRow = namedtuple("WatchRow", [*FIRST, "cycle", "loan", "due_on", "product_code", "last_day", *CALLED])


class WatchList(Listed, views.TableList):
    """Clients who have repaid everything and whose window runs; a new loan takes them off by itself."""

    needs = Can.EXITS_VIEW
    model = Spell
    table_name = gettext_lazy("Watch list")
    in_period = False
    row = WatchRow
    paths = {
        "loan": "last_loan__external_id",
        "due_on": "last_loan__due_on",
        "product_code": "product__code",
    }

    def counted(self):
        resting = queries.resting(self.request.user, self.only).order_by("last_day", "pk")
        # Else of those shown alone.
        return self.with_calls(resting) if self.sort.removeprefix("-") in BY_CALL else resting

    def with_calls(self, rows):
        return queries.with_calls(rows, self.request.user)

    def shown_rows(self, rows, read=iter):
        return super().shown_rows(self.with_calls(rows), read)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "heading": _("Who may be about to leave?"),
            "sentence": _(
                "These clients have repaid everything and taken no new loan yet. Whoever takes one goes off"
                " the list by itself; whoever does not counts as gone when no days are left."
            ),
            "none": _("Nobody is resting"),
            "none_words": _("Every client in this filter has an open loan, or has left already."),
        }

    def count_in_words(self, n):
        return ngettext("%(n)s client", "%(n)s clients", n) % {"n": count_words(n)}

    def get_columns(self):
        calls = self.call_columns() if can(self.request.user, Can.EXITS_CONTACT) else []
        return [
            *self.client_columns(),
            field(_("Loan cycle"), "cycle", "count"),
            Column(_("Last loan"), code="loan", value=attrgetter("loan")),
            field(_("Repaid on"), "last_day", "date"),
            Column(_("Days left"), "number", code="days_left", value=self._left, cell=self._left_cell),
            Column(
                _("Days late on it"),
                "number",
                code="days_late",
                value=lambda row: days_late(row.last_day, row.due_on),
            ),
            *calls,
        ]

    def call_columns(self):
        return [
            Column(
                _("Last call"),
                code="last_call",
                value=self._call_words,
                cell=self._call_cell,
                order="called_at",
            ),
            Column(
                _("Next call"),
                "date",
                code="next_call",
                value=lambda row: row.called_next_on,
                order="called_next_on",
            ),
        ]

    def _left(self, row):
        return days_left(row.last_day, row.product_code, self.build)

    def _left_cell(self, row):
        left = self._left(row)
        marked = {"status": "wait", "words": _("soon gone")} if left <= SOON else {}
        return Cell(in_words(left, "number"), **marked)

    def _call_words(self, row):
        if row.called_at is None:
            return ""
        day = date_format(localtime(row.called_at), "SHORT_DATE_FORMAT")
        return f"{day} · {RESULTS[row.called_result]}"

    def _call_cell(self, row):
        url = f"{self._call_url}?{urlencode({'client': row.client.external_id})}"
        return Cell(self._call_words(row) or _("Record a call"), url=url)

    @cached_property
    def _call_url(self) -> str:
        return reverse("exits:contact-add")
