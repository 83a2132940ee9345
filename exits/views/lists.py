"""The clients behind a number of the exit page, and open loans that keep a client for ever."""

from collections import namedtuple
from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.db.models import Value
from django.db.models.functions import NullIf
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.models import Loan
from clients.queries import OF_CLIENT, ClientInBrief, shown_name
from exits import queries
from exits.forms import CountedFilterForm, own_portfolio_only
from exits.methods import CAUSES
from exits.models import DecisionPoint, Spell
from exits.queries import DECISION_COUNTS, OVERDUE_AFTER, SPELL_COUNTS
from exits.views.filtered import Filtered
from spm import disclosure, paging, views
from spm.access import Can, reaches_all
from spm.numbers import count_words
from spm.tables import Cell, Column, field, in_words

RESTING = "resting"
FIRST = ("pk", "client", "office", "officer", "product")
SpellRow = namedtuple("SpellRow", [*FIRST, "cycle", "start", "last_day", "left_on", "cause"])
DecisionRow = namedtuple("DecisionRow", [*FIRST, "cycle", "ended_on", "followed", "loan"])
LoanRow = namedtuple(
    "LoanRow", [*FIRST, "external_id", "principal", "disbursed_on", "due_on", "last_payment"]
)

TWICE = frozenset({"returned", "exits", *CAUSES})
"""Counts in which one client may stand twice."""

CAUSE_WORDS = dict(Spell.Cause.choices)
SPELL_COLUMNS = [
    field(gettext_lazy("From"), "start", "date"),
    field(gettext_lazy("Last day"), "last_day", "date"),
    field(gettext_lazy("Left on"), "left_on", "date"),
    field(
        gettext_lazy("Cause"),
        "cause",
        value=lambda spell: CAUSE_WORDS.get(spell.cause),
        order=NullIf("cause", Value("")),
    ),
]
DECISION_COLUMNS = [
    field(
        gettext_lazy("Loan"),
        "loan",
        order="loan__external_id",
    ),
    field(gettext_lazy("Repaid on"), "ended_on", "date"),
    field(
        gettext_lazy("Follow-on loan"),
        "followed",
        value=lambda decision: _("yes") if decision.followed else _("no"),
    ),
]
LOAN_COLUMNS = [
    field(gettext_lazy("Loan"), "external_id", code="loan"),
    field(gettext_lazy("Principal"), "principal", "money"),
    field(gettext_lazy("Disbursed on"), "disbursed_on", "date"),
    field(gettext_lazy("Due on"), "due_on", "date"),
    field(
        gettext_lazy("Last payment"),
        "last_payment",
        "date",
        cell=lambda loan: Cell(in_words(loan.last_payment, "date") if loan.last_payment else _("never")),
    ),
]


class Listed(Filtered):
    """A list of rows of clients, under the filter of the exit page; empty before the first build."""

    form_class = CountedFilterForm
    template_name = "exits/listed.html"
    paginator_class = paging.Capped
    # What the columns look at, and where the office and the officer that a row counts for are found.
    row: type
    place = ""
    # Where an entry of the row is found that has a name of its own there.
    paths: dict[str, str] = {}

    def decide(self):
        self.refuse_figures_without_rows()
        super().decide()

    def refuse_figures_without_rows(self):
        if disclosure.protects(self.request.user, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW):
            raise PermissionDenied

    def get_queryset(self):
        # A file that a job makes asks for the rows alone.
        self.refuse_figures_without_rows()
        return self.counted() if self.build else self.model.objects.none()

    def get_paginator(self, *args, **kwargs):
        # The few of one's own portfolio are asked for at once.
        in_order = not self.sort and not own_portfolio_only(self.request.user)
        more = {"in_order": in_order, "rows": self.by_key(), "shown": self.shown_rows}
        return super().get_paginator(*args, **more, **kwargs)

    def by_key(self):
        """Where the rows of a page are read that the list has found, annotated as it is."""
        return self.model.objects.all()

    def shown_rows(self, rows, read=iter):
        """Plain values: instances of all that fifty rows belong to would take longer than the rest."""
        own = [self.paths.get(name, name) for name in self.row._fields[len(FIRST) :]]
        names = (f"{self.place}office__name", f"{self.place}officer__name", "product__name")
        of_client = [f"client__{name}" for name in OF_CLIENT]
        for pk, *values in read(rows.values_list("pk", *of_client, *names, *own)):
            client = ClientInBrief(*values[: len(OF_CLIENT)])
            yield self.row(pk, client, *values[len(OF_CLIENT) :])

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        words = self.count_in_words(context["paginator"].count)
        more = context["paginator"].is_more
        context["count_words"] = _("More than %(counted)s") % {"counted": words} if more else words
        return context | (self.filter_context() if self.build else self.before_figures())

    def export_table(self):
        if not self.build:
            raise Http404
        return super().export_table()

    def client_columns(self) -> list[Column]:
        """The first columns of every list."""
        user = self.request.user

        def client_cell(row):
            name, client = shown_name(row.client, user), row.client
            return Cell(name, url=client.get_absolute_url(), note=client.external_id)

        # The order of masked names would give the names away.
        by_name = reaches_all(user, Can.CLIENTS_IDENTIFY, of=Can.EXITS_VIEW)
        return [
            Column(
                _("Client"),
                code="client",
                value=lambda row: shown_name(row.client, user),
                cell=client_cell,
                order="client__search_name" if by_name else "client__external_id",
            ),
            Column(
                _("Client number"),
                code="client_id",
                value=lambda row: row.client.external_id,
                on_screen=False,
            ),
            field(_("Office"), "office", order=f"{self.place}office__name"),
            field(_("Officer"), "officer", order=f"{self.place}officer__name"),
            field(_("Product"), "product", order="product__name"),
        ]


class CountedList(Listed, views.TableList):
    """The clients behind one number: `?count=` B, new, returned, exits, a cause, E, D, F, resting."""

    needs = Can.EXITS_VIEW
    model = Spell
    paths = {"loan": "loan__external_id"}

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
    def row(self) -> type:
        return DecisionRow if self.decided else SpellRow

    @property
    def in_period(self) -> bool:
        return self.count != RESTING

    def counted(self):
        user, only = self.request.user, self.only
        if self.decided:
            rows = queries.decisions_counted(user, only, self.count, made=self.build)
            return rows.order_by("-ended_on", "client_id", "pk")
        if self.count == RESTING:
            rows = queries.resting(user, only).order_by("last_day", "pk")
        else:
            rows = queries.spells_counted(user, only, self.count, made=self.build).order_by(*self._order())
        if self.count == "exits" and set(only.causes) != set(CAUSES):
            rows = rows.filter(cause__in=only.causes)
        return rows

    def by_key(self):
        return DecisionPoint.objects.all() if self.decided else super().by_key()

    def decide(self):
        # An unknown count is not found, even before there is anything to count.
        self.count  # noqa: B018
        super().decide()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "heading": self.table_name,
            "twice": self.count in TWICE,
            "none": _("Nobody is counted here"),
            "none_words": _("Choose a longer period, or take a filter away."),
            "clear_url": f"{self.request.path}?count={self.count}",
        }

    def count_in_words(self, n):
        return ngettext("%(n)s client", "%(n)s clients", n) % {"n": count_words(n)}

    @property
    def table_name(self) -> str:
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

    def get_columns(self):
        columns = [
            *self.client_columns(),
            field(_("Loan cycle"), "cycle", "count"),
        ]
        if self.decided:
            return columns + DECISION_COLUMNS
        return columns + (SPELL_COLUMNS[:2] if self.count == RESTING else SPELL_COLUMNS)


class OverdueList(Listed, views.TableList):
    """Open loans long past due without a payment: they keep their client active for ever."""

    needs = Can.EXITS_VIEW
    model = Loan
    table_name = gettext_lazy("Open loans long past due")
    in_period = False
    row = LoanRow
    place = "client__"

    def counted(self):
        return queries.overdue_loans(self.request.user, self.only, made=self.build).order_by("due_on", "pk")

    def by_key(self):
        return queries.with_last_payment(super().by_key())

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "heading": _("Which loans keep clients for ever?"),
            "sentence": _(
                "These loans are still open, past due for more than %(days)s days, and nobody has paid on "
                "them since. Their clients count as active until the loans are closed or written off in core "
                "banking."
            )
            % {"days": OVERDUE_AFTER},
            "none": _("No such loan"),
            "none_words": _("No open loan is so long past due without a payment."),
        }

    def count_in_words(self, n):
        return ngettext("%(n)s loan", "%(n)s loans", n) % {"n": count_words(n)}

    def get_columns(self):
        return [*self.client_columns(), *LOAN_COLUMNS]
