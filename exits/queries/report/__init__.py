"""The report on client exit: what it holds, and how it is written as JSON, as a workbook and as a PDF."""

from exits.queries.report.build import UnknownOfficeError, build_report
from exits.queries.report.groups import TABLES

__all__ = ["TABLES", "UnknownOfficeError", "build_report"]
