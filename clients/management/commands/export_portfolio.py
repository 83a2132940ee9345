from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from clients.actions import export_portfolio

IN_A_FOLDER = "portfolio.xlsx"


class Command(BaseCommand):
    help = "Write the whole portfolio, names included, into files that import_portfolio takes in."

    def add_arguments(self, parser):
        parser.add_argument(
            "target",
            metavar="FOLDER_OR_FILE",
            type=Path,
            help="a folder for CSV files, or the name of a .zip of them or of an .xlsx workbook",
        )
        parser.add_argument(
            "--format",
            choices=["csv", "xlsx"],
            help="without it the name says: xlsx where it ends so, else csv",
        )

    def handle(self, **options):
        target, form = where_and_how(options["target"], options["format"])
        try:
            counts = export_portfolio(target, form, by=None)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        except OSError as error:
            raise CommandError(
                _("Nothing can be written to %(path)s: %(why)s") % {"path": target, "why": error.strerror}
            ) from None
        for name, count in counts.items():
            self.stdout.write(f"{name:<16}{count:>12}")


def where_and_how(target: Path, form: str | None) -> tuple[Path, str]:
    """Where the file or folder goes, and which of the two forms it takes."""
    ending = target.suffix.lower()
    form = form or ("xlsx" if ending == ".xlsx" else "csv")
    if form == "csv" and ending == ".xlsx":
        raise CommandError(_("CSV files go into a folder or a .zip, not into a workbook."))
    if form == "xlsx" and ending != ".xlsx":
        target = target / IN_A_FOLDER
    return target, form
