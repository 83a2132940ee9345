"""Taking the portfolio out, in the format in which an import takes it in."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clients.actions.records import RECORDS
from clients.methods.outgoing import SHEET_ROWS, Outgoing, write_folder, write_workbook, write_zip
from clients.methods.sheets import SHEETS
from clients.queries.portfolio import columns_within_reach, rows_within_reach, too_long
from spm.jobs.progress import Quiet
from spm.models import AuditEvent
from spm.snapshots import one_moment

# Rows that a query gives at a time, and after which the progress hears of them.
FETCHED = 5_000
SCREEN = "clients:portfolio-export"
TOO_LONG = _("A sheet of a workbook holds %(most)s rows; these have more: %(sheets)s. Take CSV files.")


def write_portfolio(file, form: str, *, user, progress=None) -> dict[str, int]:
    """All within the user's reach, of None everything, into a file of bytes; the rows of each sheet.

    ``form`` is xlsx, or csv for a zip of CSV files; for csv ``file`` may also be the path of a folder.
    Raises ValidationError where a sheet is longer than those of a workbook.
    """
    with one_moment():
        going = Going(user, progress or Quiet())
        if form == "xlsx":
            refuse_too_long(going.counts)
            write_workbook(file, going.sheets())
        elif isinstance(file, Path):
            write_folder(file, going.sheets())
        else:
            write_zip(file, going.sheets())
    return going.counts


def refuse_too_long(counts: dict[str, int]) -> None:
    if long := too_long(counts):
        raise ValidationError(TOO_LONG, params={"most": SHEET_ROWS, "sheets": ", ".join(long)})


class Going:
    """The sheets as they are written one after another, with the progress."""

    def __init__(self, user, progress):
        self.rows, self.columns = rows_within_reach(user), columns_within_reach(user)
        self.counts = {name: rows.count() for name, rows in self.rows.items()}
        self.total, self.done = max(sum(self.counts.values()), 1), 0
        self.progress = progress

    def sheets(self) -> Iterator[Outgoing]:
        for name, sheet in SHEETS.items():
            columns = self.columns[name]
            yield Outgoing(sheet, columns, self.told(self.in_order(name)))

    def in_order(self, name: str):
        """In the order in which they came in, which an import into an empty database keeps."""
        fields = dict(zip(SHEETS[name].index, RECORDS[name].fields, strict=True))
        wanted = [fields[column.name] for column in self.columns[name]]
        if name == "offices":
            # they came in from the top down; their codes alone are the same everywhere
            return sorted(self.rows[name].values_list(*wanted))
        return self.rows[name].order_by("pk").values_list(*wanted).iterator(FETCHED)

    def told(self, rows):
        for row in rows:
            if self.done % FETCHED == 0:
                self.progress.step(self.done, self.total, gettext_noop("Writing the rows"))
            self.done += 1
            yield row


def export_portfolio(target: Path, form: str, *, by, progress=None) -> dict[str, int]:
    """The same to a place on this machine: a workbook, a zip, or else a folder of CSV files.

    What is there by these names is replaced once all is written. The files are their owner's alone to read.
    """
    is_folder = form == "csv" and target.suffix.lower() != ".zip"
    around = target if is_folder else target.parent
    around.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".portfolio-", dir=around) as name:
        folder = Path(name)
        if is_folder:
            counts = write_portfolio(folder, form, user=by, progress=progress)
        else:
            with (folder / target.name).open("wb") as file:
                counts = write_portfolio(file, form, user=by, progress=progress)
        with transaction.atomic():
            AuditEvent.record("exported", SCREEN, by=by, form=form, rows=counts)
        for file in folder.iterdir():
            file.chmod(0o600)
            file.replace(around / file.name)
    return counts
