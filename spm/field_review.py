"""Forms that came twice with different answers: a manager sees both, and says that they are looked at."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from spm import conflicts, views
from spm.access import Can
from spm.models import AuditEvent, SubmissionConflict
from spm.tables import Cell, Column

COLUMNS = [
    Column(
        gettext_lazy("Form"),
        value=lambda row: str(screen_of(row.submission).title),
        cell=lambda row: Cell(
            str(screen_of(row.submission).title), url=reverse("field-conflict-detail", args=[row.pk])
        ),
    ),
    Column(gettext_lazy("First sent by"), value=lambda row: str(row.submission.user)),
    Column(
        gettext_lazy("Received first"),
        "date",
        value=lambda row: row.submission.received_at,
        order="submission__received_at",
    ),
    Column(gettext_lazy("Sent again by"), value=lambda row: str(row.user)),
    Column(gettext_lazy("Received again"), "date", value=lambda row: row.received_at, order="received_at"),
    Column(
        gettext_lazy("State"),
        value=lambda row: str(state_of(row)),
        cell=lambda row: Cell(status="" if row.settled_at else "act", words=str(state_of(row))),
        order="settled_at",
    ),
]


def screen_of(submission):
    """The field form's screen."""
    return resolve(reverse(submission.form)).func.view_class


def state_of(row) -> str:
    return gettext_lazy("looked at") if row.settled_at else gettext_lazy("to look at")


class ConflictList(views.TableList):
    needs = Can.FIELD_REVIEW
    model = SubmissionConflict
    template_name = "field/conflict_list.html"
    table_name = gettext_lazy("Forms sent twice")

    def get_template_names(self):
        part = views.wants_part(self.request)
        return [f"{self.template_name}#rows" if part else self.template_name]

    def get_queryset(self):
        return super().get_queryset().select_related("submission__user", "user")

    def get_columns(self):
        return COLUMNS


class ConflictDetail(views.DetailView):
    """Both answers side by side, in the words of the form."""

    needs = Can.FIELD_REVIEW
    model = SubmissionConflict
    template_name = "field/conflict_detail.html"

    def get_queryset(self):
        return super().get_queryset().select_related("submission__user", "user", "settled_by")

    def get_context_data(self, **kwargs):
        row = self.object
        screen = screen_of(row.submission)
        form = screen.form_for(self.request.user)
        return super().get_context_data(**kwargs) | {
            "title": screen.title,
            "answers": [answer for name in form.fields if (answer := _answer(form, name, row))],
        }


def _answer(form, name: str, row) -> dict | None:
    """A question with what was said first and then; None where nothing was."""
    first, then = (body.get(name, []) for body in (row.submission.body, row.body))
    if not any([*first, *then]):
        return None
    field = form.fields[name]
    return {
        "label": form[name].label,
        "first": conflicts.shown(field, first),
        "then": conflicts.shown(field, then),
        "differs": first != then,
    }


class ConflictSettle(views.DetailView):
    needs = Can.FIELD_REVIEW
    model = SubmissionConflict
    http_method_names = ["post"]

    @transaction.atomic
    def post(self, request, *args, **kwargs):
        row = self.get_object()
        rows = SubmissionConflict.objects.filter(pk=row.pk, settled_at=None)
        if rows.update(settled_at=timezone.now(), settled_by=request.user):
            AuditEvent.record("form.reviewed", row, by=request.user, form=row.submission.form)
        messages.success(request, _("Noted: this form is looked at."))
        return redirect("field-conflict-list")
