"""The report as a file: which writer makes which form, and what the file is called."""

import json
from typing import BinaryIO

from django.utils.text import slugify

from exits.queries.report.book import write_book
from exits.queries.report.paper import write_paper


def write_json(report: dict, file: BinaryIO) -> None:
    file.write(json.dumps(report, indent=2, ensure_ascii=False).encode())


TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
WRITERS = {"pdf": write_paper, "xlsx": write_book, "json": write_json}
"""By form: what writes a report into a file of bytes."""


def file_name(report: dict, form: str) -> str:
    """exit-report_board_norte_2025-01-01_2025-12-31_es.pdf"""
    office = slugify(report["office"]["code"]) if report["office"] else ""
    period = report["period"]
    parts = ["exit-report", report["kind"], office, period["start"], period["end"], report["language"]]
    return f"{'_'.join(filter(None, parts))}.{form}"
