"""What the kit records, in words."""

from django.utils.translation import gettext_lazy as _

from spm import exports, trail
from spm.chain import Flaw
from spm.models.job import Job

trail.name(
    verbs={
        "exported": _("Exported"),
        "export.asked": _("Long export asked for"),
        "identified": _("Names of clients seen"),
        "refused": _("Refused: not allowed"),
        "signed_in": _("Signed in"),
        "signed_out": _("Signed out"),
        "sign_in_failed": _("Sign-in failed"),
        "sign_in_stopped": _("Sign-in stopped after too many tries"),
        "password.changed": _("Password changed"),
        "password.reset": _("Password chosen anew by a link"),
        "job.cancelled": _("Job stopped"),
        "job.retried": _("Job tried again"),
        "second_factor.set_up": _("Second step of signing in set up"),
        "second_factor.removed": _("Second step of signing in taken away"),
        "second_factor.codes_made": _("Recovery codes made"),
        "form.kept_for_review": _("Form sent again with other answers"),
        "form.reviewed": _("Form sent twice looked at"),
        "audit.verified": _("Audit trail verified"),
        "audit.head_lost": _("End of the audit trail lost: it was tampered with"),
    },
    targets={
        "spm.Job": _("Job"),
        "spm.User": _("Account"),
        "spm.Institution": _("Institution"),
        "spm.AuditHead": _("Audit trail as a whole"),
        "account_login": _("Sign-in"),
        "gallery": _("Components"),
        "home": _("My work"),
        "field-today": _("Work of the day, for the phone"),
        "field-conflict-list": _("Forms sent twice"),
        "spm.SubmissionConflict": _("Form sent twice"),
        "job-list": _("Jobs"),
        "audit-list": _("Audit trail"),
    },
    details={
        "form": _("as"),
        "shown": _("shown"),
        "pk": _("number"),
        "work": _("work"),
        "page": _("page"),
        "seen": _("how many clients"),
        "ids": _("client records"),
        "in_file": _("people named in a file"),
        "method": _("by"),
        "address": _("from address"),
        "person": _("who"),
        "verb": _("what"),
        "target": _("to what"),
        "record": _("its number"),
        "since": _("from day"),
        "until": _("to day"),
        "lines": _("lines whole"),
        "flaw": _("flaw"),
        "broken_at": _("first broken line"),
    },
    values={
        "form": exports.FORMS,
        "work": Job.TITLES,
        "flaw": dict(Flaw.choices),
        "method": {"GET": _("opening it"), "POST": _("sending a form")},
    },
)
