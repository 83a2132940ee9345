"""Clients recorded twice: suggestions, the two side by side, the merge, and its undoing."""

from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import actions
from clients.actions.merges import CHOSEN
from clients.models import Client, ClientMerge
from clients.queries import shown_name
from clients.queries.duplicates import SHOWN, pairs_of
from spm import tables, views
from spm.access import Can
from spm.tables import Cell, Column, field


class DuplicateList(views.Exported, views.TemplateView):
    """Pairs of records that may be one person; and what was merged before."""

    needs = Can.CLIENTS_MERGE
    template_name = "clients/duplicate_list.html"

    @cached_property
    def pairs(self):
        return pairs_of(self.request.user)

    def pair_columns(self) -> list[Column]:
        user = self.request.user

        def pair_cell(pair):
            address = reverse("clients:client-merge", args=[pair.one.pk], query={"other": pair.other.pk})
            return Cell(shown_name(pair.one, user), url=address, note=pair.one.external_id)

        return [
            Column(_("Client"), code="one", value=lambda pair: shown_name(pair.one, user), cell=pair_cell),
            Column(
                _("Client number"),
                code="one_id",
                value=lambda pair: pair.one.external_id,
                on_screen=False,
            ),
            Column(
                _("Perhaps the same"),
                code="other",
                value=lambda pair: shown_name(pair.other, user),
                cell=lambda pair: Cell(shown_name(pair.other, user), note=pair.other.external_id),
            ),
            Column(_("Number"), code="other_id", value=lambda pair: pair.other.external_id, on_screen=False),
            Column(_("Why"), code="why", value=lambda pair: ", ".join(pair.reasons)),
        ]

    def export_table(self):
        return tables.as_file(_("Clients recorded twice"), self.pair_columns(), self.pairs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "pairs": tables.on_screen(self.pair_columns(), self.pairs),
            "many": len(self.pairs) == SHOWN,
        }


class MergeClients(views.DetailView):
    """Two records side by side: which values stay, and that they become one; `?other=` is the second."""

    needs = Can.CLIENTS_MERGE
    model = Client
    template_name = "clients/client_merge.html"

    def get_queryset(self):
        clients = Client.objects.visible_to(self.request.user, Can.CLIENTS_MERGE)
        return clients.select_related("office", "officer", "group")

    def other(self, one: Client) -> Client:
        number = self.request.GET.get("other", "")
        found = self.get_queryset().filter(pk=number).first() if number.isdecimal() else None
        if found is None or found == one:
            raise Http404
        return found

    def decide(self):
        super().decide()
        self.second = self.other(self.object)

    def get_context_data(self, **kwargs):
        one, other = self.object, self.second
        rows = compared(one, other, self.request.user)
        return super().get_context_data(**kwargs) | {"one": one, "other": other, "rows": rows}

    def post(self, request, *args, **kwargs):
        one = self.get_object()
        other = self.other(one)
        survivor, gone = (other, one) if request.POST.get("keep") == "other" else (one, other)
        mine = "other" if survivor is other else "one"
        take = frozenset(name for name in CHOSEN if request.POST.get(name, mine) != mine)
        actions.merge_clients(survivor=survivor, other=gone, take=take, by=request.user)
        messages.success(request, _("The two records are one now. The figures follow in a moment."))
        return redirect(survivor)


def compared(one: Client, other: Client, user) -> list[dict]:
    """A row for each value that may be chosen: its name, both values, and whether they differ."""
    rows = []
    for name in CHOSEN:
        mine, theirs = (shown(client, name, user) for client in (one, other))
        label = Client._meta.get_field(name).verbose_name
        # What is empty gives way to what is known.
        rows.append(
            {
                "name": name,
                "label": label,
                "one": mine,
                "other": theirs,
                "differ": mine != theirs,
                "takes_other": not mine,
            }
        )
    return rows


def shown(client: Client, name: str, user) -> str:
    if name == "name":
        return shown_name(client, user)
    display = getattr(client, f"get_{name}_display", None)
    value = display() if display else getattr(client, name)
    return date_format(value, "SHORT_DATE_FORMAT") if hasattr(value, "year") else str(value or "")


class MergeList(views.TableList):
    """What was merged, newest first."""

    needs = Can.CLIENTS_MERGE
    model = ClientMerge
    template_name = "clients/merge_list.html"
    table_name = gettext_lazy("Merged clients")

    def get_queryset(self):
        return super().get_queryset().select_related("by", "changes")

    def get_columns(self):
        return [
            field(_("Kept"), "survivor"),
            field(_("Merged into it"), "merged"),
            field(_("Merged on"), "created_at", "date"),
            Column(_("By"), code="by", value=lambda merge: str(merge.by or _("a command"))),
            Column(_("State"), code="state", value=state_words),
        ]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        undoable = [merge for merge in context["object_list"] if merge.changes.undone_at is None]
        return context | {"undoable": undoable}


def state_words(merge: ClientMerge) -> str:
    return _("taken back") if merge.changes.undone_at else _("merged")


class MergeUndo(views.DetailView):
    needs = Can.CLIENTS_MERGE
    model = ClientMerge
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            done = actions.undo_merge(merge=self.get_object(), by=request.user)
        except ValidationError as refused:
            messages.warning(request, " ".join(refused.messages))
        else:
            said = (
                _("The two records are two again. The figures follow in a moment.")
                if done
                else _("This was taken back already.")
            )
            messages.success(request, said)
        return redirect("clients:merge-list")
