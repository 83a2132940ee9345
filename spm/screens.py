"""The kit's own screens: home, jobs, the gallery of components."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from spm import audit_check, gallery, jobs, nav, prepared, views, work
from spm.access import Can, Role, can, memberships, roles
from spm.models import Job, Logo, PreparedFile
from spm.observed import observe
from spm.tables import Cell, Column


@login_not_required
def healthz(request):
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def logo(request, digest):
    """The institution's picture. Its address is that of its content, so a browser asks for it once."""
    image = Logo.objects.filter(digest=digest).values_list("image", flat=True).first()
    if image is None:
        raise Http404
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    response = HttpResponse(bytes(image), content_type="image/png", headers=kept)
    response._csp_config = {"default-src": [CSP.NONE]}
    return response


@login_not_required
def choose_language(request):
    """Django's own; of whoever is signed in the choice is kept too, for the mails that go to them."""
    answer, code = set_language(request), request.POST.get("language")
    if request.user.is_authenticated and code in request.institution.languages:
        request.user.reads(code)
    return answer


class Home(views.TemplateView):
    """What matters first to this person: ways in, one's own latest jobs, and panels of the apps above."""

    needs = Can.HOME_VIEW
    template_name = "spm/home.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        latest = Job.objects.filter(by=user)[:5] if can(user, Can.JOBS_VIEW) else []
        entries = nav.opened_to(user, nav.MENU + nav.ACCOUNT_MENU)
        return super().get_context_data(**kwargs) | {
            "places": [held.in_words() for held in memberships(user)],
            "only_own": nav.only_own(user),
            "tasks": self.tasks(user),
            "only_reports": roles(user) == {Role.ASSESSOR},
            "panels": nav.opened_to(user, nav.HOME_PANELS),
            "audit_check": audit_check.last_check() if can(user, Can.AUDIT_VIEW) else None,
            "questions": [
                {"title": entry["question"], "url": entry["url"], "why": entry["promise"]}
                for entry in entries
                if entry["question"]
            ],
            "jobs": [
                {
                    "title": job.title,
                    "url": job.get_absolute_url(),
                    "why": date_format(timezone.localtime(job.created_at), "DATETIME_FORMAT"),
                    "status": job.mark,
                    "words": job.get_state_display(),
                }
                for job in latest
            ],
        }

    @staticmethod
    def tasks(user) -> list[dict]:
        """What is overdue, due today or in the next days; nothing for whoever does no work in the field."""
        until = timezone.localdate() + dt.timedelta(days=work.AHEAD)
        return [task.as_listed() for task in work.tasks_of(user, until)] if can(user, Can.FIELD_WORK) else []


class Gallery(views.Exported, views.TemplateView):
    """Every component in every state: looked at by people, visited by the tests."""

    needs = Can.GALLERY_VIEW
    has_chart = True
    template_name = "spm/gallery.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | gallery.samples(self.request.GET)

    def export_tables(self):
        return {"branches": gallery.branches_as_file, "clients": gallery.clients_as_file}


class JobList(views.TableList):
    """One's own jobs, newest first; that of an administrator at the head office is everybody's."""

    needs = Can.JOBS_VIEW
    model = Job
    table_name = _("Jobs")

    def get_queryset(self):
        return super().get_queryset().select_related("by")

    def get_columns(self):
        return [
            Column(
                _("Work"),
                value=lambda job: job.title,
                cell=lambda job: Cell(job.title, url=job.get_absolute_url()),
                order="work",
            ),
            Column(
                _("State"),
                value=lambda job: job.get_state_display(),
                cell=lambda job: Cell(status=job.mark, words=job.get_state_display()),
                order="state",
            ),
            Column(_("Asked by"), value=by_words, order="by__username"),
            Column(_("Asked"), "date", value=lambda job: job.created_at, order="created_at"),
            Column(_("Finished"), "date", value=lambda job: job.finished_at, order="finished_at"),
        ]


class JobDetail(views.DetailView):
    """How far a job is. While it runs, the page asks for its own middle each second."""

    needs = Can.JOBS_VIEW
    model = Job

    def get_queryset(self):
        return super().get_queryset().select_related("by")

    def get_object(self, queryset=None):
        return jobs.live(super().get_object(queryset))

    def get_template_names(self):
        return ["spm/job_detail.html#job" if views.wants_part(self.request) else "spm/job_detail.html"]


class JobCancel(views.DetailView):
    needs = Can.JOBS_VIEW
    model = Job
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        job = self.get_object()
        jobs.cancel(job, by=request.user)
        return redirect(job)


class JobRetry(views.DetailView):
    needs = Can.JOBS_VIEW
    model = Job
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        job = self.get_object()
        if not jobs.try_again(job, by=request.user):
            messages.warning(request, _("This job is under way or over; there is nothing to try again."))
        return redirect(job)


class PreparedFileTake(views.DetailView):
    """A file that a job has made ready, for its owner alone and as long as they may see what is in it."""

    needs = Can.JOBS_VIEW
    model = PreparedFile

    def get(self, request, *args, **kwargs):
        file = self.get_object()
        if not prepared.is_open_to(file, request.user):
            raise Http404
        observe("exported", file.screen, by=request.user, **file.told)
        return FileResponse(file.file.open("rb"), as_attachment=True, filename=file.name)


def by_words(row) -> str:
    """Who did it or asked for it."""
    return str(row.by or _("the clock or a command"))
