from feedback.models.categories import Category, Sensitivity, Severity
from feedback.models.complaints import Complainant, Complaint, ComplaintStep
from feedback.models.rules import HandlingLevel, HandlingRules

__all__ = [
    "Category",
    "Complainant",
    "Complaint",
    "ComplaintStep",
    "HandlingLevel",
    "HandlingRules",
    "Sensitivity",
    "Severity",
]
