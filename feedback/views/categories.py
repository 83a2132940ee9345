"""The list of what complaints are about, as the institution keeps it (``spm.reference_screens``)."""

from functools import cached_property

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.forms import CategoryAddForm, CategoryForm
from feedback.models import Category, Complaint
from spm import reference_screens as screens
from spm import views
from spm.access import Can, can
from spm.tables import field


class OfComplaints:
    kicker = gettext_lazy("Complaints")
    ways = "feedback/_settings.html"
    edits = Can.COMPLAINTS_DEFINE
    routes = "feedback:category-entry"
    table_name = gettext_lazy("Categories of complaints")


class CategoryEntryList(OfComplaints, screens.EntryList, views.TableList):
    needs = Can.COMPLAINTS_VIEW
    model = Category
    first_label = gettext_lazy("Category")
    sentence = gettext_lazy("Each complaint is sorted under one of these, which says who may read it.")
    none = gettext_lazy("No category yet")
    none_words = gettext_lazy("Add a head, such as “service”, then the categories under it, such as “delay”.")

    @property
    def shows_uses(self) -> bool:
        return can(self.request.user, Can.COMPLAINTS_VIEW)

    @cached_property
    def heads(self) -> dict[str, str]:
        rows = Category.objects.filter(head="").order_by("starts_on", "pk")
        return {row.code: str(row) for row in rows}

    def own_columns(self):
        return [
            field(_("Stands under"), "head", value=lambda row: self.heads.get(row.head, row.head)),
            field(_("Usual severity"), "severity", value=lambda row: str(row.get_severity_display())),
            field(_("Who may read it"), "sensitivity", value=lambda row: str(row.get_sensitivity_display())),
        ]

    def uses(self):
        """Of the complaints that the reader reads: others are not counted for them."""
        read = Complaint.objects.visible_to(self.request.user).exclude(category=None).order_by()
        counted = dict(read.values_list("category__code").annotate(n=Count("pk")))
        return [screens.uses_column(_("Complaints"), "complaints", counted)]


class CategoryEntryAdd(OfComplaints, screens.EntryAdd, views.FormView):
    needs = Can.COMPLAINTS_DEFINE
    form_class = CategoryAddForm
    title = gettext_lazy("Which category is missing?")


class CategoryEntryChange(OfComplaints, screens.EntryChange, views.DetailView):
    needs = Can.COMPLAINTS_DEFINE
    model = Category
    form_class = CategoryForm


class CategoryEntryWithdraw(OfComplaints, screens.EntryWithdraw, views.DetailView):
    needs = Can.COMPLAINTS_DEFINE
    model = Category


class CategoryEntryBringBack(OfComplaints, screens.EntryBringBack, views.DetailView):
    needs = Can.COMPLAINTS_DEFINE
    model = Category


class CategoryEntryMove(OfComplaints, screens.EntryMove, views.DetailView):
    needs = Can.COMPLAINTS_DEFINE
    model = Category
