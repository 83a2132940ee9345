from functools import cached_property, partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRefresh

from clients import actions
from clients.forms.imports import ImportForm
from clients.methods.handback import empty_workbook, rejected_workbook, rejected_zip
from clients.models import ImportBatch
from clients.queries import adding_up, changes, imports
from clients.views import import_tables, reconciliation
from spm import jobs, tables, upload_limit, views
from spm.access import Can
from spm.observed import observe, saw

State = ImportBatch.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WARNED = 100


class ImportList(views.TableList):
    """What was taken in and when, newest first."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    template_name = "clients/import_list.html"
    table_name = _("Imports")

    def get_queryset(self):
        return imports.for_list(super().get_queryset())

    def get_columns(self):
        return import_tables.BATCHES

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"sheets": imports.described_sheets()}


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
        if batch.state == State.UNMAPPED:
            return redirect("clients:import-columns", batch.pk)
        return redirect(batch)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"sheets": imports.described_sheets()}


class ImportDetail(views.Exported, views.DetailView):
    """One import: how far it is, what it would do, what it did."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    template_name = "clients/import_detail.html"

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related("by", "check_job", "write_job", "undo_job", "changes", "mapping")
        )

    def decide(self):
        super().decide()
        if views.wants_part(self.request) and (self.job() is None or self.job().is_finished):
            return HttpResponseClientRefresh()
        return None

    def job(self):
        """The job that the import waits for, with its latest step."""
        batch = self.object
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
        batch, report = self.object, self.object.report
        bad = Paginator(report.get("rejected", []), 50).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "batch": batch,
            "mark": import_tables.mark(batch),
            "job": self.job(),
            "may_be_undone": changes.may_be_undone(batch),
            "undoing": bool(batch.undo_job and not batch.undo_job.is_finished),
            "stuck": imports.came_to_nothing(batch),
            "counts": tables.on_screen(import_tables.SHEETS, self.sheets(batch)),
            "total": imports.totals(report.get("sheets")),
            "sentence": imports.in_one_sentence(batch),
            "changes": tables.on_screen(import_tables.CHANGES, self.changes(batch)),
            "page_obj": bad,
            "rejected": tables.on_screen(import_tables.REJECTED, self.rejections(batch, bad.object_list)),
            "flows": reconciliation.sections(batch),
            "adds_up": adding_up.adds_up_words(report),
            "odd": tables.on_screen(reconciliation.ODD, reconciliation.odd(batch)),
            "names": self.names,
            "warnings": self.warnings(batch)[:WARNED],
            "more_warnings": max(len(report.get("warnings", [])) - WARNED, 0),
            "may_have_rejected": imports.may_have_rejected(batch, self.request.user),
        }

    @cached_property
    def names(self) -> bool:
        return imports.may_see_names(self.request.user)

    def sheets(self, batch) -> list[tuple[str, dict]]:
        return list(batch.report.get("sheets", {}).items())

    def rejections(self, batch, entries=None) -> list[imports.Rejection]:
        """Some bad cells, or all."""
        entries = batch.report.get("rejected", []) if entries is None else entries
        return self.in_clear(partial(imports.rejections, batch.report, entries))

    def changes(self, batch) -> list[imports.Changed]:
        return self.in_clear(partial(imports.changes, batch.report))

    def in_clear(self, cells):
        """The cells as this user may read them; those that others see masked go into the audit trail."""
        shown = cells(names=self.names)
        if self.names and shown != cells(names=False):
            saw(self.request.user, None)
        return shown

    def warnings(self, batch) -> list[str]:
        return [imports.warning(notice) for notice in batch.report.get("warnings", [])]

    def export_tables(self):
        batch = self.get_object()
        about = [(_("File"), batch.source), (_("State"), batch.get_state_display())]
        parts = {
            "sheets": (_("Rows by sheet"), import_tables.SHEETS, self.sheets),
            "rejected": (_("Rejected rows"), import_tables.REJECTED, self.rejections),
            "changes": (_("Some of the changes"), import_tables.CHANGES, self.changes),
            "adding-up": (_("Does it add up?"), reconciliation.FLOW_COLUMNS, reconciliation.flow_rows),
            "odd": (_("Worth a look"), reconciliation.ODD, reconciliation.odd),
            "warnings": (_("Good to know"), import_tables.WARNINGS, self.warnings),
        }
        return {
            name: lambda title=title, columns=columns, rows=rows: tables.as_file(
                title, columns, rows(batch), about
            )
            for name, (title, columns, rows) in parts.items()
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


class ImportUndo(views.Exported, views.DetailView):
    """Asks before an import is taken back, and says what that will do."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    template_name = "clients/import_undo.html"

    def get_queryset(self):
        return super().get_queryset().filter(state=State.DONE).select_related("undo_job", "changes")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "batch": self.object,
            "obstacles": ValidationError(changes.obstacles_at_first_sight(self.object)).messages,
            "undoing": tables.on_screen(import_tables.UNDOING, changes.what_undo_does(self.object)),
        }

    def export_table(self):
        batch = self.get_object()
        about = [(_("File"), batch.source)]
        return tables.as_file(
            _("What will happen"), import_tables.UNDOING, changes.what_undo_does(batch), about
        )

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
        observe("exported", batch, by=request.user, what="rejected rows")
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
