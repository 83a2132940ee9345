from feedback.views import guidance  # noqa: F401  it tells each page its own
from feedback.views.complaints import ComplaintAdd, ComplaintChange, ComplaintDetail, ComplaintList

__all__ = ["ComplaintAdd", "ComplaintChange", "ComplaintDetail", "ComplaintList"]
