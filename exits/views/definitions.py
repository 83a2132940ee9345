"""By which definition clients count as gone: all versions, and a new one."""

from django.db import transaction
from django.shortcuts import redirect

from clients.models import Product
from exits import actions
from exits.forms import DefinitionForm
from exits.models import ExitDefinition
from exits.queries import build
from spm import jobs, views
from spm.access import Can


class DefinitionList(views.ListView):
    needs = Can.EXITS_VIEW
    model = ExitDefinition

    def get_queryset(self):
        return super().get_queryset().select_related("by")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        made = build()
        names = dict(Product.objects.values_list("code", "name"))
        for version in context["object_list"]:
            own = version.product_windows.items()
            version.own_windows = sorted((names.get(code, code), days) for code, days in own)
        return context | {"build": made, "in_force": made and made.definition_id}


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

    @transaction.atomic
    def form_valid(self, form):
        actions.define_exit(**form.settings(), by=self.request.user)
        return redirect(jobs.enqueue("exits.rebuild_spells", by=self.request.user))
