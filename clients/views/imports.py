from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from clients import actions
from clients.forms.imports import ImportForm
from clients.methods.handback import empty_workbook, rejected_workbook, rejected_zip
from clients.models import ImportBatch
from clients.queries import changes, imports
from spm import jobs, upload_limit, views
from spm.access import Can
from spm.models import AuditEvent

State = ImportBatch.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARKS = {
    State.UPLOADED: "wait",
    State.CHECKED: "act",
    State.CONFIRMED: "wait",
    State.DONE: "ok",
    State.REFUSED: "act",
}
WARNED = 100


class ImportList(views.ListView):
    """What was taken in and when, newest first."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    template_name = "clients/import_list.html"

    def get_queryset(self):
        return imports.for_list(super().get_queryset())

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = [
            (batch, MARKS.get(batch.state, ""), imports.totals(batch.sheets)) for batch in context["page_obj"]
        ]
        return context | {"rows": rows, "sheets": imports.described_sheets()}


class ImportUpload(views.FormView):
    needs = Can.PORTFOLIO_IMPORT
    form_class = ImportForm
    template_name = "clients/import_upload.html"

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        if upload_limit.was_stopped(self.request):
            form.tell_too_large(upload_limit.words())
        return form

    def form_valid(self, form):
        user = self.request.user
        options = {name: form.cleaned_data[name] for name in ("profile", "decimal", "strict")}
        with form.as_one_file() as file:
            batch = actions.upload_import(file=file, source=form.source(), by=user, **options)
        return redirect(batch)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"sheets": imports.described_sheets()}


class ImportDetail(views.DetailView):
    """One import: how far it is, what it would do, what it did."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    template_name = "clients/import_detail.html"

    def get_queryset(self):
        return super().get_queryset().select_related("by", "check_job", "write_job", "undo_job", "changes")

    def get(self, request, *args, **kwargs):
        if views.wants_part(request) and (self.job() is None or self.job().is_finished):
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)

    def job(self):
        """The job that the import waits for, with its latest step."""
        batch = self.get_object()
        waits_for = {
            State.UPLOADED: batch.check_job,
            State.CONFIRMED: batch.write_job,
            State.DONE: batch.undo_job,
        }
        job = waits_for.get(batch.state)
        return job and jobs.live(job)

    def get_template_names(self):
        return [f"{self.template_name}#progress" if views.wants_part(self.request) else self.template_name]

    def get_context_data(self, **kwargs):
        batch, names = self.object, imports.may_see_names(self.request.user)
        report = batch.report
        bad = Paginator(report.get("rejected", []), 50).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "batch": batch,
            "mark": MARKS.get(batch.state, ""),
            "job": self.job(),
            "may_be_undone": changes.may_be_undone(batch),
            "undoing": bool(batch.undo_job and not batch.undo_job.is_finished),
            "stuck": imports.came_to_nothing(batch),
            "counts": list(report.get("sheets", {}).items()),
            "total": imports.totals(report.get("sheets")),
            "sentence": imports.in_one_sentence(batch),
            "changes": imports.changes(report, names=names),
            "page_obj": bad,
            "rejected": imports.rejections(report, bad.object_list, names=names),
            "names": names,
            "warnings": [imports.warning(notice) for notice in report.get("warnings", [])[:WARNED]],
            "more_warnings": max(len(report.get("warnings", [])) - WARNED, 0),
            "may_have_rejected": imports.may_have_rejected(batch, self.request.user),
        }


class ImportConfirm(views.DetailView):
    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        batch = self.get_object()
        if not actions.confirm_import(batch=batch, by=request.user):
            messages.warning(request, _("This file waits for no confirmation any more."))
        return redirect(batch)


class ImportDiscard(views.DetailView):
    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        batch = self.get_object()
        if actions.discard_import(batch=batch, by=request.user):
            messages.success(request, _("The file is discarded. Nothing of it was written."))
        else:
            messages.warning(request, _("This file cannot be discarded any more."))
        return redirect(batch)


class ImportUndo(views.DetailView):
    """Asks before an import is taken back, and says what that will do."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    template_name = "clients/import_undo.html"

    def get_queryset(self):
        return super().get_queryset().filter(state=State.DONE).select_related("undo_job", "changes")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "batch": self.object,
            "obstacles": changes.obstacles_at_first_sight(self.object),
            "undoing": changes.what_undo_does(self.object),
        }

    def post(self, request, *args, **kwargs):
        batch = self.get_object()
        if not actions.ask_undo_import(batch=batch, by=request.user):
            messages.warning(request, _("This import cannot be taken back now."))
        return redirect(batch)


class ImportRejected(views.DetailView):
    """The rejected rows as a file: to put right and to import again."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch

    def get(self, request, *args, **kwargs):
        batch = self.get_object()
        if not batch.report.get("rows"):
            raise Http404
        if not imports.may_have_rejected(batch, request.user):
            raise PermissionDenied
        sheets = imports.rejected_sheets(batch.report)
        AuditEvent.record("exported", batch, by=request.user, what="rejected rows")
        name = f"rejected-{batch.pk}_{timezone.localdate()}"
        if batch.report.get("form") == "csv":
            delimiter = ";" if batch.decimal == "," else ","
            return download(rejected_zip(sheets, delimiter), f"{name}.zip", "application/zip")
        return download(rejected_workbook(sheets), f"{name}.xlsx", XLSX)


class ImportTemplate(views.View):
    """An empty workbook with every sheet and column of the format."""

    needs = Can.PORTFOLIO_IMPORT

    def get(self, request):
        return download(empty_workbook(), "spm-portfolio.xlsx", XLSX)


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
