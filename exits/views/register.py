"""Exits confirmed by staff: the field form (``spm.field``)."""

from django.core.exceptions import ValidationError
from django.forms import DateField
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clients.queries import client_numbered
from exits import actions
from exits.forms import ExitConfirmForm
from exits.models import Spell
from exits.queries.register import about_exit, ended_stay
from spm import views
from spm.access import Can
from spm.field import FieldForm


class ExitConfirm(FieldForm, views.FormView):
    needs = Can.EXITS_CONFIRM
    form_class = ExitConfirmForm
    template_name = "exits/exit_confirm.html"
    title = _("How did the client leave?")

    @cached_property
    def stay(self) -> Spell | None:
        """The stay that the address asks for, with its client."""
        number = self.request.GET.get("client", "")
        if not number:
            return None
        client = client_numbered(number, self.request.user, Can.EXITS_CONFIRM)
        stay = client and ended_stay(client, self._start())
        if stay is None:
            raise Http404
        stay.client = client
        return stay

    def _start(self):
        try:
            return DateField(required=False).clean(self.request.GET.get("start", ""))
        except ValidationError:
            raise Http404 from None

    def decide(self):
        self.stay  # noqa: B018  in reach; what is said of them can wait

    def about(self):
        return self.stay and about_exit(self.stay.client, self.stay, self.request.user)

    def record(self, form, sent):
        actions.confirm_exit(**form.cleaned_data, at=sent.at, uuid=sent.uuid, by=sent.by)

    def office_path(self, form):
        return form.cleaned_data["client"].office.path

    def done_url(self):
        return reverse("home")
