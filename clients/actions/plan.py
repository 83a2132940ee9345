"""What an import would do: reads and compares, and writes nothing."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import batched

from django.utils.translation import gettext_noop

from clients.actions.offices import Top, blame_offices
from clients.actions.records import ASKED, RECORDS, numbers_of, recorded
from clients.methods.parsing import Parsed, blame_twice, parse
from clients.methods.problems import ABSENT, Bad, Notice, Problem, Unreadable
from clients.methods.reading import Source, Table
from clients.methods.rules import broken_rules, broken_rules_of_flawed, with_status
from clients.methods.sheets import MADE_WHEN_NAMED, MUST_BE_THERE, SHEETS, Kind
from spm.jobs.progress import Quiet

SAMPLED = 20
UNKNOWN = {
    "clients": "unknown_client",
    "loans": "unknown_loan",
    "savings": "unknown_account",
}


@dataclass
class Counts:
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass
class Change:
    """A recorded row that the file changes: ``cells`` are column, old and new value."""

    key: str
    cells: list[tuple[str, object, object]]


@dataclass
class SheetPlan:
    create: list[tuple] = field(default_factory=list)
    update: list[tuple[tuple, tuple]] = field(default_factory=list)


@dataclass
class Plan:
    today: dt.date
    sheets: dict[str, SheetPlan] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)
    # Which of our sheets each of the source's is.
    kinds: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    changes: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))
    # Codes that a file names and nobody defines, by sheet; a product's kind goes with its code.
    made: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    data_as_of: dt.date | None = None
    rows: int = 0
    top: Top = field(default_factory=Top)
    # Whether a name among the parents is enough to know the head office.
    head_by_name: bool = False


def plan_import(source: Source, *, decimal: str, today: dt.date, first: bool, progress=None) -> Plan:
    """Compare the source with the records.

    ``first`` says that nothing is recorded yet, so that clients and loans must be there.
    Raises Unreadable where the source cannot serve.
    """
    refuse_useless(source, first=first)
    plan = Plan(today, notices=list(source.notices), top=Top.recorded(), head_by_name=source.head_by_name)
    plan.problems = [flaw.problem for flaw in source.refused]
    reading = Reading(source, progress or Quiet())
    for name in SHEETS:
        tables = [table for table in source.tables if table.sheet.name == name]
        if tables:
            plan_sheet(plan, name, tables, decimal, reading)
    return plan


def refuse_useless(source: Source, *, first: bool) -> None:
    for flaw in source.refused:
        if flaw.kind in MUST_BE_THERE:
            raise flaw
    missing = source.missing()
    if first and missing:
        raise Unreadable("missing_sheet", missing[0])
    if not source.tables:
        raise source.refused[0] if source.refused else Unreadable("no_sheet")


class Reading:
    """Tells the progress how many of all rows went by."""

    def __init__(self, source: Source, progress):
        self.total = max(sum(table.about for table in source.tables), 1)
        self.done = 0
        self.progress = progress

    def step(self, rows: int) -> None:
        self.done = min(self.done + rows, self.total)
        self.progress.step(self.done, self.total, gettext_noop("Reading and comparing"))


def plan_sheet(plan: Plan, name: str, tables: list[Table], decimal: str, reading: Reading) -> None:
    parsed = Parsed(SHEETS[name])
    for table in tables:
        plan.counts[table.label] = Counts()
        plan.kinds[table.label] = name
        try:
            parse(parsed, table, decimal=decimal, today=plan.today, step=reading.step)
        except Unreadable as flaw:
            if name in MUST_BE_THERE:
                raise
            plan.problems.append(flaw.problem)
            return
    blame_twice(parsed)
    for column in parsed.sheet.columns:
        if column.refers in UNKNOWN and column.name in parsed.has:
            blame_unknown(plan, parsed, column)
    compare(plan, parsed)
    tally(plan, parsed)


def blame_unknown(plan: Plan, parsed: Parsed, column) -> None:
    """Rows that refer to a client, loan or account which neither the file nor the records have."""
    place = parsed.sheet.index[column.name]
    planned = plan.sheets.get(column.refers, SheetPlan())
    other_key = SHEETS[column.refers].index[SHEETS[column.refers].key[0]]
    in_file = {row[other_key] for row in planned.create}
    named = {row[place] for row in parsed.rows} - in_file
    named = {code for code in named if isinstance(code, str)}
    unknown = named - set(numbers_of(column.refers, named))
    if not unknown:
        return
    for at, row in enumerate(parsed.rows):
        if row[place].__class__ is str and row[place] in unknown:
            parsed.blame(at, column.name, UNKNOWN[column.refers], row[place])


def compare(plan: Plan, parsed: Parsed) -> None:
    """Merge each row with the recorded one, hold it to the rules, sort it into new, changed, same."""
    name = parsed.sheet.name
    keys = parsed.keys()
    settled: dict[int, tuple] = {}
    before: dict[int, tuple] = {}
    said = "status" in parsed.has
    blank = [column.blank for column in parsed.sheet.columns]
    empty = not RECORDS[name].model.objects.exists()
    for places in batched(range(len(keys)), ASKED):
        found = {} if empty else recorded(name, [keys[at] for at in places if usable(keys[at])])
        for at in places:
            old = found.get(keys[at]) if found and usable(keys[at]) else None
            row = merged(parsed.rows[at], old or blank)
            if at in parsed.flaws:
                blame_flawed(parsed, at, row)
                continue
            if name == "loans":
                row = with_status(row, said=said)
            for rule in broken_rules(name, row):
                blame_rule(parsed, at, rule, row)
            settled[at] = row
            if old is not None:
                before[at] = old
    if name == "offices":
        settled, plan.top = blame_offices(parsed, settled, plan.top, head_by_name=plan.head_by_name)
        if plan.top.named:
            plan.notices.append(Notice("made_head", {"code": plan.top.code}))
    sort_out(plan, parsed, {at: row for at, row in settled.items() if at not in parsed.flaws}, before)


def usable(key) -> bool:
    return key.__class__ is str or (key.__class__ is tuple and not any(part.__class__ is Bad for part in key))


def merged(row: tuple, kept) -> tuple:
    """The row with the recorded value, or for a new one the default, where the file has no such column."""
    if ABSENT not in row:
        return row
    return tuple(was if value is ABSENT else value for value, was in zip(row, kept, strict=True))


def blame_flawed(parsed: Parsed, at: int, row: tuple) -> None:
    for rule in broken_rules_of_flawed(parsed.sheet.name, row):
        blame_rule(parsed, at, rule, row)


def blame_rule(parsed: Parsed, at: int, rule, row: tuple) -> None:
    value = row[parsed.sheet.index[rule.column]]
    others = [name for name in rule.reads if name != rule.column]
    parsed.blame(at, rule.column, rule.code, value, other=others[0])


def sort_out(plan: Plan, parsed: Parsed, rows: dict[int, tuple], before: dict[int, tuple]) -> None:
    name = parsed.sheet.name
    sheet = plan.sheets[name] = SheetPlan()
    for at, row in rows.items():
        counts = plan.counts[parsed.label(at)]
        old = before.get(at)
        if old is None:
            counts.created += 1
            sheet.create.append(row)
        elif old == row:
            counts.unchanged += 1
        else:
            counts.updated += 1
            sheet.update.append((old, row))
            note_change(plan, parsed, at, old, row)
    note_made(plan, parsed, rows)


def note_change(plan: Plan, parsed: Parsed, at: int, old: tuple, new: tuple) -> None:
    sample = plan.changes[parsed.label(at)]
    if len(sample) < SAMPLED:
        names = [column.name for column in parsed.sheet.columns]
        cells = [cell for cell in zip(names, old, new, strict=True) if cell[1] != cell[2]]
        key = [str(new[parsed.sheet.index[part]]) for part in parsed.sheet.key]
        sample.append(Change(" ".join(key), cells))


def note_made(plan: Plan, parsed: Parsed, rows: dict[int, tuple]) -> None:
    """Offices, products, officers and groups that good rows name and nobody has defined."""
    label = parsed.labels[0][1]
    made_as = "savings" if parsed.sheet.name == "savings" else "loan"
    for place, column in enumerate(parsed.sheet.columns):
        if column.kind is not Kind.REF or column.refers not in MADE_WHEN_NAMED:
            continue
        named = dict.fromkeys(row[place] for row in rows.values() if row[place] is not None)
        known = known_codes(plan, column.refers, list(named))
        for code in named:
            if code in known:
                continue
            if column.refers == "offices" and code == plan.top.code:
                note_head(plan, parsed)
                continue
            plan.made[column.refers][code] = made_as
            plan.notices.append(Notice(f"made_{column.refers}", {"code": code, "sheet": label}))


def known_codes(plan: Plan, sheet: str, codes: list[str]) -> set[str]:
    """Those of the codes that are recorded, and all that the files define or that will be made."""
    planned = plan.sheets.get(sheet, SheetPlan())
    recorded = set(numbers_of(sheet, codes))
    if sheet == "offices" and plan.top.code != plan.top.was:
        recorded.discard(plan.top.was)
    defined = {row[0] for row in planned.create} | {row[0] for _, row in planned.update}
    return recorded | defined | plan.made[sheet].keys()


def note_head(plan: Plan, parsed: Parsed) -> None:
    """Somebody belongs to the head office itself, which is made on first use."""
    notice = Notice("head_named", {"code": plan.top.code, "sheet": parsed.labels[0][1]})
    if parsed.sheet.name != "offices" and not plan.top.named and notice not in plan.notices:
        plan.notices.append(notice)


def tally(plan: Plan, parsed: Parsed) -> None:
    start = 0
    for end, label in parsed.labels:
        plan.counts[label].read += end - start
        start = end
    for at in sorted(parsed.flaws):
        plan.counts[parsed.label(at)].rejected += 1
        plan.problems.extend(parsed.flaws[at])
    plan.notices.extend(parsed.notices)
    plan.rows += len(parsed.rows)
    days = [day for day in (plan.data_as_of, parsed.latest_kept(plan.today)) if day]
    plan.data_as_of = max(days, default=None)
