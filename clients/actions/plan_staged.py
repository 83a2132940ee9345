"""Planning a sheet of any length: what memory holds of a row is its number, some marks and hashes."""

from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from itertools import batched, compress, groupby

import numpy as np

from clients.actions.alongside import alongside
from clients.actions.planned import UNKNOWN, Counts, Plan, SheetPlan, known_codes, note_change, note_made
from clients.actions.records import recorded
from clients.actions.staging import FETCHED, SLICE
from clients.methods.cells import as_text
from clients.methods.columns import Chunk, ChunkReader, stored
from clients.methods.names import search_name
from clients.methods.parsing import NAMED_ROWS, key_of, key_problems, merged
from clients.methods.problems import ABSENT, Bad, Notice, Problem, Unreadable
from clients.methods.reading import Table
from clients.methods.rules import (
    broken_in_columns,
    broken_rules,
    broken_rules_of_flawed,
    statuses,
    with_status,
)
from clients.methods.sheets import MADE_WHEN_NAMED, MUST_BE_THERE, Kind
from clients.methods.typed import typed

# Bad rows whose flaws are kept in a report; of more of them only the number.
TOLD = 50_000


def plan_staged(plan: Plan, tables: list[Table], decimal: str, step: Callable[[int], None]) -> None:
    """Plan all tables of one of our sheets together."""
    try:
        sifting = Sifting(plan, tables, decimal)
        sifting.read(step)
        if sifting.skipped_too_much():
            sifting = Sifting(plan, tables, decimal, skipping=False)
            sifting.read(step)
    except Unreadable as flaw:
        if tables[0].sheet.name in MUST_BE_THERE:
            raise
        plan.problems.append(flaw.problem)
        return
    sifting.sift()


class Sifting:
    """The rows of one sheet, each known by its place among all of them, from 0."""

    def __init__(self, plan: Plan, tables: list[Table], decimal: str, *, skipping: bool = True):
        self.plan, self.tables, self.sheet = plan, tables, tables[0].sheet
        self.name = self.sheet.name
        self.readers = [ChunkReader(table, decimal=decimal, today=plan.today) for table in tables]
        self.has = [column.name for column in self.sheet.columns if self.is_in_some(column.name)]
        # Where the rows of each table begin.
        self.starts: list[int] = []
        self.updated: Counter[str] = Counter()
        self.staged = plan.stage(self.name, self.has)
        self.records = alongside(self.staged) if skipping else None
        self.latest_skipped: str | None = None
        self.numbers = array("I")
        # A hash of what each row is recognised by: equal for equal ids, and seldom for others.
        self.ids = array("q")
        # 1 for a row whose client, loan or account is not among the new ones of this import.
        self.unsure = bytearray()
        # Not 0 for a row that breaks a rule if it is new.
        self.breaks = bytearray()
        self.flawed = bytearray()
        # 1 for a row that was seen to be just as recorded.
        self.skipped = bytearray()
        self.flaws: dict[int, list[Problem]] = {}
        # By column, where each code of an office, product, officer or group stands first.
        self.named: dict[str, dict[str, int]] = defaultdict(dict)
        # The client, loan or account of each row; only clients have none.
        self.refers = next((column for column in self.sheet.columns if column.refers in UNKNOWN), None)

    def is_in_some(self, column: str) -> bool:
        return any(column in table.columns for table in self.tables)

    def label(self, at: int) -> str:
        """The name of the table that the row came from."""
        return self.tables[bisect_right(self.starts, at) - 1].label

    def ranges(self) -> list[tuple[str, ChunkReader, int, int]]:
        """Of each table its name, its reader, the place of its first row and that after its last."""
        labels = [table.label for table in self.tables]
        ends = [*self.starts[1:], len(self.numbers)]
        return list(zip(labels, self.readers, self.starts, ends, strict=True))

    def blame(self, at: int, column: str, code: str, value="", /, **params) -> None:
        """Note a bad cell, unless that cell is already known as bad, or too many are."""
        if not self.flawed[at]:
            self.flawed[at] = 1
            if len(self.flaws) + len(self.plan.problems) < TOLD:
                self.flaws[at] = []
        flaws = self.flaws.get(at)
        if flaws is not None and not any(flaw.column == column for flaw in flaws):
            number = self.numbers[at]
            flaws.append(Problem(self.label(at), number, column, as_text(value), code, params))

    # Reading

    def read(self, step: Callable[[int], None]) -> None:
        with self.records or nullcontext():
            for table, reader in zip(self.tables, self.readers, strict=True):
                self.plan.counts[table.label] = Counts()
                self.plan.kinds[table.label] = self.name
                self.starts.append(len(self.numbers))
                for chunk in reader.chunks():
                    self.take(chunk, reader.has)
                    step(len(chunk.numbers))

    def take(self, chunk: Chunk, own: list[str]) -> None:
        """``own`` are the columns of the chunk's own table; others may have more."""
        start, rows = len(self.numbers), len(chunk.numbers)
        values = self.filled(chunk)
        self.numbers.extend(chunk.numbers)
        self.flawed.extend(bytes(rows))
        for at, column, bad in chunk.bad:
            self.blame(start + at, column, bad.code, bad.value, **bad.params)
        keys = [values[name] for name in self.sheet.key]
        self.ids.extend(map(hash, keys[0] if len(keys) == 1 else zip(*keys, strict=True)))
        if self.refers:
            self.unsure.extend(self.not_new(values[self.refers.name]))
        for column in self.sheet.columns:
            if column.refers in MADE_WHEN_NAMED and column.name in values:
                self.note_named(column.name, values[column.name], start)
        self.stage(values, start, {at for at, _, _ in chunk.bad}, own)

    def filled(self, chunk: Chunk) -> dict[str, list]:
        """The columns of all tables, with what is recorded or blank where the file says nothing."""
        absent = chunk.absent | (set(self.has) - chunk.values.keys())
        nothing = [ABSENT] * len(chunk.numbers)
        values = {name: chunk.values.get(name, nothing) for name in self.has}
        if not absent:
            return values
        keys = list(zip(*(values[name] for name in self.sheet.key), strict=True))
        kept = self.kept([key for key in keys if None not in key])
        for name in absent:
            place = self.sheet.index[name]
            blank = stored(self.sheet.columns[place].blank)
            values[name] = [
                value if value is not ABSENT else stored(kept[key][place]) if key in kept else blank
                for key, value in zip(keys, values[name], strict=True)
            ]
        return values

    def kept(self, keys: list[tuple]) -> dict[tuple, tuple]:
        """The recorded rows of these keys, which stand as texts."""
        kinds = [self.sheet.columns[self.sheet.index[name]].kind for name in self.sheet.key]
        asked = {tuple(map(typed, kinds, key)): key for key in keys}
        found = {}
        for some in batched(asked, FETCHED):
            for key, row in recorded(self.name, [key if len(key) > 1 else key[0] for key in some]).items():
                found[asked[key if key.__class__ is tuple else (key,)]] = row
        return found

    def stage(self, values: dict[str, list], start: int, bad: set[int], own: list[str]) -> None:
        """Into the temporary table with the rows, except those that are just as recorded."""
        rows = len(self.numbers) - start
        self.staged.count += rows
        differing = self.records.differing(values, rows) if self.records else None
        skipped = bytearray(b"\0" if differing is None else b"\1") * rows
        places = range(rows)
        if differing is not None:
            places = sorted({*differing, *bad})
            for at in places:
                skipped[at] = 0
            self.note_latest(values, skipped, own)
            values = {name: [column[at] for at in places] for name, column in values.items()}
        self.skipped.extend(skipped)
        self.breaks.extend(bytes(rows))
        if places:
            self.add([start + at for at in places], values)

    def add(self, places: list[int], values: dict[str, list]) -> None:
        """These rows, with what is worked out from them."""
        worked_out = {}
        if self.name == "clients":
            worked_out["search_name"] = [search_name(name or "") for name in values["name"]]
        if self.name == "loans":
            worked_out["settled"] = statuses(values, len(places))
        broken = broken_in_columns(self.sheet, values, worked_out.get("settled"), len(places))
        for at in compress(places, broken):
            self.breaks[at] = 1
        self.staged.add(places, [*values.values(), *worked_out.values()])

    def note_latest(self, values: dict[str, list], skipped: bytearray, own: list[str]) -> None:
        """The latest date, not after today, of the rows that are skipped."""
        today = self.plan.today.isoformat()
        for column in self.sheet.columns:
            if column.kind is Kind.DATE and column.name in own:
                days = set(compress(values[column.name], skipped)) - {None}
                known = [self.latest_skipped] if self.latest_skipped else []
                self.latest_skipped = max([*known, *(day for day in days if day <= today)], default=None)

    def not_new(self, codes: list[str]) -> bytes:
        new = self.plan.new_ids.get(self.refers.refers)
        if new is None or not len(new):
            return b"\1" * len(codes)
        hashes = np.fromiter(map(hash, codes), np.int64, len(codes))
        found = np.searchsorted(new, hashes).clip(max=len(new) - 1)
        return (new[found] != hashes).tobytes()

    def note_named(self, column: str, codes: list, start: int) -> None:
        named = self.named[column]
        unheard = set(codes) - named.keys() - {None}
        if unheard:
            first = dict(zip(reversed(codes), reversed(range(start, start + len(codes))), strict=True))
            named.update((code, first[code]) for code in unheard)

    # Sifting

    def sift(self) -> None:
        self.blame_twice()
        new, differing = self.staged.compare()
        self.blame_unknown()
        sheet = self.plan.sheets[self.name] = SheetPlan(staged=self.staged)
        self.hold_to_rules(new, differing, sheet)
        self.staged.exclude(np.flatnonzero(self.marks(self.flawed)))
        good = new[self.marks(self.flawed)[new] == 0] if self.staged.any_flawed else new
        self.staged.new = len(good)
        if self.name in UNKNOWN:
            self.plan.new_ids[self.name] = np.sort(np.frombuffer(self.ids, np.int64)[good])
        self.note_made()
        self.tally(good)

    @staticmethod
    def marks(marks: bytearray) -> np.ndarray:
        return np.frombuffer(bytes(marks), np.uint8)

    def alike(self) -> np.ndarray:
        """The places of rows whose id seems to stand in others too."""
        ids = np.frombuffer(self.ids, np.int64)
        ordered = np.sort(ids)
        often = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        return np.flatnonzero(np.isin(ids, often)) if len(often) else np.array([], np.int64)

    def skipped_too_much(self) -> bool:
        """Is a row as recorded, and yet bad as its id stands twice? Then it must be looked at after all."""
        return 1 in self.skipped and bool(self.marks(self.skipped)[self.alike()].any())

    def blame_twice(self) -> None:
        """An id that stands twice makes all its rows bad."""
        places = self.alike()
        if not len(places):
            return
        for key, alike in groupby(self.staged.same_keys(places), key=lambda row: row[1:]):
            found = array("I", (at for at, *_ in alike))
            if len(found) > 1:
                self.blame_key(key, found)

    def blame_key(self, key: tuple, places: array) -> None:
        rows = ", ".join(str(self.numbers[at]) for at in places[:NAMED_ROWS])
        for at in places:
            for column, value, code, facts in key_problems(self.sheet, key):
                self.blame(at, column, code, value, **facts, rows=rows, count=len(places))

    def blame_unknown(self) -> None:
        """Rows that refer to a client, loan or account which neither the file nor the records have."""
        if not self.refers:
            return
        target = next(target for target in self.staged.has if target.column is self.refers)
        for start in range(0, len(self.numbers), SLICE):
            if 1 not in self.unsure[start : start + SLICE]:
                continue
            unknown = [at for at in self.staged.unknown(target, start) if self.unsure[at]]
            for some in batched(unknown, FETCHED):
                rows = self.staged.rows(some)
                for at in some:
                    code = rows[at][self.sheet.index[self.refers.name]]
                    self.blame(at, self.refers.name, UNKNOWN[self.refers.refers], code)

    def hold_to_rules(self, new: np.ndarray, differing: np.ndarray, sheet: SheetPlan) -> None:
        """Merge rows with their records and hold them to the rules, where either can matter."""
        odd = np.zeros(len(self.numbers), bool)
        odd[new] = odd[differing] = True
        breaking = new[self.marks(self.breaks)[new] > 0]
        told = np.fromiter((at for at in self.flaws if odd[at]), np.int64)
        places = np.union1d(np.union1d(breaking, differing), told)
        for start in range(0, len(places), FETCHED):
            self.hold_some(places[start : start + FETCHED].tolist(), sheet)

    def hold_some(self, places: list[int], sheet: SheetPlan) -> None:
        rows = self.staged.rows(places)
        keys = {at: key_of(self.sheet, rows[at]) for at in places}
        asked = [key for key in keys.values() if None not in (key if key.__class__ is tuple else (key,))]
        found = recorded(self.name, asked)
        blank = [column.blank for column in self.sheet.columns]
        for at in places:
            old = found.get(keys[at])
            row = merged(rows[at], old or blank)
            if self.flawed[at]:
                self.blame_flawed(at, row)
                continue
            if self.name == "loans":
                row = with_status(row, said="status" in self.has)
            for rule in broken_rules(self.name, row):
                self.blame_rule(at, rule, row)
            if old is not None and old != row and not self.flawed[at]:
                sheet.update.append((old, row))
                self.updated[self.label(at)] += 1
                note_change(self.plan, self.label(at), self.sheet, old, row)

    def blame_flawed(self, at: int, row: tuple) -> None:
        bad = {flaw.column for flaw in self.flaws.get(at, ())}
        row = tuple(
            Bad("", "") if column.name in bad else value
            for column, value in zip(self.sheet.columns, row, strict=True)
        )
        for rule in broken_rules_of_flawed(self.name, row):
            self.blame_rule(at, rule, row)

    def blame_rule(self, at: int, rule, row: tuple) -> None:
        others = [name for name in rule.reads if name != rule.column]
        self.blame(at, rule.column, rule.code, row[self.sheet.index[rule.column]], other=others[0])

    # Telling

    def note_made(self) -> None:
        """What good rows name and nobody has defined, in the order in which they do."""
        for column in self.sheet.columns:
            named = self.named.get(column.name)
            if not named:
                continue
            known = known_codes(self.plan, column.refers, list(named))
            unknown = {
                code: self.first_good(column.name, code, at)
                for code, at in named.items()
                if code not in known
            }
            good = sorted((at, code) for code, at in unknown.items() if at is not None)
            label = self.tables[0].label
            note_made(self.plan, self.name, label, column.refers, [code for _, code in good])

    def first_good(self, column: str, code: str, at: int) -> int | None:
        if not self.flawed[at]:
            return at
        return next((at for at in self.staged.places_of(column, code) if not self.flawed[at]), None)

    def tally(self, good: np.ndarray) -> None:
        """``good`` are the places, in ascending order, of the new rows that come in."""
        told = Counter(map(self.label, self.flaws))
        for at in sorted(self.flaws):
            self.plan.problems.extend(self.flaws[at])
        for label, reader, start, end in self.ranges():
            counts = self.plan.counts[label]
            counts.read = end - start
            counts.rejected = self.flawed.count(1, start, end)
            counts.created = int(np.subtract(*np.searchsorted(good, [end, start])))
            counts.updated = self.updated[label]
            counts.unchanged = counts.read - counts.rejected - counts.created - counts.updated
            untold = counts.rejected - told[label]
            if untold:
                self.plan.notices.append(Notice("more_rejected", {"sheet": label, "count": untold}))
            self.plan.notices.extend(reader.notices())
        self.plan.rows += len(self.numbers)
        self.plan.reach(self.latest())

    def latest(self):
        """The latest date, not after today, in the rows without a flaw."""
        if not self.staged.any_flawed:
            return max(filter(None, [reader.latest for reader in self.readers]), default=None)
        dates = {column.name for column in self.sheet.columns if column.kind is Kind.DATE}
        today = self.plan.today.isoformat()
        days = [
            self.staged.latest(name, today, start, end)
            for _label, reader, start, end in self.ranges()
            for name in reader.has
            if name in dates
        ]
        days.append(typed(Kind.DATE, self.latest_skipped))
        return max(filter(None, days), default=None)
