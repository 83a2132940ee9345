from functools import cached_property

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clients.forms.clients import ClientFilter
from clients.models import Client
from clients.queries.clients import (
    MARKS,
    attendance_of,
    client_rows,
    filtered,
    gathered,
    loans_of,
    may_identify,
    portfolio_day,
    savings_of,
    shown_name,
    shown_phone,
    standing_of,
    survivor_of,
)
from clients.queries.timeline import timeline_of
from clients.views import client_tables
from spm import exports, nav, paging, tables, views
from spm.access import Can, can, reaches_all

COLUMNS = [
    exports.Column(_("Number"), code="client_id"),
    exports.Column(_("Name"), code="name"),
    exports.Column(_("Office"), code="office"),
    exports.Column(_("Officer"), code="officer"),
    exports.Column(_("Joined on"), kind="date", code="joined_on"),
    exports.Column(_("Last loan"), code="loan_id"),
    exports.Column(_("Product"), code="product"),
    exports.Column(_("Taken on"), kind="date", code="disbursed_on"),
    exports.Column(_("Standing"), code="standing"),
]


class ClientList(views.Exported, views.ListView):
    needs = Can.CLIENTS_VIEW
    model = Client
    paginator_class = paging.Capped
    # People look for people: the words may be a name.
    personal = frozenset({"q"})

    @cached_property
    def form(self) -> ClientFilter:
        user = self.request.user
        by_name = reaches_all(user, Can.CLIENTS_IDENTIFY, of=Can.CLIENTS_VIEW)
        return ClientFilter(self.request.GET, user=user, names=self.names, by_name=by_name)

    @cached_property
    def names(self) -> bool:
        return can(self.request.user, Can.CLIENTS_IDENTIFY)

    @cached_property
    def chosen(self) -> dict:
        return self.form.chosen()

    @cached_property
    def day(self):
        return portfolio_day()

    def get_queryset(self):
        conditions = {name: value for name, value in self.chosen.items() if name != "sort"}
        clients = filtered(super().get_queryset(), user=self.request.user, **conditions)
        order = self.form.order()
        if "q" in conditions and order[0] != "search_name":
            clients = gathered(clients)
        return clients.order_by(*order)

    def get_paginator(self, *args, **kwargs):
        more = {"at_once": self.at_once, "rows": Client.objects.all(), "shown": self.shown_rows}
        return super().get_paginator(*args, **more, **kwargs)

    @property
    def at_once(self) -> int:
        """An index has the order by name; one's own clients are few."""
        by_name = self.form.order()[0] == "search_name" and self.chosen.keys() <= {"q", "sort"}
        return paging.TWO_PAGES if by_name and not nav.only_own(self.request.user) else paging.AT_ONCE

    def shown_rows(self, clients, read=iter):
        return client_rows(clients, self.request.user, self.day, read)

    def export_table(self) -> exports.Table:
        rows = self.shown_rows(self.get_queryset(), tables.read_on)
        chips = self.form.chips()
        shown = in_words(chips)
        about = [(_("Filter"), shown or _("everything")), (_("Data as of"), date_format(self.day))]
        in_name = in_words(chip | {"value": ""} if chip["field"] in self.personal else chip for chip in chips)
        exported = (self.export_row(row) for row in rows)
        return exports.Table(_("Clients"), COLUMNS, exported, about, filter_in_name=in_name or None)

    def export_row(self, row) -> tuple:
        loan = row.last_loan
        taken = (loan.external_id, loan.product, loan.disbursed_on) if loan else (None, None, None)
        return (
            row.client.external_id,
            row.name,
            row.office,
            row.officer or "",
            row.joined_on,
            *taken,
            str(row.standing.label),
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        nothing = not context["page_obj"].paginator.count
        return context | {
            "form": self.form,
            "chips": self.form.chips(),
            "names": self.names,
            **tables.on_screen(client_tables.LIST, context["page_obj"]),
            "day": self.day,
            "formats": exports.FORMS,
            "only_own": nav.only_own(self.request.user),
            "no_data": nothing and not Client.objects.exists(),
        }


def in_words(chips) -> str:
    return "; ".join(f"{chip['label']} {chip['value']}" for chip in chips)


class ClientDetail(views.Exported, views.DetailView):
    """One client: facts, loans, savings, meetings, what happened when."""

    needs = Can.CLIENTS_VIEW
    model = Client

    def decide(self):
        """The address of a merged client leads to the survivor, for as long as they are one."""
        try:
            return super().decide()
        except Http404:
            survivor = survivor_of(self.kwargs["pk"], self.request.user)
            if survivor is None:
                raise
            return redirect(survivor)

    def get_queryset(self):
        return super().get_queryset().select_related("office", "officer", "group")

    @cached_property
    def day(self):
        return portfolio_day()

    def get_context_data(self, **kwargs):
        client, user, day = self.object, self.request.user, self.day
        loans = loans_of(client, day)
        standing = standing_of(client.status, [row.loan for row in loans], day)
        return super().get_context_data(**kwargs) | {
            "name": shown_name(client, user),
            "phone": shown_phone(client, user),
            "identified": may_identify(client, user),
            "day": day,
            "standing": standing,
            "mark": MARKS.get(standing, ""),
            "loans": tables.on_screen(client_tables.LOANS, loans),
            "first_loan": loans[-1].loan if loans else None,
            "savings": tables.on_screen(client_tables.SAVINGS, savings_of(client)),
            "attended": attendance_of(client, day),
            "events": timeline_of(client, loans),
            "panels": [
                {"url": reverse(panel.route, args=[client.pk]), "words": panel.words}
                for panel in nav.CLIENT_PANELS
                if can(user, panel.needs)
            ],
        }

    def export_tables(self):
        client = self.get_object()

        def file(name, columns, rows):
            who = f"{shown_name(client, self.request.user)} ({client.external_id})"
            about = [(_("Client"), who), (_("Data as of"), date_format(self.day))]
            return tables.as_file(name, columns, rows, about, filter_in_name=client.external_id)

        return {
            "loans": lambda: file(_("Loans"), client_tables.LOANS, loans_of(client, self.day)),
            "savings": lambda: file(_("Savings"), client_tables.SAVINGS, savings_of(client)),
            "timeline": lambda: file(
                _("What happened when"),
                client_tables.EVENTS,
                timeline_of(client, loans_of(client, self.day)),
            ),
        }
