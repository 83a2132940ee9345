import datetime as dt
import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from exits.queries.definitions import data_as_of
from exits.queries.figures import PeriodError
from exits.queries.records import NoRecordsError
from exits.queries.report import UnknownOfficeError, build_report
from exits.queries.report.written import WRITERS, file_name, write


class Command(BaseCommand):
    help = "Writes the report on client exit of a period: a PDF, a workbook, or JSON."

    def add_arguments(self, parser):
        parser.add_argument("--start", required=True, help="first day of the period, YYYY-MM-DD")
        parser.add_argument("--end", required=True, help="last day of the period")
        parser.add_argument("--format", required=True, help=f"one of {', '.join(WRITERS)}")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, help="en or es")
        parser.add_argument("--office", help="code of an office: with all offices below it")
        parser.add_argument("--kind", default="full", help="board (one page) or full")
        parser.add_argument("--output", help="the file to write (JSON goes to the screen without it)")

    def handle(self, *, start, end, language, office, kind, output, **options):
        form = one_of(options["format"], WRITERS, "format")
        one_of(language, dict(settings.LANGUAGES), "language")
        one_of(kind, ("board", "full"), "kind")
        period = day(start), day(end)
        with translation.override(language):
            report = self.build(*period, office, kind)
            if form == "json" and output is None:
                self.stdout.write(json.dumps(report, indent=2, ensure_ascii=False))
                return
            path = Path(output or file_name(report, form))
            try:
                with path.open("wb") as file:
                    write(report, form, file)
            except OSError as refused:
                raise CommandError(f"{path} cannot be written: {refused.strerror}.") from None
        self.stdout.write(str(path))

    def build(self, start, end, office, kind):
        try:
            return build_report(start, end, office=office, kind=kind)
        except UnknownOfficeError:
            raise CommandError(f"There is no office with the code {office}.") from None
        except NoRecordsError:
            raise CommandError("There are no data yet. Import a portfolio first.") from None
        except PeriodError:
            raise CommandError(what_is_wrong(start, end)) from None


def one_of(word, known, name):
    if word not in known:
        raise CommandError(f"{word} is no {name}. Choose from {', '.join(known)}.")
    return word


def day(text):
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise CommandError(f"{text} is not a date. Write it as YYYY-MM-DD.")
    return found


def what_is_wrong(start, end):
    if start > end:
        return f"The period starts on {start}, after its end on {end}."
    return f"The period ends on {end}, after {data_as_of()}, the day of the data."
