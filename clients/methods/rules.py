"""What the cells of one row owe each other. A rule is skipped where one of its cells is bad already."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

from clients.methods.problems import Bad
from clients.methods.sheets import SHEETS, Sheet


@dataclass(frozen=True)
class Rule:
    """``broken`` takes the values of ``reads`` and tells whether ``column`` is bad by ``code``."""

    column: str
    code: str
    reads: tuple[str, ...]
    broken: Callable[..., bool]


def before(start, end) -> bool:
    return end is not None and start is not None and end < start


def ends_before_start(column: str, start: str) -> Rule:
    return Rule(column, "before_start", (start, column), before)


RULES: dict[str, tuple[Rule, ...]] = {
    "offices": (
        Rule(
            "parent", "head_with_parent", ("kind", "parent"), lambda kind, parent: kind == "head" and parent
        ),
    ),
    "clients": (
        Rule(
            "status_on",
            "status_needs_date",
            ("status", "status_on"),
            lambda status, on: status != "active" and on is None,
        ),
    ),
    "loans": (
        ends_before_start("closed_on", "disbursed_on"),
        ends_before_start("written_off_on", "disbursed_on"),
        Rule(
            "status",
            "open_has_end",
            ("status", "closed_on", "written_off_on"),
            lambda status, closed, lost: status == "open" and (closed is not None or lost is not None),
        ),
        Rule(
            "status",
            "repaid_needs_closed_on",
            ("status", "closed_on"),
            lambda status, closed: status == "repaid" and closed is None,
        ),
        Rule(
            "status",
            "repaid_is_written_off",
            ("status", "written_off_on"),
            lambda status, lost: status == "repaid" and lost is not None,
        ),
        Rule(
            "status",
            "written_off_needs_date",
            ("status", "written_off_on"),
            lambda status, lost: status == "written_off" and lost is None,
        ),
    ),
    "savings": (ends_before_start("closed_on", "opened_on"),),
}

# Each rule with what takes its values out of a row.
TAKEN = {
    name: [(rule, itemgetter(*(SHEETS[name].index[column] for column in rule.reads))) for rule in rules]
    for name, rules in RULES.items()
}


def broken_rules(sheet: str, row: tuple) -> list[Rule]:
    """The rules that the row breaks, at most one for each column."""
    found: dict[str, Rule] = {}
    for rule, values_in in TAKEN.get(sheet, ()):
        if rule.broken(*values_in(row)) and rule.column not in found:
            found[rule.column] = rule
    return list(found.values())


def broken_rules_of_flawed(sheet: str, row: tuple) -> list[Rule]:
    """The same for a row with bad cells in it: only rules all of whose cells can be used."""
    found: dict[str, Rule] = {}
    for rule, values_in in TAKEN.get(sheet, ()):
        values = values_in(row)
        if any(isinstance(value, Bad) for value in values):
            continue
        if rule.column not in found and rule.broken(*values):
            found[rule.column] = rule
    return list(found.values())


def broken_in_columns(sheet: Sheet, columns: dict[str, list], settled: list | None, rows: int) -> bytes:
    """For each of so many rows, all of them new: not 0 if it breaks a rule.

    ``settled`` stands for the statuses of loans; a column that is not there is blank.
    """
    if sheet.name not in RULES:
        return bytes(rows)
    blank = {column.name: [column.blank] * rows for column in sheet.columns if column.name not in columns}
    columns = {**blank, **columns, **({"status": settled} if settled else {})}
    broken = [map(rule.broken, *(columns[name] for name in rule.reads)) for rule in RULES[sheet.name]]
    return bytes(map(any, zip(*broken, strict=True)))


LOAN = SHEETS["loans"].index
CLOSED, STATUS, WRITTEN_OFF = LOAN["closed_on"], LOAN["status"], LOAN["written_off_on"]


def inferred_status(closed_on, written_off_on) -> str:
    """The status of a loan by its dates alone."""
    if written_off_on is not None:
        return "written_off"
    return "open" if closed_on is None else "repaid"


def with_status(row: tuple, *, said: bool) -> tuple:
    """The loan with the status that its dates give, where the file leaves it open.

    ``said`` is False when the file has no status column: the recorded status then stays unless the
    dates in the file have made it untrue.
    """
    status, closed_on, written_off_on = row[STATUS], row[CLOSED], row[WRITTEN_OFF]
    inferred = inferred_status(closed_on, written_off_on)
    if status == inferred or (said and status):
        return row
    return (*row[:STATUS], inferred, *row[STATUS + 1 :])


def statuses(columns: dict[str, list], rows: int) -> list[str]:
    """The statuses of so many new loans: as said, else by their dates."""
    nothing = [None] * rows
    ends = (columns.get(name, nothing) for name in ("closed_on", "written_off_on"))
    inferred = map(inferred_status, *ends)
    return [said or status for said, status in zip(columns.get("status", nothing), inferred, strict=True)]
