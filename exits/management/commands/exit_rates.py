import csv
import datetime as dt
import json

from django.core.management.base import BaseCommand, CommandError

from exits.methods import ALL_RATES, CAUSES
from exits.queries.definitions import data_as_of
from exits.queries.figures import PeriodError
from exits.queries.records import GROUPS, STEPS, NoRecordsError, read
from spm.formulas import inert

COUNTS = ("B", "new", "returned", "exits")


def day(text):
    """A date written as 2025-01-31; argparse says what is wrong with any other."""
    found = dt.date.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError
    return found


def days(text):
    number = int(text)
    if number < 0:
        raise ValueError
    return number


class Command(BaseCommand):
    help = "Counts who stayed and who left in a period, from the records, and prints the seven rates."

    def add_arguments(self, parser):
        parser.add_argument("--start", type=day, required=True, help="first day of the period, YYYY-MM-DD")
        parser.add_argument("--end", type=day, required=True, help="last day of the period")
        parser.add_argument("--as-of", type=day, help="the day whose knowledge counts (default: of the data)")
        parser.add_argument("--window", type=days, help="days a client may rest, in place of all windows")
        parser.add_argument("--causes", default=",".join(CAUSES), help="exits to count: client,mfi,death")
        parser.add_argument("--by", choices=(*GROUPS, *STEPS))
        parser.add_argument("--format", choices=("json", "csv", "table"), default="json")

    def handle(self, *, start, end, as_of, window, causes, by, **options):
        kept = chosen(causes)
        try:
            reading = read(as_of, window)
            figures = reading.figures(start, end, causes=kept, by=by)
        except NoRecordsError:
            raise CommandError("There are no data yet. Import a portfolio first.") from None
        except PeriodError:
            raise CommandError(what_is_wrong(start, end, as_of)) from None
        rows = [as_row(found) for found in figures]
        write = {"json": write_json, "csv": write_csv, "table": write_table}[options["format"]]
        write(rows, self.stdout)
        ignored = reading.ignored()
        if ignored:
            self.stderr.write(warning(ignored))


def chosen(causes):
    names = [name.strip() for name in causes.split(",") if name.strip()]
    unknown = [name for name in names if name not in CAUSES]
    if unknown or not names:
        named = f"Unknown cause: {', '.join(unknown)}." if unknown else "No cause is named."
        raise CommandError(f"{named} Choose from {', '.join(CAUSES)}.")
    return tuple(name for name in CAUSES if name in names)


def what_is_wrong(start, end, as_of):
    if start > end:
        return f"The period starts on {start}, after its end on {end}."
    return f"The period ends on {end}, after {as_of or data_as_of()}, the day of the data."


def warning(ignored):
    clients = "1 client is" if len(ignored) == 1 else f"{len(ignored)} clients are"
    numbers = ", ".join(ignored)
    return f"{clients} recorded as deceased or expelled on a day that no stay holds; not counted: {numbers}."


def as_row(figures):
    """One line of the answer, its keys in the order of the format."""
    return {
        "group": figures.group,
        "start": figures.start.isoformat(),
        "end": figures.end.isoformat(),
        "as_of": figures.as_of.isoformat(),
        "window": figures.window,
        "provisional": figures.provisional,
        **{name: getattr(figures, name) for name in COUNTS},
        "causes": {cause: figures.causes[cause] for cause in CAUSES},
        "E": figures.E,
        "D": figures.D,
        "F": figures.F,
        "rates": {rate.name: figures.rates[rate.name] for rate in ALL_RATES},
    }


def flat(row):
    """The same with causes and rates as columns of their own."""
    found = {}
    for name, value in row.items():
        found |= value if isinstance(value, dict) else {name: value}
    return found


def write_json(rows, out):
    out.write(json.dumps(rows, indent=2, ensure_ascii=False))


def write_csv(rows, out):
    names = [
        "group", "start", "end", "as_of", "window", "provisional", *COUNTS, *CAUSES, "E", "D", "F",
        *(rate.name for rate in ALL_RATES),
    ]  # fmt: skip
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        told = {"group": inert(row["group"] or ""), "provisional": str(row["provisional"]).lower()}
        writer.writerow({**flat(row), **told})


def write_table(rows, out):
    """Columns for the eye: shares as percentages, what is not defined as a dash."""
    if not rows:
        out.write("Nothing to count in this period.")
        return
    lines = [list(flat(rows[0]))] + [[cell(value) for value in flat(row).values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        out.write("  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def cell(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.1%}" if isinstance(value, float) else str(value)
