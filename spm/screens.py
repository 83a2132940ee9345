"""The kit's own screens: home, jobs, the audit trail, the gallery of components."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse

from spm import views
from spm.access import Can
from spm.models import AuditEvent, Job


@login_not_required
def healthz(request):
    return HttpResponse("ok", content_type="text/plain")


class Home(views.TemplateView):
    needs = Can.HOME_VIEW
    template_name = "spm/home.html"


class Gallery(views.TemplateView):
    needs = Can.GALLERY_VIEW
    template_name = "spm/gallery.html"


class JobList(views.ListView):
    needs = Can.JOBS_VIEW
    model = Job


class JobDetail(views.DetailView):
    needs = Can.JOBS_VIEW
    model = Job


class JobCancel(views.DetailView):
    needs = Can.JOBS_VIEW
    model = Job
    http_method_names = ["post"]


class AuditList(views.ListView):
    needs = Can.AUDIT_VIEW
    model = AuditEvent
