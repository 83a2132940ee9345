from spm.models.audit import AuditEvent, AuditHead
from spm.models.institution import Holiday, Institution
from spm.models.job import Job, JobEffect
from spm.models.prepared import PreparedFile
from spm.models.user import User

__all__ = ["AuditEvent", "AuditHead", "Holiday", "Institution", "Job", "JobEffect", "PreparedFile", "User"]
