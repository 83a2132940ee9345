from feedback.forms.complaints import ComplaintFilter, ComplaintForm
from feedback.forms.steps import STEPS

__all__ = ["STEPS", "ComplaintFilter", "ComplaintForm"]
