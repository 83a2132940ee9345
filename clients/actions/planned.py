"""What an import would do, as data: rows to create and to update, counts, problems, and what to tell."""

import datetime as dt
import pickle
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from clients.actions.offices import Top
from clients.actions.records import RECORDS, numbers_of
from clients.actions.staging import Staged
from clients.methods.names import fold
from clients.methods.problems import Notice, Problem
from clients.methods.sheets import Sheet

SAMPLED = 20
# Pairs of an update that stay in memory; more of them wait in a file.
HELD = 5_000
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


class Updates:
    """Rows as they are and as they are to be, in pairs; what memory should not hold is in a nameless file."""

    def __init__(self):
        self.held: list[tuple[tuple, tuple]] = []
        self.file = None
        self.filed = 0

    def append(self, pair: tuple[tuple, tuple]) -> None:
        self.held.append(pair)
        if len(self.held) >= HELD:
            self.file = self.file or tempfile.TemporaryFile()  # noqa: SIM115  until the plan is closed
            pickle.dump(self.held, self.file)
            self.filed += len(self.held)
            self.held = []

    def __len__(self):
        return self.filed + len(self.held)

    def __iter__(self) -> Iterator[tuple[tuple, tuple]]:
        if self.file:
            self.file.seek(0)
            for _ in range(self.filed // HELD):
                yield from pickle.load(self.file)  # noqa: S301  # nosec B301  # our own pairs, in a file without a name
        yield from self.held

    def close(self) -> None:
        if self.file:
            self.file.close()


@dataclass
class SheetPlan:
    """New rows are in ``create``, or still in the table where they were compared."""

    create: list[tuple] = field(default_factory=list)
    update: Updates = field(default_factory=Updates)
    staged: Staged | None = None

    def __len__(self):
        return (self.staged.new if self.staged else len(self.create)) + len(self.update)


@dataclass
class Plan:
    """Close it in the end: it may hold files and temporary tables."""

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
    staged: list[Staged] = field(default_factory=list)
    # Of each staged sheet the hashes of the ids that are new, in ascending order.
    new_ids: dict[str, np.ndarray] = field(default_factory=dict)

    def stage(self, name: str, has: list[str]) -> Staged:
        staged = Staged(name, has)
        self.staged.append(staged)
        staged.create()
        return staged

    @cached_property
    def offices_by_name(self) -> dict[str, list[str]]:
        """The codes of the offices of each name, recorded or in the file. Ask when offices are planned."""
        names = dict(RECORDS["offices"].model.objects.order_by("code").values_list("code", "name"))
        sheet = self.sheets.get("offices", SheetPlan())
        names |= {row[0]: row[1] for row in [*sheet.create, *(new for _, new in sheet.update)]}
        if self.top.code != self.top.was:
            names.pop(self.top.was, None)
        codes = defaultdict(list)
        for code, name in names.items():
            codes[fold(name)].append(code)
        return codes

    def close(self) -> None:
        for staged in self.staged:
            staged.drop()
        for sheet in self.sheets.values():
            sheet.update.close()

    def reach(self, day: dt.date | None) -> None:
        """The data go at least to this day."""
        self.data_as_of = max(filter(None, [self.data_as_of, day]), default=None)


def note_change(plan: Plan, label: str, sheet: Sheet, old: tuple, new: tuple) -> None:
    sample = plan.changes[label]
    if len(sample) < SAMPLED:
        names = [column.name for column in sheet.columns]
        cells = [cell for cell in zip(names, old, new, strict=True) if cell[1] != cell[2]]
        key = [str(new[sheet.index[part]]) for part in sheet.key]
        sample.append(Change(" ".join(key), cells))


def known_codes(plan: Plan, sheet: str, codes: list[str]) -> set[str]:
    """Those of the codes that are recorded, and all that the files define or that will be made."""
    planned = plan.sheets.get(sheet, SheetPlan())
    recorded = set(numbers_of(sheet, codes))
    if sheet == "offices" and plan.top.code != plan.top.was:
        recorded.discard(plan.top.was)
    defined = {row[0] for row in planned.create} | {row[0] for _, row in planned.update}
    return recorded | defined | plan.made[sheet].keys()


def note_made(plan: Plan, name: str, label: str, refers: str, codes: list[str]) -> None:
    """Offices, products, officers or groups that good rows name and nobody has defined."""
    for code in codes:
        if refers == "offices" and code == plan.top.code:
            note_head(plan, name, label)
            continue
        plan.made[refers][code] = "savings" if name == "savings" else "loan"
        plan.notices.append(Notice(f"made_{refers}", {"code": code, "sheet": label}))
        if refers == "offices":
            note_namesake(plan, label, code)


def note_namesake(plan: Plan, label: str, name: str) -> None:
    """Just one office is called so: its name stands where its code should."""
    codes = plan.offices_by_name.get(fold(name), [])
    if len(codes) == 1:
        plan.notices.append(Notice("name_for_code", {"name": name, "code": codes[0], "sheet": label}))


def note_head(plan: Plan, name: str, label: str) -> None:
    """Somebody belongs to the head office itself, which is made on first use."""
    notice = Notice("head_named", {"code": plan.top.code, "sheet": label})
    if name != "offices" and not plan.top.named and notice not in plan.notices:
        plan.notices.append(notice)
