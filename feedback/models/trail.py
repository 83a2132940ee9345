"""What this app records in the audit trail, in words."""

from django.utils.translation import gettext_lazy as _

from feedback.models.complaints import Complaint
from spm import trail

trail.name(
    verbs={
        "complaint.received": _("Complaint received"),
        "complaint.sorted": _("Complaint sorted"),
        "complaint.assigned": _("Complaint given to somebody"),
        "complaint.interim_sent": _("Interim reply to a complaint"),
        "complaint.escalated": _("Complaint handed on to the next level"),
        "complaint.noted": _("Note on a complaint"),
        "complaint.resolved": _("Complaint decided"),
        "complaint.resumed": _("Complaint taken up again"),
        "complaint.told": _("Client told about a complaint"),
        "complaint.closed": _("Complaint closed"),
        "complaint.reopened": _("Complaint reopened"),
        "complaint.appealed": _("Appeal in a complaint"),
        "complainant.read": _("Read who complained"),
        "limits.defined": _("Limits for complaints defined"),
    },
    targets={
        "feedback.Complaint": _("Complaint"),
        "feedback.Category": _("Category of complaints"),
        "feedback.HandlingRules": _("Limits for complaints"),
        "feedback:complaint-list": _("Complaints"),
        "feedback:category-entry-list": _("Categories of complaints"),
        "feedback:complaint-add": _("What does somebody complain of, or suggest?"),
        "feedback:complaint-detail": _("One complaint"),
        "feedback:complaint-change": _("What is done with a complaint"),
    },
    details={
        "level": _("level"),
        "channel": _("how it came"),
        "template": _("made from"),
    },
    values={"channel": dict(Complaint.Channel.choices)},
)
