"""The clients behind a number of the exit page, and open loans that keep a client for ever."""

from functools import cached_property

from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Loan
from clients.queries import shown_name
from exits import queries
from exits.forms import CountedFilterForm
from exits.methods import CAUSES
from exits.models import Spell
from exits.queries import DECISION_COUNTS, OVERDUE_AFTER, SPELL_COUNTS
from exits.views.filtered import Filtered
from spm import exports, views
from spm.access import Can
from spm.numbers import count_words

RESTING = "resting"
CLIENT_FIELDS = ("client__office", "client__officer")
TWICE = frozenset({"returned", "exits", *CAUSES})
"""Counts in which one client may stand twice."""


class Listed(Filtered):
    """A list of rows of clients, under the filter of the exit page; empty before the first build."""

    form_class = CountedFilterForm

    def get_queryset(self):
        return self.counted() if self.build else self.model.objects.none()

    def shown_row(self, row):
        """A row with its client's name as this user may read it."""
        row.shown_name = shown_name(row.client, self.request.user)
        return row

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["rows"] = [self.shown_row(row) for row in context["page_obj"]]
        n = context["paginator"].count
        context["count_words"] = self.count_in_words(n)
        return context | (self.filter_context() if self.build else self.before_figures())


class CountedList(Listed, views.Exported, views.ListView):
    """The clients behind one number: `?count=` B, new, returned, exits, a cause, E, D, F, resting."""

    needs = Can.EXITS_VIEW
    model = Spell
    template_name = "exits/counted_list.html"

    @cached_property
    def count(self) -> str:
        count = self.request.GET.get("count", "exits")
        if count not in (*SPELL_COUNTS, *DECISION_COUNTS, RESTING):
            raise Http404
        return count

    @property
    def decided(self) -> bool:
        return self.count in DECISION_COUNTS

    @property
    def in_period(self) -> bool:
        return self.count != RESTING

    def counted(self):
        user, only = self.request.user, self.only
        if self.decided:
            rows = queries.decisions_counted(user, only, self.count).order_by("-ended_on", "client", "pk")
            return rows.select_related(*CLIENT_FIELDS, "office", "officer", "product", "loan")
        if self.count == RESTING:
            rows = queries.resting(user, only).order_by("last_day", "pk")
        else:
            rows = queries.spells_counted(user, only, self.count).order_by(*self._order())
        if self.count == "exits" and set(only.causes) != set(CAUSES):
            rows = rows.filter(cause__in=only.causes)
        return rows.select_related(*CLIENT_FIELDS, "office", "officer", "product")

    def get(self, request, *args, **kwargs):
        # An unknown count is not found, even before there is anything to count.
        self.count  # noqa: B018
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "heading": self.heading(),
            "decided": self.decided,
            "resting": self.count == RESTING,
            "twice": self.count in TWICE,
            "clear_url": f"{self.request.path}?count={self.count}",
        }

    def count_in_words(self, n):
        return ngettext("%(n)s client", "%(n)s clients", n) % {"n": count_words(n)}

    def heading(self) -> str:
        """What is counted, in words."""
        if not self.build:
            return _("Clients behind a number")
        start, end = (date_format(day, "DATE_FORMAT") for day in self.days)
        as_of = date_format(self.build.as_of, "DATE_FORMAT")
        return {
            "B": _("Who was a client when %(day)s began?") % {"day": start},
            "new": _("Who came for the first time?"),
            "returned": _("Who came back?"),
            "exits": _("Who left?"),
            "client": _("Who left by choice?"),
            "mfi": _("With whom did we end?"),
            "death": _("Who died?"),
            "E": _("Who was a client when %(day)s ended?") % {"day": end},
            "D": _("Who repaid a loan and had to decide?"),
            "F": _("Who took a follow-on loan?"),
            RESTING: _("Who was resting on %(day)s?") % {"day": as_of},
        }[self.count]

    def _order(self):
        return ("-left_on", "pk") if self.count in ("exits", *CAUSES) else ("-start", "pk")

    def export_table(self) -> exports.Table:
        if not self.build:
            raise Http404
        columns = [
            *client_columns(),
            exports.Column(_("Loan cycle"), kind="count", code="cycle"),
        ]
        if self.decided:
            columns += [
                exports.Column(_("Loan"), code="loan"),
                exports.Column(_("Repaid on"), kind="date", code="ended_on"),
                exports.Column(_("Follow-on loan"), code="followed"),
            ]
        else:
            columns += [
                exports.Column(_("From"), kind="date", code="start"),
                exports.Column(_("Last day"), kind="date", code="last_day"),
                exports.Column(_("Left on"), kind="date", code="left_on"),
                exports.Column(_("Cause"), code="cause"),
            ]
        rows = (self._raw(self.shown_row(row)) for row in self.get_queryset())
        return exports.Table(self.heading(), columns=columns, rows=rows, about=self.about())

    def _raw(self, row):
        facts = client_facts(row, row)
        if self.decided:
            followed = _("yes") if row.followed else _("no")
            return (*facts, row.cycle, row.loan.external_id, row.ended_on, followed)
        return (*facts, row.cycle, row.start, row.last_day, row.left_on, row.get_cause_display())


class OverdueList(Listed, views.Exported, views.ListView):
    """Open loans long past due without a payment: they keep their client active for ever."""

    needs = Can.EXITS_VIEW
    model = Loan
    template_name = "exits/overdue_list.html"
    in_period = False

    def counted(self):
        rows = queries.overdue_loans(self.request.user, self.only)
        return rows.select_related(*CLIENT_FIELDS, "product").order_by("due_on", "pk")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"days": OVERDUE_AFTER}

    def count_in_words(self, n):
        return ngettext("%(n)s loan", "%(n)s loans", n) % {"n": count_words(n)}

    def export_table(self) -> exports.Table:
        if not self.build:
            raise Http404
        columns = [
            *client_columns(),
            exports.Column(_("Loan"), code="loan"),
            exports.Column(_("Principal"), kind="money", code="principal"),
            exports.Column(_("Disbursed on"), kind="date", code="disbursed_on"),
            exports.Column(_("Due on"), kind="date", code="due_on"),
            exports.Column(_("Last payment"), kind="date", code="last_payment"),
        ]
        rows = (self._raw(self.shown_row(loan)) for loan in self.get_queryset())
        return exports.Table(_("Open loans long past due"), columns=columns, rows=rows, about=self.about())

    def _raw(self, loan):
        facts = client_facts(loan, loan.client)
        return (*facts, loan.external_id, loan.principal, loan.disbursed_on, loan.due_on, loan.last_payment)


def client_columns() -> list[exports.Column]:
    """The first columns of every list."""
    return [
        exports.Column(_("Client"), code="client"),
        exports.Column(_("Client number"), code="client_id"),
        exports.Column(_("Office"), code="office"),
        exports.Column(_("Officer"), code="officer"),
        exports.Column(_("Product"), code="product"),
    ]


def client_facts(row, place) -> tuple:
    """What stands in them; `place` has the office and the officer that the row counts for."""
    client = row.client.external_id
    return row.shown_name, client, place.office.name, _name(place.officer), _name(row.product)


def _name(row) -> str:
    return row.name if row else ""
