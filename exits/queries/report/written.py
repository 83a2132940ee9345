"""The report as a file: which writer makes which form, and what the file is called.

The writers are named, not imported: letters and workbooks would weigh on every process that writes none.
"""

import json
from typing import BinaryIO

from django.utils.module_loading import import_string
from django.utils.text import slugify


def write_json(report: dict, file: BinaryIO) -> None:
    file.write(json.dumps(report, indent=2, ensure_ascii=False).encode())


TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
WRITERS = {
    "pdf": "exits.queries.report.paper.write_paper",
    "xlsx": "exits.queries.report.book.write_book",
    "json": "exits.queries.report.written.write_json",
}


def write(report: dict, form: str, file: BinaryIO) -> None:
    import_string(WRITERS[form])(report, file)


def file_name(report: dict, form: str) -> str:
    """exit-report_board_norte_2025-01-01_2025-12-31_es.pdf"""
    office = slugify(report["office"]["code"]) if report["office"] else ""
    period = report["period"]
    parts = ["exit-report", report["kind"], office, period["start"], period["end"], report["language"]]
    return f"{'_'.join(filter(None, parts))}.{form}"
