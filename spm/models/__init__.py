from spm.models.audit import AuditEvent
from spm.models.institution import Institution
from spm.models.job import Job, JobEffect
from spm.models.user import User

__all__ = ["AuditEvent", "Institution", "Job", "JobEffect", "User"]
