"""The tables of the screens of imports: what was taken in, and what an import's report holds."""

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from clients.models import ImportBatch
from clients.queries import imports
from spm.tables import Cell, Column

State = ImportBatch.State
MARKS = {
    State.UNMAPPED: "act",
    State.UPLOADED: "wait",
    State.CHECKED: "act",
    State.CONFIRMED: "wait",
    State.DONE: "ok",
    State.REFUSED: "act",
}
VALUE_SHOWN = 40


def mark(batch: ImportBatch) -> str:
    """The kind of status chip: act, wait, ok, or none."""
    return MARKS.get(batch.state, "")


def _total(name):
    return lambda batch: imports.totals(batch.sheets).get(name)


BATCHES = [
    Column(
        _("File"),
        value=lambda batch: batch.source,
        cell=lambda batch: Cell(batch.source, url=batch.get_absolute_url()),
        order="source",
    ),
    Column(
        _("State"),
        value=lambda batch: batch.get_state_display(),
        cell=lambda batch: Cell(status=mark(batch), words=batch.get_state_display()),
        order="state",
    ),
    Column(_("Sent"), "date", value=lambda batch: batch.created_at, order="created_at"),
    Column(_("By"), value=lambda batch: str(batch.by or _("a command")), order="by__username"),
    Column(_("Data as of"), "date", value=lambda batch: batch.data_as_of, order="data_as_of"),
    Column(_("Rows read"), "count", value=_total("read")),
    Column(_("New"), "count", value=_total("created")),
    Column(_("Changed"), "count", value=_total("updated")),
    Column(_("Rejected"), "count", value=_total("rejected")),
]

# Rows are pairs: a sheet and its counts.
SHEETS = [
    Column(_("Sheet"), value=lambda row: imports.sheet_words(row[0])),
    Column(_("Read"), "count", value=lambda row: row[1]["read"]),
    Column(_("New"), "count", value=lambda row: row[1]["created"]),
    Column(_("Changed"), "count", value=lambda row: row[1]["updated"]),
    Column(_("Unchanged"), "count", value=lambda row: row[1]["unchanged"]),
    Column(_("Rejected"), "count", value=lambda row: row[1]["rejected"]),
]

# Rows are ``imports.Rejection``.
REJECTED = [
    Column(_("Sheet"), value=lambda bad: bad.sheet),
    Column(_("Row"), "number", value=lambda bad: bad.row),
    Column(_("Column"), value=lambda bad: bad.column),
    Column(_("Value"), value=lambda bad: bad.value, cell=lambda bad: Cell(_shortened(bad.value))),
    Column(_("What is wrong"), value=lambda bad: bad.reason),
]

# Rows are ``imports.Changed``.
CHANGES = [
    Column(_("Sheet"), value=lambda change: change.sheet),
    Column(_("Number"), value=lambda change: change.key),
    Column(_("Column"), value=lambda change: change.column),
    Column(_("Recorded"), value=lambda change: change.old),
    Column(_("In the file"), value=lambda change: change.new),
]

# Rows are ``changes.Undoing``.
UNDOING = [
    Column(_("Records"), value=lambda line: line.records),
    Column(_("Removed"), "count", value=lambda line: line.removed),
    Column(_("Put back as before"), "count", value=lambda line: line.put_back),
]

# Rows are sentences.
WARNINGS = [Column(_("Good to know"), value=str)]


def _shortened(text: str) -> str:
    return Truncator(text).chars(VALUE_SHOWN) or "–"
