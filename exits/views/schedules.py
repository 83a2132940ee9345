"""Reports that go by mail by themselves: which, to whom, when next, and what came of the last one."""

from functools import cached_property

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits import actions
from exits.forms.schedules import ScheduleForm
from exits.methods.schedules import period_before
from exits.models import ReportSchedule
from exits.queries import data_as_of
from exits.queries.report.recipients import may_be_chosen
from spm import views
from spm.access import Can
from spm.editing import Edited
from spm.models import Job
from spm.tables import Cell, Column, field


class ScheduleList(views.TableList):
    needs = Can.EXITS_REPORT
    model = ReportSchedule
    template_name = "exits/schedule_list.html"
    table_name = gettext_lazy("Reports by mail")

    def get_queryset(self):
        return super().get_queryset().select_related("office", "job").prefetch_related("recipients")

    @cached_property
    def as_of(self):
        return data_as_of()

    def get_columns(self):
        known = set(may_be_chosen(self.request.user, timezone.localdate()))

        def to(row):
            """Names of those whom the reader knows, and how many others."""
            people = list(row.recipients.all())
            names = [str(person) for person in people if person in known]
            others = len(people) - len(names)
            return ", ".join(names + ([_("others: %(n)s") % {"n": others}] if others else []))

        return [
            field(
                _("Report"),
                "kind",
                value=lambda row: row.get_kind_display(),
                cell=lambda row: Cell(row.get_kind_display(), url=row.get_absolute_url()),
            ),
            Column(_("Office"), code="office", value=lambda row: str(row.office), order="office__name"),
            field(_("Language"), "language", value=lambda row: row.get_language_display()),
            field(_("As what"), "form", value=lambda row: row.get_form_display()),
            field(_("How often"), "every", value=lambda row: row.get_every_display()),
            Column(_("To whom"), code="to", value=to),
            field(_("Next on"), "due_on", "date"),
            field(_("Last sent"), "last_sent_at", "date"),
            Column(_("State"), code="state", value=lambda row: self.state(row)[1], cell=self.state_cell),
        ]

    def state_cell(self, row):
        status, words = self.state(row)
        return Cell(status=status, words=words)

    def state(self, row) -> tuple[str, str]:
        """A mark, and how it stands: a mail that could not be sent comes first."""
        if row.job and row.job.state in Job.CAME_TO_NOTHING:
            return "act", _("The last one was not sent")
        if not row.active:
            return "", _("Stopped")
        end = period_before(row.due_on, row.every)[1]
        if self.as_of is None or end > self.as_of:
            return "", _("Waits for data until %(day)s") % {"day": date_format(end, "SHORT_DATE_FORMAT")}
        return "ok", _("Will be sent")


class ScheduleAdd(views.FormView):
    needs = Can.EXITS_REPORT
    form_class = ScheduleForm
    template_name = "exits/schedule_form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form):
        actions.schedule_report(**form.cleaned_data, by=self.request.user)
        messages.success(self.request, _("The report will be sent."))
        return redirect("exits:schedule-list")


class ScheduleChange(Edited, views.DetailView):
    needs = Can.EXITS_REPORT
    model = ReportSchedule
    edit_verbs = ("schedule.added", "schedule.changed")
    context_object_name = "schedule"
    template_name = "exits/schedule_form.html"

    def form(self, data=None):
        return ScheduleForm(data, instance=self.get_object(), user=self.request.user)

    def save(self, form, version):
        said = form.cleaned_data
        actions.change_schedule(schedule=self.get_object(), version=version, **said, by=self.request.user)
        stopped = _("The report is not sent any more.")
        messages.success(self.request, _("The report is changed.") if said["active"] else stopped)
        return redirect("exits:schedule-list")

    def get_context_data(self, **kwargs):
        job = self.object.job
        seen = job and Job.objects.visible_to(self.request.user).filter(pk=job.pk).exists()
        failed = bool(job) and job.state in Job.CAME_TO_NOTHING
        return super().get_context_data(**kwargs) | {"failed": failed, "job": job if seen else None}
