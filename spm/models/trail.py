"""What the kit records, in words."""

from django.utils.translation import gettext_lazy as _

from spm import exports, trail
from spm.models.job import Job

trail.name(
    verbs={
        "exported": _("Exported"),
        "job.cancelled": _("Job stopped"),
        "job.retried": _("Job tried again"),
        "second_factor.set_up": _("Second step of signing in set up"),
        "second_factor.removed": _("Second step of signing in taken away"),
        "second_factor.codes_made": _("Recovery codes made"),
    },
    targets={
        "spm.Job": _("Job"),
        "spm.User": _("Account"),
        "spm.Institution": _("Institution"),
        "gallery": _("Components"),
        "job-list": _("Jobs"),
        "audit-list": _("Audit trail"),
    },
    details={"form": _("as"), "shown": _("shown"), "pk": _("number"), "work": _("work"), "page": _("page")},
    values={"form": exports.FORMS, "work": Job.TITLES},
)
