"""What exit costs."""

from exits.views.cost.page import CostOfExit

__all__ = ["CostOfExit"]
