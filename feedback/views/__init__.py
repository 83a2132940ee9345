from feedback.views import guidance  # noqa: F401  it tells each page its own
from feedback.views.categories import (
    CategoryEntryAdd,
    CategoryEntryBringBack,
    CategoryEntryChange,
    CategoryEntryList,
    CategoryEntryMove,
    CategoryEntryWithdraw,
)
from feedback.views.complaints import ComplaintAdd, ComplaintChange, ComplaintDetail, ComplaintList

__all__ = [
    "CategoryEntryAdd",
    "CategoryEntryBringBack",
    "CategoryEntryChange",
    "CategoryEntryList",
    "CategoryEntryMove",
    "CategoryEntryWithdraw",
    "ComplaintAdd",
    "ComplaintChange",
    "ComplaintDetail",
    "ComplaintList",
]
