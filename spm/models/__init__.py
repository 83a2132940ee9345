from spm.models.audit import AuditEvent, AuditHead
from spm.models.institution import Institution
from spm.models.job import Job, JobEffect
from spm.models.user import User

__all__ = ["AuditEvent", "AuditHead", "Institution", "Job", "JobEffect", "User"]
