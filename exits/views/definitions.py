"""By which definition clients count as gone: all versions, and a new one."""

from functools import cached_property

from django.db import transaction
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from clients.models import Product
from exits import actions
from exits.forms import DefinitionForm
from exits.models import ExitDefinition
from exits.queries import build
from spm import jobs, views
from spm.access import Can
from spm.models import Job, User
from spm.tables import Cell, Column


class DefinitionList(views.TableList):
    """All versions, the latest first; the one that the figures are counted by is marked."""

    needs = Can.EXITS_VIEW
    model = ExitDefinition
    table_name = _("Definitions of exit")

    @cached_property
    def build(self):
        return build()

    @cached_property
    def product_names(self) -> dict[str, str]:
        return dict(Product.objects.values_list("code", "name"))

    def get_queryset(self):
        return super().get_queryset().select_related("by")

    def get_columns(self):
        return [
            Column(_("Definition"), value=str, cell=self.name_cell, order="pk"),
            Column(_("In force from"), "date", value=lambda version: version.starts_on, order="starts_on"),
            Column(_("Window, days"), "number", value=lambda version: version.window, order="window"),
            Column(_("Own windows"), value=self.own_windows),
            Column(
                _("Savings keep a client"),
                value=lambda version: version.counts_savings,
                order="counts_savings",
            ),
            Column(
                _("Headline formula"), value=lambda version: version.get_formula_display(), order="formula"
            ),
            Column(_("Added by"), value=self.added_by),
            Column(
                _("Added on"), "date", value=lambda version: localdate(version.created_at), order="created_at"
            ),
        ]

    def name_cell(self, version) -> Cell:
        if self.build is None or version.pk != self.build.definition_id:
            return Cell(str(version))
        return Cell(str(version), status="ok", words=_("in force"))

    @cached_property
    def known_people(self) -> frozenset[int]:
        """Of those who added a version, whom the user may see."""
        added = self.model.objects.exclude(by=None).order_by().values("by")
        people = User.objects.visible_to(self.request.user).filter(pk__in=added)
        return frozenset(people.values_list("pk", flat=True))

    def added_by(self, version) -> str | None:
        """By name only for who may see that person; versions are added at the head office alone."""
        if version.by is None or version.by_id in self.known_people:
            return version.by and str(version.by)
        return str(_("somebody at the head office"))

    def own_windows(self, version) -> str:
        own = version.product_windows.items()
        named = sorted((self.product_names.get(code, code), days) for code, days in own)
        return ", ".join(f"{product} {days}" for product, days in named)


class DefinitionAdd(views.FormView):
    needs = Can.EXITS_DEFINE
    form_class = DefinitionForm
    template_name = "exits/definition_add.html"

    def get_initial(self):
        """What is in force, so that only the change need be typed."""
        latest = ExitDefinition.objects.first()
        if latest is None:
            return {}
        own = {
            f"window_{product.pk}": latest.product_windows.get(product.code)
            for product in Product.objects.filter(kind=Product.Kind.LOAN)
        }
        return own | {
            "window": latest.window,
            "counts_savings": latest.counts_savings,
            "formula": latest.formula,
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"build": build(), "narrow": True}

    def form_valid(self, form):
        try:
            return redirect(self.define(form.settings()))
        except actions.DayTaken as taken:
            form.ask_about(taken)
            return self.form_invalid(form)

    @transaction.atomic
    def define(self, settings: dict) -> Job:
        """The new version, and the job that counts by it."""
        actions.define_exit(**settings, by=self.request.user)
        job = jobs.enqueue("exits.rebuild_spells", by=self.request.user)
        jobs.enqueue("exits.analyse_exits", by=self.request.user)
        return job
