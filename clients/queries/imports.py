"""Reports of imports in words."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "required": _("This cell is empty, but it is needed."),
    "date": _("“%(value)s” is not a date written like 2026-11-24."),
    "number": _("“%(value)s” is not a number written like %(example)s, without signs between thousands."),
    "whole": _("“%(value)s” is not a whole number."),
    "negative": _("“%(value)s” is below zero."),
    "decimals": _("“%(value)s” has more than four decimals."),
    "digits": _("“%(value)s” has too many digits: at most %(most)s count."),
    "flag": _("“%(value)s” is neither 1 nor 0."),
    "choice": _("“%(value)s” is none of: %(choices)s."),
    "too_long": _("This text is longer than %(longest)s characters."),
    "hidden_sign": _("This text holds a sign that cannot be seen (%(sign)s)."),
    "sheet_error": _("“%(value)s” is an error of the spreadsheet."),
    "damaged_id": _("The spreadsheet has rounded this number (“%(value)s”). Export it as text."),
    "twice": _("“%(value)s” stands in %(count)s rows of this file: %(rows)s."),
    "unknown_client": _("There is no client “%(value)s” in these files or in the records."),
    "unknown_loan": _("There is no loan “%(value)s” in these files or in the records."),
    "unknown_account": _("There is no savings account “%(value)s” in these files or in the records."),
    "unknown_parent": _("There is no office “%(value)s” in these files or in the records."),
    "before_start": _("This day (%(value)s) lies before %(other)s."),
    "status_needs_date": _("This status needs the day since when (status_on)."),
    "open_has_end": _("An open loan has neither closed_on nor written_off_on."),
    "repaid_needs_closed_on": _("A repaid loan needs closed_on."),
    "repaid_is_written_off": _("A repaid loan has no written_off_on."),
    "written_off_needs_date": _("A loan written off needs written_off_on."),
    "extra_cells": _(
        "This row has more cells than the header (%(width)s). Is a text with the delimiter unquoted?"
    ),
    "head_with_parent": _("The head office is part of no other office."),
    "head_stays": _("“%(head)s” is the head office and cannot become another kind."),
    "two_heads": _("There is only one head office, but several rows say so."),
    "other_head": _("The head office is “%(head)s” already."),
    "was_no_head": _("“%(code)s” is recorded as a branch or region and cannot become the head office."),
    "office_circle": _("Going up from this office never reaches the head office."),
    "missing_column": _("The column “%(column)s” is missing."),
    "duplicate_column": _("The column “%(column)s” is there twice."),
    "empty_sheet": _("This sheet is empty; not even a header is there."),
    "duplicate_sheet": _("This sheet is there twice."),
    "missing_sheet": _("The sheet “%(sheet)s” is missing."),
    "no_sheet": _("None of the sheets is one of a portfolio: offices, products, clients, loans and so on."),
    "no_source": _("This is neither a folder of CSV files nor a workbook that can be opened."),
    "password": _("This workbook is protected by a password."),
    "not_utf8": _("This file is not encoded as UTF-8. Save it as “CSV UTF-8”."),
    "not_csv": _("This file stops being a CSV file at row %(row)s."),
    "open_quote": _("A quotation mark that opens in row %(row)s is never closed."),
}

WARNINGS = {
    "unknown_column": _("%(sheet)s: the column “%(column)s” is not known and was left out."),
    "unknown_file": _("The file “%(file)s” is not part of a portfolio and was left out."),
    "unknown_sheet": _("The sheet “%(sheet)s” is not part of a portfolio and was left out."),
    "future_date": _("%(sheet)s, row %(row)s: %(column)s lies after today."),
    "more_future_dates": _("%(sheet)s: %(column)s lies after today (rows besides those named: %(count)s)."),
    "made_offices": _(
        "%(sheet)s names the office “%(code)s”, which no file defines: a branch under the head office."
    ),
    "made_products": _("%(sheet)s names the product “%(code)s”, which no file defines."),
    "made_officers": _("%(sheet)s names the officer “%(code)s”, whom no file defines."),
    "made_groups": _("%(sheet)s names the group “%(code)s”, which no file defines."),
}


def reason(problem: dict) -> str:
    """Why a cell is bad, in the reader's language. ``problem`` is one of a report's rejected entries."""
    facts = {name: problem[name] for name in ("sheet", "row", "column", "value")}
    return str(REASONS[problem["code"]]) % (facts | problem["params"])


def warning(notice: dict) -> str:
    return str(WARNINGS[notice["code"]]) % notice["params"]


def report_in_words(report: dict) -> dict:
    """The report as it is handed out: plain sentences in place of codes, and nothing besides."""
    return {
        "sheets": report["sheets"],
        "rejected": [
            {name: entry[name] for name in ("sheet", "row", "column", "value")} | {"reason": reason(entry)}
            for entry in report["rejected"]
        ],
        "warnings": [warning(notice) for notice in report["warnings"]],
        "seconds": report["seconds"],
        "rows_per_second": report["rows_per_second"],
    }
