"""The call note: a field form (``spm.field``)."""

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.queries import client_numbered
from exits import actions
from exits.forms import ContactForm
from exits.queries.contacts import about_contact, contacts_of, latest_start
from exits.queries.winback import call_asked_for
from spm import views
from spm.access import Can
from spm.field import FieldForm


class ContactAdd(FieldForm, views.FormView):
    needs = Can.EXITS_CONTACT
    form_class = ContactForm
    template_name = "exits/contact_add.html"
    title = _("What came of the call or visit?")

    @cached_property
    def client(self) -> Client | None:
        """Whom the address asks for."""
        number = self.request.GET.get("client", "")
        client = client_numbered(number, self.request.user, Can.EXITS_CONTACT) if number else None
        if number and client is None:
            raise Http404
        return client

    def decide(self):
        self.client  # noqa: B018  in reach; what is said of them can wait

    def about(self):
        if self.client is None:
            return None
        user, asked = self.request.user, call_asked_for(self.client, latest_start(self.client))
        last = contacts_of(user, self.client).first()
        return about_contact(self.client, user, last, reached_by=asked.callback_contact if asked else "")

    def record(self, form, sent):
        actions.record_contact(**form.cleaned_data, at=sent.at, uuid=sent.uuid, by=sent.by)

    def office_path(self, form):
        return form.cleaned_data["client"].office.path

    def done_url(self):
        return reverse("home")
