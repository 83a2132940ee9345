"""How a portfolio file is read and checked: plain functions, without database or web."""

from clients.methods.names import fold
from clients.methods.sheets import SHEETS, Column, Sheet

__all__ = ["SHEETS", "Column", "Sheet", "fold"]
