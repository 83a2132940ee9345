from spm.models.audit import AuditEvent, AuditHead
from spm.models.field import FieldKey, Submission, SubmissionConflict
from spm.models.institution import Holiday, Institution, Logo
from spm.models.job import Job, JobEffect
from spm.models.prepared import PreparedFile
from spm.models.user import User
from spm.models.work import WorkItem

__all__ = [
    "AuditEvent",
    "AuditHead",
    "FieldKey",
    "Holiday",
    "Institution",
    "Job",
    "JobEffect",
    "Logo",
    "PreparedFile",
    "Submission",
    "SubmissionConflict",
    "User",
    "WorkItem",
]
