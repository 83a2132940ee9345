from django.urls import include, path

from spm import screens

urlpatterns = [
    path("", screens.Home.as_view(), name="home"),
    path("healthz", screens.healthz, name="healthz"),
    path("language/", include("django.conf.urls.i18n")),
    path("accounts/", include("spm.account_urls")),
    path("jobs/", screens.JobList.as_view(), name="job-list"),
    path("jobs/<uuid:pk>/", screens.JobDetail.as_view(), name="job-detail"),
    path("jobs/<uuid:pk>/cancel/", screens.JobCancel.as_view(), name="job-cancel"),
    path("audit/", screens.AuditList.as_view(), name="audit-list"),
    path("gallery/", screens.Gallery.as_view(), name="gallery"),
    path("clients/", include("clients.urls")),
    path("exits/", include("exits.urls")),
]
