import json
import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from clients.actions import import_portfolio
from clients.models import ImportBatch, ImportProfile
from clients.queries.imports import report_in_words
from clients.queries.mappings import profile_named
from spm import jobs
from spm.models import Job

SHOWN = 20


class Command(BaseCommand):
    help = "Take in a portfolio from core banking: a folder of CSV files or a workbook."

    def add_arguments(self, parser):
        parser.add_argument("source", metavar="DIR_OR_XLSX", type=Path)
        parser.add_argument(
            "--profile",
            default="generic",
            metavar="generic|fineract|NAME",
            help="NAME: columns saved under it",
        )
        parser.add_argument("--decimal", choices=[".", ","], default=".")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen; write nothing")
        parser.add_argument("--strict", action="store_true", help="write nothing if a single row is bad")
        parser.add_argument("--report", type=Path, help="write the whole report there, as JSON")

    def handle(self, **options):
        refuse_report(options["report"])
        profile, mapping = chosen_profile(options["profile"])
        if not options["dry_run"]:
            self.stdout.write(
                _("All is written at once, at the end. If this stops before then, nothing was written.")
            )
            self.stdout.flush()
        noted = []
        imported = import_portfolio(
            options["source"],
            by=None,
            profile=profile,
            mapping=mapping,
            decimal=options["decimal"],
            dry_run=options["dry_run"],
            strict=options["strict"],
            then=lambda: noted.extend(jobs.note(settings.AFTER_IMPORT, by=None)),
        )
        report = report_in_words(imported.report)
        if options["report"]:
            options["report"].write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
        self.summarise(report, imported.refused, dry_run=options["dry_run"])
        if imported.refused:
            sys.exit(1)
        self.follow_up(noted)

    def follow_up(self, noted: list[Job]):
        """What the web leaves to a worker is done here before the command returns, where that is awaited."""
        for job in jobs.follow_up(noted):
            if job.state not in {Job.State.DONE, Job.State.QUEUED}:
                self.stderr.write(f"{job.work}: {job.error or job.state}")

    def summarise(self, report, refused, *, dry_run):
        line = "{:<16}{:>10}{:>10}{:>10}{:>11}{:>10}"
        self.stdout.write(
            line.format(_("sheet"), _("read"), _("created"), _("updated"), _("unchanged"), _("rejected"))
        )
        for name, counts in report["sheets"].items():
            self.stdout.write(line.format(name, *counts.values()))
        for warning in report["warnings"][:SHOWN]:
            self.stdout.write(f"! {warning}")
        for entry in report["rejected"][:SHOWN]:
            self.stdout.write(f"- {rejection_words(entry)}")
        more = len(report["rejected"]) + len(report["warnings"]) - 2 * SHOWN
        if more > 0:
            self.stdout.write(_("The rest is in the report (--report)."))
        if refused:
            self.stdout.write(_("Nothing was written."))
        elif dry_run:
            self.stdout.write(_("This was a dry run: nothing was written."))
        else:
            done = _("Written in %(seconds)s seconds, %(rows_per_second)s rows a second.")
            self.stdout.write(done % report)


def rejection_words(entry: dict) -> str:
    """Where and why. The whole source has no sheet, a whole row no column."""
    if not entry["sheet"]:
        return entry["reason"]
    place = _("%(sheet)s, row %(row)s, %(column)s") if entry["column"] else _("%(sheet)s, row %(row)s")
    return f"{place % entry}: {entry['reason']}"


def chosen_profile(name: str) -> tuple[str, ImportProfile | None]:
    """One of ours, or the columns saved under that name."""
    if name in {ImportBatch.Profile.GENERIC, ImportBatch.Profile.FINERACT}:
        return name, None
    saved = profile_named(name)
    if saved is None:
        raise CommandError(_("No columns are saved under the name “%(name)s”.") % {"name": name})
    return ImportBatch.Profile.MAPPED, saved


def refuse_report(path: Path | None) -> None:
    """Better said now than when all is written."""
    if path and (path.is_dir() or not os.access(path.parent, os.W_OK)):
        raise CommandError(
            _("No report can be written to %(path)s: is there such a folder?") % {"path": path}
        )
