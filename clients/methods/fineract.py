"""Workbooks of Fineract and Mifos, read as a portfolio."""

from pathlib import Path

from clients.methods.reading import Source


def open_fineract(path: Path) -> Source:
    raise NotImplementedError
