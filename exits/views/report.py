"""The report on leaving, from the browser: at once, or made ready by a job where it takes longer."""

import tempfile
from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from exits.forms import PRESETS, presets
from exits.forms.report import ReportForm
from exits.queries import data_as_of
from exits.queries.figures import last_day
from exits.queries.records import NoRecordsError
from exits.queries.report import build_report
from exits.queries.report.reach import is_long
from exits.queries.report.written import TYPES, file_name, write
from spm import prepared, views
from spm.access import Can
from spm.models import PreparedFile
from spm.observed import observe


class ExitReport(views.TemplateView):
    needs = Can.EXITS_REPORT
    template_name = "exits/report.html"

    @cached_property
    def last(self):
        """The day of the data; None before there are any."""
        return data_as_of()

    @cached_property
    def form(self) -> ReportForm:
        said = self.request.GET
        given = {"data": said} if "form" in said else {"initial": said.dict()}
        return ReportForm(**given, user=self.request.user, last=self.last)

    def decide(self):
        if self.last and "form" in self.request.GET and self.form.is_valid():
            return self.take(self.form.cleaned_data["form"])
        return None

    def take(self, form: str):
        request, said = self.request, self.form.cleaned_data
        told = {
            "form": form,
            "shown": {name: values for name, values in request.GET.lists() if name != "form"},
        }
        if is_long(said["office"]):
            words = _("The report is made ready here. It can be taken for %(days)s days.")
            messages.info(request, words % {"days": prepared.DAYS})
            return redirect(prepared.ask(request, form, told))
        file = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
        try:
            name = self._write(file, form)
        except NoRecordsError:
            file.close()
            return redirect(request.path)
        file.seek(0)
        observe("exported", request.resolver_match.view_name, by=request.user, **told)
        return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[form])

    def write_file(self, file, form: str, progress) -> tuple[str, dict]:
        """What the job makes ready, within what its owner reaches then."""
        if not (self.last and self.form.is_valid()):
            raise ValidationError(prepared.NO_LONGER)
        progress.step(0, 2, gettext_noop("Counting the clients"))
        try:
            name = self._write(file, form, lambda: progress.step(1, 2, gettext_noop("Writing the report")))
        except NoRecordsError:
            raise ValidationError(prepared.NO_LONGER) from None
        progress.step(2, 2)
        return name, {}

    def _write(self, file, form, counted=lambda: None) -> str:
        with translation.override(self.form.cleaned_data["language"]):
            report = build_report(**self.form.period())
            counted()
            write(report, form, file)
            return file_name(report, form)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not self.last:
            return context
        return context | {
            "form": self.form,
            "presets": self.periods(),
            "last": date_format(self.last, "DATE_FORMAT"),
            "ready": self.ready(),
            "days": prepared.DAYS,
        }

    def periods(self) -> list[dict]:
        """The periods offered by name, each a link that fills in its days."""
        found = []
        for name, (first, month) in presets(self.last).items():
            end = min(last_day(month), self.last)
            found.append({"words": PRESETS[name], "url": f"?start={first}&end={end}"})
        return found

    def ready(self) -> list[PreparedFile]:
        """Reports made before that can be taken still, the latest first."""
        user = self.request.user
        kept = PreparedFile.objects.visible_to(user).kept().filter(path=self.request.path)
        return [file for file in kept if prepared.is_open_to(file, user)]
