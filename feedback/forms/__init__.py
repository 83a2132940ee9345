from feedback.forms.complaints import ComplaintFilter, ComplaintForm
from feedback.forms.reference import CategoryAddForm, CategoryForm
from feedback.forms.steps import STEPS

__all__ = ["STEPS", "CategoryAddForm", "CategoryForm", "ComplaintFilter", "ComplaintForm"]
