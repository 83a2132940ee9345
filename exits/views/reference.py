"""The institution's own lists: types of leavers, and reasons for leaving on two levels."""

from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits.forms.reference import ReasonAddForm, ReasonEntryForm, TypeForm
from exits.models import LeaverType, Reason
from exits.queries import reference as queries
from spm import disclosure, views
from spm import reference_screens as screens
from spm.access import Can
from spm.tables import field


class OfLeaving:
    kicker = gettext_lazy("Leaving · definitions and lists")
    ways = "exits/_settings.html"
    edits = Can.EXITS_DEFINE

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"take_url": reverse(f"{self.routes}-take")}

    @cached_property
    def shows_uses(self) -> bool:
        return not disclosure.protects(self.request.user, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW)


class TypesOfLeavers(OfLeaving):
    routes = "exits:type-entry"
    table_name = gettext_lazy("Types of leavers")


class ReasonsForLeaving(OfLeaving):
    routes = "exits:reason-entry"
    table_name = gettext_lazy("Reasons for leaving")


class TypeEntryList(TypesOfLeavers, screens.EntryList, views.TableList):
    needs = Can.EXITS_VIEW
    model = LeaverType
    first_label = gettext_lazy("Type of leaver")
    sentence = gettext_lazy("Staff choose one of these when they confirm an exit.")
    none = gettext_lazy("No type of leaver yet")
    none_words = gettext_lazy(
        "An exit is confirmed by choosing a type, such as “resting” or “moved away”. Add the first."
    )

    def own_columns(self):
        return [
            field(_("Usual initiative"), "initiative", value=lambda row: row.get_initiative_display()),
            field(_("Usual tone"), "tone", value=lambda row: row.get_tone_display()),
        ]

    def uses(self):
        counted = queries.confirmations(self.request.user)
        return [screens.uses_column(_("Confirmed exits"), "exits", counted)]


class ReasonEntryList(ReasonsForLeaving, screens.EntryList, views.TableList):
    needs = Can.EXITS_VIEW
    model = Reason
    first_label = gettext_lazy("Reason")
    sentence = gettext_lazy(
        "Clients who leave choose from these, in their own language; staff name the same, as they see it."
    )
    none = gettext_lazy("No reason for leaving yet")
    none_words = gettext_lazy(
        "Add a head, such as “product”, then the reasons under it, such as “loan too small”."
    )

    @cached_property
    def heads(self) -> dict[str, str]:
        rows = Reason.objects.filter(head="").order_by("starts_on", "pk")
        return {row.code: str(row) for row in rows}

    def own_columns(self):
        return [
            field(_("Stands under"), "head", value=lambda row: self.heads.get(row.head, row.head)),
        ]

    def uses(self):
        user = self.request.user
        told, seen = queries.named_by_clients(user), queries.named_by_staff(user)
        return [
            screens.uses_column(_("Interviews"), "interviews", told),
            screens.uses_column(_("Named by staff"), "by_staff", seen),
        ]


class TypeEntryAdd(TypesOfLeavers, screens.EntryAdd, views.FormView):
    needs = Can.EXITS_DEFINE
    form_class = TypeForm
    title = gettext_lazy("Which type of leaver is missing?")


class ReasonEntryAdd(ReasonsForLeaving, screens.EntryAdd, views.FormView):
    needs = Can.EXITS_DEFINE
    form_class = ReasonAddForm
    title = gettext_lazy("Which reason is missing?")


class TypeEntryChange(TypesOfLeavers, screens.EntryChange, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = LeaverType
    form_class = TypeForm


class ReasonEntryChange(ReasonsForLeaving, screens.EntryChange, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = Reason
    form_class = ReasonEntryForm


class TypeEntryWithdraw(TypesOfLeavers, screens.EntryWithdraw, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = LeaverType


class ReasonEntryWithdraw(ReasonsForLeaving, screens.EntryWithdraw, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = Reason


class TypeEntryBringBack(TypesOfLeavers, screens.EntryBringBack, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = LeaverType


class ReasonEntryBringBack(ReasonsForLeaving, screens.EntryBringBack, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = Reason


class TypeEntryMove(TypesOfLeavers, screens.EntryMove, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = LeaverType


class ReasonEntryMove(ReasonsForLeaving, screens.EntryMove, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = Reason
