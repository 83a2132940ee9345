"""What an import would do: reads and compares, and writes nothing."""

import datetime as dt
from itertools import batched

from django.utils.translation import gettext_noop

from clients.actions.offices import Top, blame_offices
from clients.actions.plan_staged import plan_staged
from clients.actions.planned import (
    Counts,
    Plan,
    SheetPlan,
    known_codes,
    note_change,
    note_made,
)
from clients.actions.records import ASKED, RECORDS, recorded
from clients.methods.parsing import Parsed, blame_twice, merged, parse
from clients.methods.problems import Notice, Unreadable
from clients.methods.reading import Source, Table
from clients.methods.rules import broken_rules, broken_rules_of_flawed
from clients.methods.sheets import MADE_WHEN_NAMED, MUST_BE_THERE, SHEETS, Kind
from spm.jobs.progress import Quiet


def plan_import(source: Source, *, decimal: str, today: dt.date, first: bool, progress=None) -> Plan:
    """Compare the source with the records.

    ``first`` says that nothing is recorded yet, so that clients and loans must be there.
    Raises Unreadable where the source cannot serve.
    """
    refuse_useless(source, first=first)
    plan = Plan(today, notices=list(source.notices), top=Top.recorded(), head_by_name=source.head_by_name)
    plan.problems = [flaw.problem for flaw in source.refused]
    reading = Reading(source, progress or Quiet())
    try:
        for name in SHEETS:
            plan_tables(plan, source, name, decimal, reading)
    except BaseException:
        plan.close()
        raise
    return plan


def plan_tables(plan: Plan, source: Source, name: str, decimal: str, reading: "Reading") -> None:
    """Plan the sheet, if the source has it."""
    tables = [table for table in source.tables if table.sheet.name == name]
    if tables and name in MADE_WHEN_NAMED:
        # These are few; all others may be longer than memory should hold.
        plan_sheet(plan, name, tables, decimal, reading)
    elif tables:
        plan_staged(plan, tables, decimal, reading.step)


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
            parse(parsed, table, decimal=decimal, step=reading.step)
        except Unreadable as flaw:
            plan.problems.append(flaw.problem)
            return
    blame_twice(parsed)
    compare(plan, parsed)
    tally(plan, parsed)


def compare(plan: Plan, parsed: Parsed) -> None:
    """Merge each row with the recorded one, hold it to the rules, sort it into new, changed, same."""
    name = parsed.sheet.name
    keys = parsed.keys()
    settled: dict[int, tuple] = {}
    before: dict[int, tuple] = {}
    blank = [column.blank for column in parsed.sheet.columns]
    empty = not RECORDS[name].model.objects.exists()
    for places in batched(range(len(keys)), ASKED):
        usable = [keys[at] for at in places if isinstance(keys[at], str)]
        found = {} if empty else recorded(name, usable)
        for at in places:
            old = found.get(keys[at])
            row = merged(parsed.rows[at], old or blank)
            if at in parsed.flaws:
                blame_flawed(parsed, at, row)
                continue
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
            note_change(plan, parsed.label(at), parsed.sheet, old, row)
    note_all_made(plan, parsed, rows)


def note_all_made(plan: Plan, parsed: Parsed, rows: dict[int, tuple]) -> None:
    """What good rows name and nobody has defined."""
    for place, column in enumerate(parsed.sheet.columns):
        if column.kind is Kind.REF and column.refers in MADE_WHEN_NAMED:
            named = dict.fromkeys(row[place] for row in rows.values() if row[place] is not None)
            known = known_codes(plan, column.refers, list(named))
            unknown = [code for code in named if code not in known]
            note_made(plan, parsed.sheet.name, parsed.labels[0][1], column.refers, unknown)


def tally(plan: Plan, parsed: Parsed) -> None:
    start = 0
    for end, label in parsed.labels:
        plan.counts[label].read += end - start
        start = end
    for at in sorted(parsed.flaws):
        plan.counts[parsed.label(at)].rejected += 1
        plan.problems.extend(parsed.flaws[at])
    plan.rows += len(parsed.rows)
