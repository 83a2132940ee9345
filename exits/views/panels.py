"""What the client page shows of staying and leaving."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.queries import shown_name
from exits import queries
from exits.queries.contacts import contacts_of
from exits.queries.register import with_known
from spm import disclosure, tables, views
from spm.access import Can, can
from spm.tables import field

COLUMNS = [
    field(_("From"), "start", "date"),
    field(_("Last day"), "last_day", "date"),
    field(_("Left on"), "left_on", "date"),
    field(_("Cause"), "cause", value=lambda spell: spell.get_cause_display()),
    field(_("Loans"), "loans", "count"),
]
CONTACTS = [
    field(_("When"), "at", "date"),
    field(_("How"), "how", value=lambda contact: contact.get_how_display()),
    field(_("Result"), "result", value=lambda contact: contact.get_result_display()),
    field(_("Note"), "note"),
    field(_("Next time"), "next_on", "date"),
    field(_("By"), "by", value=lambda contact: str(contact.by)),
]


class ClientPanel(views.Exported, views.DetailView):
    """A part of the client page for htmx; a page of its own without."""

    needs = Can.EXITS_VIEW
    model = Client
    template_name = "exits/client_panel.html"

    def get_queryset(self):
        user = self.request.user
        rows = Client.objects.visible_to(user, Can.EXITS_VIEW).select_related("office", "officer")
        if disclosure.protects(user, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW):
            rows = rows.filter(pk__in=Client.objects.visible_to(user))
        return rows

    def get_template_names(self):
        part = views.wants_part(self.request)
        return [f"{self.template_name}#panel" if part else self.template_name]

    def get_context_data(self, **kwargs):
        client, part = self.object, views.wants_part(self.request)
        return super().get_context_data(**kwargs) | {
            "spells": with_known(queries.spells_of(self.request.user, client), self.request.user, client),
            "contacts": contacts_of(self.request.user, client),
            "may_record": can(self.request.user, Can.EXITS_CONTACT),
            "build": queries.build(),
            # The part stands on a page that names the client already.
            "shown_name": "" if part else shown_name(client, self.request.user),
            "export_path": reverse("exits:client-panel", args=[client.pk]),
        }

    def export_tables(self):
        return {"stays": self.stays_as_file, "contacts": self.contacts_as_file}

    def stays_as_file(self):
        client, made = self.get_object(), queries.build()
        about = [self.who(client)]
        if made:
            about.append((_("Data as of"), date_format(made.as_of, "DATE_FORMAT")))
        spells = queries.spells_of(self.request.user, client)
        return tables.as_file(
            _("Staying and leaving"), COLUMNS, spells, about, filter_in_name=client.external_id
        )

    def contacts_as_file(self):
        client = self.get_object()
        contacts = contacts_of(self.request.user, client)
        about, number = [self.who(client)], client.external_id
        return tables.as_file(_("Calls and visits"), CONTACTS, contacts, about, filter_in_name=number)

    def who(self, client) -> tuple[str, str]:
        return _("Client"), f"{shown_name(client, self.request.user)} ({client.external_id})"
