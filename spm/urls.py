from django.urls import include, path

from spm import audit_screen, field_review, field_screens, screens

urlpatterns = [
    path("", screens.Home.as_view(), name="home"),
    path("healthz", screens.healthz, name="healthz"),
    path("logo/<slug:digest>.png", screens.logo, name="logo"),
    path("language/setlang/", screens.choose_language, name="set_language"),
    path("accounts/", include("spm.account_urls")),
    path("jobs/", screens.JobList.as_view(), name="job-list"),
    path("jobs/<uuid:pk>/", screens.JobDetail.as_view(), name="job-detail"),
    path("jobs/<uuid:pk>/cancel/", screens.JobCancel.as_view(), name="job-cancel"),
    path("jobs/<uuid:pk>/retry/", screens.JobRetry.as_view(), name="job-retry"),
    path("files/<uuid:pk>/", screens.PreparedFileTake.as_view(), name="prepared-file"),
    path("field-worker.js", field_screens.worker, name="field-worker"),
    path("manifest.webmanifest", field_screens.manifest, name="manifest"),
    path("field/hello/", field_screens.Hello.as_view(), name="field-hello"),
    path("field/today/", field_screens.Today.as_view(), name="field-today"),
    path("field/outbox/", field_screens.Outbox.as_view(), name="field-outbox"),
    path("field/offline/", field_screens.Offline.as_view(), name="field-offline"),
    path("field/twice/", field_review.ConflictList.as_view(), name="field-conflict-list"),
    path("field/twice/<uuid:pk>/", field_review.ConflictDetail.as_view(), name="field-conflict-detail"),
    path("field/twice/<uuid:pk>/done/", field_review.ConflictSettle.as_view(), name="field-conflict-settle"),
    path("audit/", audit_screen.AuditList.as_view(), name="audit-list"),
    path("gallery/", screens.Gallery.as_view(), name="gallery"),
    path("clients/", include("clients.urls")),
    path("exits/", include("exits.urls")),
    path("feedback/", include("feedback.urls")),
]
