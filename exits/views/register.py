"""The register of exits: who left, and what staff say of it, first on a phone (``spm.field``)."""

from collections import namedtuple
from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import DateField
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.models import Client
from clients.queries import client_numbered, shown_name
from exits import actions
from exits.forms import ExitConfirmForm, ExitSaidForm, RegisterFilterForm
from exits.models import Initiative, LeaverType, RegisteredExit, Spell, Tone
from exits.queries.register import SAID, Known, about_exit, ended_stay, known_of, register, with_said
from exits.views.analyses.base import ways
from exits.views.lists import CAUSE_WORDS, FIRST, Listed
from spm import views
from spm.access import Can, can
from spm.editing import Edited
from spm.field import FieldForm
from spm.numbers import count_words
from spm.tables import Cell, Column, field

INITIATIVES, TONES = dict(Initiative.choices), dict(Tone.choices)
MARKS = {Known.CONFIRMED: "ok", Known.RETURNED: "", Known.ENDED: "wait"}
RegisterRow = namedtuple("RegisterRow", [*FIRST, "start", "left_on", "cause", "returned", *SAID])


class ExitRegister(Listed, views.TableList):
    """Every stay that ended in the period; what is not confirmed opens the form for it."""

    needs = Can.EXITS_VIEW
    model = Spell
    form_class = RegisterFilterForm
    table_name = gettext_lazy("Register of exits")
    row = RegisterRow

    def counted(self):
        address = self.selection.address
        chosen = {"known": address.get("known", ""), "code": address.get("leaver_type", "")}
        rows = register(self.request.user, self.only, self.build, **chosen)
        return rows.order_by("-left_on", "pk")

    def by_key(self):
        return with_said(super().by_key())

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "analyses": ways(self.request),
            "heading": _("Who has left, and how?"),
            "sentence": _(
                "Who left and when is counted from the records. Staff confirm each exit and say of what kind"
                " it was; whoever takes another loan has come back."
            ),
            "none": _("Nobody left"),
            "none_words": _("Choose a longer period, or take a filter away."),
            "clear_url": self.request.path,
            "list_route": "exits:type-entry-list",
            "list_words": _("Types of leavers"),
        }

    def count_in_words(self, n):
        return ngettext("%(n)s exit", "%(n)s exits", n) % {"n": count_words(n)}

    @cached_property
    def types(self) -> dict[int, str]:
        return {row.pk: str(row) for row in LeaverType.objects.visible_to(self.request.user)}

    def get_columns(self):
        return [
            *self.client_columns(),
            field(_("Left on"), "left_on", "date"),
            Column(
                _("State"),
                code="state",
                value=lambda row: str(known_of(row).label),
                cell=self._state_cell,
            ),
            Column(_("Type of leaver"), code="type", value=self._type, order="said_code"),
            Column(
                _("Initiative"),
                code="initiative",
                value=lambda row: INITIATIVES.get(row.said_initiative),
                order="said_initiative",
            ),
            Column(_("Tone"), code="tone", value=lambda row: TONES.get(row.said_tone), order="said_tone"),
            field(_("Cause"), "cause", value=lambda row: CAUSE_WORDS.get(row.cause)),
        ]

    def _type(self, row) -> str | None:
        return self.types.get(row.said_type)

    def _state_cell(self, row) -> Cell:
        known = known_of(row)
        if not can(self.request.user, Can.EXITS_CONFIRM):
            return Cell(status=MARKS[known], words=str(known.label))
        if row.confirmed:
            return Cell(_("Change"), reverse("exits:exit-change", args=[row.confirmed]), str(known.label))
        query = {"client": row.client.external_id, "start": row.start.isoformat()}
        return Cell(_("Confirm"), reverse("exits:exit-confirm", query=query), str(known.label))


class ExitChange(Edited, views.DetailView):
    """What was said of an exit, said otherwise."""

    needs = Can.EXITS_CONFIRM
    model = RegisteredExit
    template_name = "exits/exit_change.html"
    edit_verbs = ("exit.confirmed", "exit.changed")

    def get_queryset(self):
        user = self.request.user
        reached = Client.objects.visible_to(user, Can.EXITS_CONFIRM).order_by()
        rows = super().get_queryset().filter(client__in=reached)
        said = ("leaver_type", "staff_reason", "staff_first", "by")
        return rows.select_related("client__office", "client__officer", *said)

    def form(self, data=None):
        return ExitSaidForm(data, instance=self.get_object())

    def save(self, form, version):
        said, by = form.cleaned_data, self.request.user
        actions.change_exit(confirmed=self.object, version=version, by=by, **said)
        messages.success(self.request, _("The exit is changed."))
        return redirect("exits:register-list")

    def get_context_data(self, **kwargs):
        user, stay = self.request.user, ended_stay(self.object.client, self.object.start)
        name = shown_name(self.object.client, user)
        return super().get_context_data(**kwargs) | {"shown_name": name, "stay": stay}

    def record_words(self):
        return shown_name(self.object.client, self.request.user)


class ExitConfirm(FieldForm, views.FormView):
    needs = Can.EXITS_CONFIRM
    form_class = ExitConfirmForm
    template_name = "exits/exit_confirm.html"
    title = gettext_lazy("How did the client leave?")

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
