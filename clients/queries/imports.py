"""Reports of imports in words."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clients.methods.reading import fold_header
from clients.methods.sheets import COMMENT, MUST_BE_THERE, SHEETS
from clients.models import ImportBatch
from spm.access import Can, scopes
from spm.numbers import count_words

SHEET_NAMES = {
    "offices": _("Offices"),
    "products": _("Products"),
    "officers": _("Officers"),
    "groups": _("Groups"),
    "clients": _("Clients"),
    "loans": _("Loans"),
    "repayments": _("Repayments"),
    "savings": _("Savings accounts"),
    "movements": _("Savings movements"),
    "attendance": _("Attendance"),
}

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
    "twice_together": _("%(one)s and %(other)s stand together in %(count)s rows of this file: %(rows)s."),
    "unknown_client": _("There is no client “%(value)s” in these files or in the records."),
    "unknown_loan": _("There is no loan “%(value)s” in these files or in the records."),
    "unknown_account": _("There is no savings account “%(value)s” in these files or in the records."),
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
    "more_future_dates": _("%(sheet)s: %(column)s lies after today (rows not named one by one: %(count)s)."),
    "more_rejected": _("%(sheet)s: more rows are wrong than are told one by one (besides those: %(count)s)."),
    "made_head": _("“%(code)s” is named as the office above all others: it is taken for the head office."),
    "head_named": _("%(sheet)s names the office “%(code)s”, which no file defines: it is the head office."),
    "made_offices": _(
        "%(sheet)s names the office “%(code)s”, which no file defines: a branch under the head office."
    ),
    "name_for_code": _(
        "%(sheet)s: “%(name)s” is the name of an office whose code is “%(code)s”. If that office is meant,"
        " write its code, or there will be two offices of this name."
    ),
    "made_products": _("%(sheet)s names the product “%(code)s”, which no file defines."),
    "made_officers": _("%(sheet)s names the officer “%(code)s”, whom no file defines."),
    "made_groups": _("%(sheet)s names the group “%(code)s”, which no file defines."),
}


def sheet_words(label: str) -> str:
    """What the rows of a sheet are; a file's own name of it stays as it is."""
    return str(SHEET_NAMES.get(label, label))


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


def came_to_nothing(batch: ImportBatch) -> bool:
    """The job that should take the batch a step further has ended without doing so."""
    waits_for = {ImportBatch.State.UPLOADED: batch.check_job, ImportBatch.State.CONFIRMED: batch.write_job}
    job = waits_for.get(batch.state)
    return bool(job and job.is_finished)


# Sheets whose rows name nobody. Of a row with too many cells nothing is shown: each may be of another column.
OF_THINGS = SHEETS.keys() - {"clients", "officers"}
MASK = "•••"


def may_see_names(user) -> bool:
    """An import touches every client, so only whoever may know all of them sees the names in it."""
    return any(scope.whole and not scope.own_only for scope in scopes(user, Can.CLIENTS_IDENTIFY))


def may_have_rejected(batch: ImportBatch, user) -> bool:
    """The rows handed back hold names; whoever sent the file has them already."""
    return bool(batch.report.get("rows")) and (batch.by_id == user.pk or may_see_names(user))


def is_masked(report: dict, label: str, column: str, *, names: bool) -> bool:
    """Of clients and officers only the number is for all: any cell may hold what belongs in another."""
    sheet = report.get("kinds", {}).get(label)
    if names or (column and sheet in OF_THINGS):
        return False
    return not column or sheet is None or column not in SHEETS[sheet].key


@dataclass(frozen=True)
class Rejection:
    """A bad cell in words."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str


def rejections(report: dict, entries: list[dict], *, names: bool) -> list[Rejection]:
    """Some bad cells of a report in the reader's language; personal values masked unless ``names``."""
    shown = []
    for entry in entries:
        if entry["value"] and is_masked(report, entry["sheet"], entry["column"], names=names):
            entry = {**entry, "value": MASK}
        shown.append(Rejection(entry["sheet"], entry["row"], entry["column"], entry["value"], reason(entry)))
    return shown


@dataclass(frozen=True)
class Changed:
    """One cell that an import changes."""

    sheet: str
    key: str
    column: str
    old: str
    new: str


def changes(report: dict, *, names: bool) -> list[Changed]:
    """The sampled changes of a report, cell by cell; personal values masked unless ``names``."""

    def shown(sheet, column, value):
        return MASK if value and is_masked(report, sheet, column, names=names) else value

    return [
        Changed(sheet, change["key"], column, shown(sheet, column, old), shown(sheet, column, new))
        for sheet, sample in report.get("changes", {}).items()
        for change in sample
        for column, old, new in change["cells"]
    ]


def rejected_sheets(report: dict) -> list[tuple[str, list, list]]:
    """The rejected rows to hand back: sheet, headers, rows as they came with the reasons behind each."""
    why = defaultdict(list)
    for entry in report["rejected"]:
        said = f"{entry['column']}: {reason(entry)}" if entry["column"] else reason(entry)
        why[entry["sheet"], entry["row"]].append(said)
    handed = []
    for sheet, kept in report.get("rows", {}).items():
        known = [at for at, header in enumerate(kept["headers"]) if fold_header(header) != COMMENT]
        rows = [
            [*(cells[at] if at < len(cells) else "" for at in known), " ".join(why[sheet, row])]
            for row, cells in kept["rows"]
        ]
        handed.append((sheet, [kept["headers"][at] for at in known], rows))
    return handed


@dataclass(frozen=True)
class Described:
    """A sheet of the format, for whoever must fill it."""

    name: str
    required: list[str]
    optional: list[str]
    needed: bool


def described_sheets() -> list[Described]:
    return [
        Described(
            sheet.name,
            sheet.required,
            [column.name for column in sheet.columns if not column.required],
            sheet.name in MUST_BE_THERE,
        )
        for sheet in SHEETS.values()
    ]


def totals(sheets: dict | None) -> dict:
    """The counts of all sheets of a report together; empty where there is none yet."""
    names = ("read", "created", "updated", "unchanged", "rejected")
    return {name: sum(counts[name] for counts in sheets.values()) for name in names} if sheets else {}


def in_one_sentence(batch: ImportBatch) -> str:
    """What the import would do or has done."""
    total = totals(batch.report.get("sheets"))
    match batch.state:
        case ImportBatch.State.UPLOADED | ImportBatch.State.CONFIRMED if came_to_nothing(batch):
            return gettext("Nothing of this file was written.")
        case ImportBatch.State.CONFIRMED if batch.write_job and batch.write_job.failures:
            return gettext(
                "The writing broke off and left nothing behind. It starts again from the beginning by itself."
            )
        case ImportBatch.State.UNMAPPED:
            return gettext("Say which columns the file has. Nothing is read in before.")
        case ImportBatch.State.UPLOADED:
            return gettext(
                "The file is being read and compared with what is recorded. Nothing is written yet."
            )
        case ImportBatch.State.CONFIRMED:
            return gettext("The file is being written. Either all of it comes in or nothing.")
        case ImportBatch.State.DISCARDED:
            return gettext("This file was discarded. Nothing of it was written.")
        case ImportBatch.State.REFUSED:
            return gettext("Nothing was written. Below is what must be put right first.")
        case ImportBatch.State.CHECKED:
            return gettext("Nothing is written yet. There would be %(counts)s.") % {"counts": in_words(total)}
        case ImportBatch.State.UNDONE:
            return gettext("This import was taken back. The records are what they were before it.")
        case _:
            return gettext("The file is in: %(counts)s.") % {"counts": in_words(total)}


def in_words(total: dict) -> str:
    counted = (
        (ngettext("%(n)s new row", "%(n)s new rows", total["created"]), "created"),
        (ngettext("%(n)s changed row", "%(n)s changed rows", total["updated"]), "updated"),
        (ngettext("%(n)s unchanged row", "%(n)s unchanged rows", total["unchanged"]), "unchanged"),
        (ngettext("%(n)s rejected row", "%(n)s rejected rows", total["rejected"]), "rejected"),
    )
    said = [words % {"n": count_words(total[name])} for words, name in counted if total[name]]
    return ", ".join(said) or gettext("no rows")


def for_list(batches):
    """For the list of imports: without the reports, which can be long, but with their counts (``sheets``)."""
    return batches.select_related("by").defer("report").annotate(sheets=F("report__sheets"))
