"""Rows of a file on their way into the records, in a temporary table that no other connection sees.

They are compared and taken over inside the database, so that memory does not grow with them.
"""

# ruff: noqa: S608  the SQL is made of the models' and the sheets' own names alone

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import batched, chain, islice

import numpy as np
from django.db import connection
from django.db.models import CharField, Field, Model

from clients.actions.records import RECORDS
from clients.methods.problems import ABSENT
from clients.methods.sheets import SHEETS, Column, Kind
from clients.methods.typed import typed
from clients.models import Client, ClientPosting
from spm.bulk import Lines, escaped, quoted

# Rows that a query gives at a time, and rows that one statement takes over.
FETCHED = 5_000
SLICE = 250_000
# Rows that one statement inserts on SQLite.
TOGETHER = 100
# What is worked out from a row and goes with it: the name to search in, the status that the dates give.
WORKED_OUT = {
    "clients": {"search_name": Client._meta.get_field("search_name")},
    "loans": {"settled": CharField(max_length=11)},
}


@dataclass(frozen=True)
class Target:
    """Where a column of the sheet goes: a field of the model; for a reference also whose code it names."""

    column: Column
    field: Field
    other: type[Model] | None = None
    code: Field | None = None

    @property
    def type(self) -> str:
        return (self.code or self.field).db_type(connection)


def targets_of(name: str) -> list[Target]:
    record = RECORDS[name]
    targets = []
    for column, path in zip(SHEETS[name].columns, record.fields, strict=True):
        own, _, code = path.partition("__")
        field = record.model._meta.get_field(own)
        if not code:
            targets.append(Target(column, field))
            continue
        other = field.related_model
        targets.append(Target(column, field, other, other._meta.get_field(code)))
    return targets


def table_of(model: type[Model]) -> str:
    return quoted(model._meta.db_table)


class Staged:
    """The rows of one sheet; each has its place, from 0, in the column ``at``.

    ``has`` are the columns that the file has. ``compare`` sorts the rows, ``write`` takes over the new ones.
    """

    def __init__(self, name: str, has: list[str]):
        self.name = name
        self.model = RECORDS[name].model
        self.targets = targets_of(name)
        self.has = [target for target in self.targets if target.column.name in has]
        self.key = [target for target in self.targets if target.column.name in SHEETS[name].key]
        self.worked_out = WORKED_OUT.get(name, {})
        # How many rows the file has: some of them may not have come here, as they are just as recorded.
        self.count = 0
        # Are there no records yet to compare with? All rows are new then.
        self.all_new = False
        self.any_flawed = False
        self.new = 0

    @cached_property
    def table(self) -> str:
        return quoted(f"staged_{self.name}")

    @cached_property
    def odd(self) -> str:
        """The places of rows that are not just as recorded, with the record's primary key if there is one."""
        return quoted(f"odd_{self.name}")

    @cached_property
    def alike(self) -> str:
        """The places of rows whose id seems to stand in others too."""
        return quoted(f"alike_{self.name}")

    @cached_property
    def flawed(self) -> str:
        """The places of rows that stay out."""
        return quoted(f"flawed_{self.name}")

    def create(self) -> None:
        self.drop()
        columns = [f"{quoted(target.column.name)} {target.type}" for target in self.has]
        columns += [f"{quoted(name)} {field.db_type(connection)}" for name, field in self.worked_out.items()]
        run(f"CREATE TEMPORARY TABLE {self.table} (at integer PRIMARY KEY, {', '.join(columns)})")

    def drop(self) -> None:
        for table in (self.table, self.odd, self.alike, self.flawed):
            run(f"DROP TABLE IF EXISTS {table}")

    def add(self, places: Sequence[int], columns: list[list]) -> None:
        """The rows of these places, by column: those that the file has, then what was worked out."""
        fill(self.table, [places, *columns])

    def note_places(self, table: str, places: np.ndarray) -> None:
        run(f"CREATE TEMPORARY TABLE {table} (at integer PRIMARY KEY)")
        for start in range(0, len(places), SLICE):
            fill(table, [places[start : start + SLICE].tolist()])
        analyze(table)

    # Comparing

    def compare(self) -> tuple[np.ndarray, np.ndarray]:
        """The places of rows without a record, and of rows that differ from theirs."""
        analyze(self.table)
        if not self.model.objects.exists():
            self.all_new = True
            return np.arange(self.count, dtype=np.int32), np.array([], np.int32)
        joins, same = self.joined_with_records()
        differs = " OR ".join(["r.id IS NULL", *same])
        run(
            f"CREATE TEMPORARY TABLE {self.odd} AS SELECT s.at AS at, r.id AS pk"  # nosec B608
            f" FROM {self.table} s {joins} WHERE {differs}"
        )
        run(f"CREATE UNIQUE INDEX {quoted(f'odd_place_{self.name}')} ON {self.odd} (at)")
        analyze(self.odd)
        new, differing = (
            np.fromiter(chain.from_iterable(stream(f"SELECT at FROM {self.odd} WHERE {which}")), np.int32)  # nosec B608
            for which in ("pk IS NULL", "pk IS NOT NULL")
        )
        return np.sort(new), np.sort(differing)

    def joined_with_records(self) -> tuple[str, list[str]]:
        """The joins that find each row's record as ``r``, and what makes the two differ."""
        keys, joins, differs = [], [], []
        for number, target in enumerate(self.has):
            mine, theirs = f"s.{quoted(target.column.name)}", f"r.{quoted(target.field.column)}"
            is_key = target in self.key
            if target.other:
                other = f"j{number}"
                table, code = table_of(target.other), f"{other}.{quoted(target.code.column)}"
                found = f"{code} = {mine}" if is_key else f"{other}.id = {theirs}"
                joins.append((is_key, f"LEFT JOIN {table} {other} ON {found}"))
                theirs, mine = (theirs, f"{other}.id") if is_key else (code, mine)
            if is_key:
                keys.append(f"{theirs} = {mine}")
            elif target.column.name == "status" and self.name == "loans":
                # An empty status is what the dates say, and so as recorded if they are.
                differs.append(f"({mine} <> '' AND {mine} <> {theirs})")
            else:
                differs.append(f"{mine} {DISTINCT[connection.vendor]} {theirs}")
        record = f"LEFT JOIN {table_of(self.model)} r ON {' AND '.join(keys)}"
        before = [join for is_key, join in joins if is_key]
        after = [join for is_key, join in joins if not is_key]
        return " ".join([*before, record, *after]), differs

    def same_keys(self, places: np.ndarray) -> Iterator[tuple]:
        """Place and key of each of the rows, those of the same key together, in the order of the file."""
        self.note_places(self.alike, places)
        keys = [f"s.{quoted(target.column.name)}" for target in self.key]
        known = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        yield from stream(
            f"SELECT s.at, {', '.join(keys)} FROM {self.alike} a CROSS JOIN {self.table} s"  # nosec B608
            f" WHERE s.at = a.at AND {known} ORDER BY {', '.join(keys)}, s.at"
        )

    def rows(self, places: list[int]) -> dict[int, tuple]:
        """The rows at these places as a parsed sheet would have them, ``ABSENT`` for columns of no file."""
        columns = [quoted(target.column.name) for target in self.has]
        asked = f"at IN ({', '.join(map(str, places))})"
        found = stream(f"SELECT at, {', '.join(columns)} FROM {self.table} WHERE {asked}")  # nosec B608
        kinds = [target.column.kind for target in self.has]
        blank = dict.fromkeys(SHEETS[self.name].index, ABSENT)
        names = [target.column.name for target in self.has]
        return {
            at: tuple((blank | dict(zip(names, map(typed, kinds, values), strict=True))).values())
            for at, *values in found
        }

    def unknown(self, target: Target, start: int) -> Iterator[int]:
        """The places, in the slice that begins there, of rows whose reference the records do not know."""
        mine = f"s.{quoted(target.column.name)}"
        source, where, places = self.slice(start, flawed_too=True, changed_too=True)
        found = stream(
            f"SELECT s.at FROM {source} WHERE {where} AND {mine} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"  # nosec B608
            f" {table_of(target.other)} o WHERE o.{quoted(target.code.column)} = {mine})",
            places,
        )
        return (at for (at,) in found)

    def places_of(self, column: str, code: str) -> Iterator[int]:
        """Where the column holds the code, in the order of the file."""
        found = stream(f"SELECT at FROM {self.table} WHERE {quoted(column)} = %s ORDER BY at", [code])  # nosec B608
        return (at for (at,) in found)

    def exclude(self, flawed: np.ndarray) -> None:
        """These rows stay out."""
        self.any_flawed = len(flawed) > 0
        if self.any_flawed:
            self.note_places(self.flawed, flawed)

    def latest(self, column: str, today: str, start: int, end: int):
        """The latest date in the column, not after today, of the rows from here to there that come in."""
        date = f"s.{quoted(column)}"
        ((day,),) = stream(
            f"SELECT MAX({date}) FROM {self.table} s"  # nosec B608
            f" WHERE {date} <= %s AND s.at >= %s AND s.at < %s {self.unless_flawed}",
            [today, start, end],
        )
        return typed(Kind.DATE, day)

    # Writing

    @property
    def unless_flawed(self) -> str:
        kept = f"AND NOT EXISTS (SELECT 1 FROM {self.flawed} f WHERE f.at = s.at)"  # nosec B608
        return kept if self.any_flawed else ""

    def slice(
        self, start: int, *, flawed_too: bool = False, changed_too: bool = False
    ) -> tuple[str, str, list[int]]:
        """FROM, WHERE and its parameters for the new rows ``s`` of the slice that begins there."""
        kept = "" if flawed_too else self.unless_flawed
        places = [start, start + SLICE - 1]
        if self.all_new:
            return f"{self.table} s", f"s.at BETWEEN %s AND %s {kept}", places
        new = "" if changed_too else "AND o.pk IS NULL"
        # CROSS JOIN keeps SQLite from turning the two around.
        both = f"{self.odd} o CROSS JOIN {self.table} s"
        return both, f"o.at BETWEEN %s AND %s AND s.at = o.at {new} {kept}", places

    def slices(self) -> range:
        return range(0, self.count if self.new else 0, SLICE)

    def write(self, changes: int) -> Iterator[int]:
        """Take the new rows over, which then bear the change set; how many it were, slice by slice."""
        columns, values, joins, parameters = self.as_recorded()
        columns.append("changed_in_id")
        values.append("%s")
        for start in self.slices():
            source, where, places = self.slice(start)
            yield run(
                f"INSERT INTO {table_of(self.model)} ({', '.join(map(quoted, columns))})"  # nosec B608
                f" SELECT {', '.join(values)} FROM {source} {joins} WHERE {where} ORDER BY s.at",
                [*parameters, changes, *places],
            )

    def as_recorded(self) -> tuple[list[str], list[str], str, list]:
        """Columns of the record, a row's values for them, the joins these need, and their parameters."""
        columns, values, joins, parameters = [], [], [], []
        for number, target in enumerate(self.targets):
            columns.append(target.field.column)
            mine = f"s.{quoted(target.column.name)}"
            if target.field.name == "status" and self.name == "loans":
                values.append("s.settled")
            elif target not in self.has:
                values.append("%s")
                parameters.append(target.column.blank)
            elif target.other:
                other = f"j{number}"
                found = f"{other}.{quoted(target.code.column)} = {mine}"
                joins.append(f"LEFT JOIN {table_of(target.other)} {other} ON {found}")
                # A code that nobody knows any more gives 0, which no foreign key lets pass.
                values.append(f"CASE WHEN {mine} IS NOT NULL THEN COALESCE({other}.id, 0) END")
            else:
                values.append(mine)
        for name in self.worked_out:
            if name != "settled":
                columns.append(name)
                values.append(f"s.{name}")
        return columns, values, " ".join(joins), parameters

    def post(self, changes: int, day: str) -> Iterator[int]:
        """The office and officer of the new clients, since they joined or else since ``day``."""
        for start in self.slices():
            source, where, places = self.slice(start)
            yield run(
                f"INSERT INTO {table_of(ClientPosting)}"  # nosec B608
                f" (client_id, office_id, officer_id, since, changed_in_id)"
                f" SELECT c.id, c.office_id, c.officer_id, COALESCE(c.joined_on, %s), %s"
                f" FROM {source} JOIN {table_of(Client)} c ON c.external_id = s.client_id WHERE {where}"
                f" ORDER BY s.at",
                [day, changes, *places],
            )


DISTINCT = {"postgresql": "IS DISTINCT FROM", "sqlite": "IS NOT"}


def run(sql: str, parameters: Iterable = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return cursor.rowcount


def stream(sql: str, parameters: Iterable = ()) -> Iterator[tuple]:
    """The rows of a query, of which only some are in memory at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, list(parameters))
        while rows := cursor.fetchmany(FETCHED):
            yield from rows


def analyze(table: str) -> None:
    """Tell PostgreSQL what it holds: nothing else does for temporary tables."""
    if connection.vendor == "postgresql":
        run(f"ANALYZE {table}")


def fill(table: str, columns: list[list]) -> None:
    """Rows by column into a temporary table: the first column of numbers, the others of texts and None."""
    numbers, *texts = columns
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            rows = zip(map(str, numbers), *map(escaped, texts), strict=True)
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {table} FROM STDIN", Lines(rows))
            return
        # Outside of a transaction each row would be one of its own.
        cursor.execute("SAVEPOINT staged")
        insert_all(cursor, table, columns)
        cursor.execute("RELEASE staged")


def insert_all(cursor, table: str, columns: list) -> None:
    """Many rows by one statement: a third faster than row by row."""
    places = f"({', '.join(['%s'] * len(columns))})"
    rows = zip(*columns, strict=True)
    whole = len(columns[0]) // TOGETHER * TOGETHER
    together = batched(chain.from_iterable(islice(rows, whole)), TOGETHER * len(columns))
    cursor.executemany(f"INSERT INTO {table} VALUES {', '.join([places] * TOGETHER)}", together)  # nosec B608
    cursor.executemany(f"INSERT INTO {table} VALUES {places}", rows)  # nosec B608
