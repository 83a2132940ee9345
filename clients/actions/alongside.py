"""Records read beside a file that has most of them unchanged and in their order, as the next export has.

What is seen to be just as recorded goes no further: that takes half the time of bringing all rows in and
comparing them there.
"""

# ruff: noqa: S608  the SQL is made of the models' and the sheets' own names alone

from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from clients.actions.records import RECORDS
from clients.actions.staging import Staged, Target, table_of
from clients.methods.sheets import MADE_WHEN_NAMED, Kind
from spm.bulk import quoted

# So many times in a row the records may come in another order before they are not looked at any more.
PATIENCE = 3
# Stands for a code that nobody has: no primary key looks like it.
NOBODY = "?"
# How each database makes one text of many, each on a line of its own.
LINES = {"postgresql": "STRING_AGG({}, CHR(10))", "sqlite": "GROUP_CONCAT({}, CHAR(10))"}


def alongside(staged: Staged) -> "Alongside | None":
    """None where there is nothing to compare with."""
    return Alongside(staged) if staged.model.objects.exists() else None


class Alongside:
    def __init__(self, staged: Staged):
        self.targets = staged.has
        self.key = [target.column.name for target in staged.key]
        self.model = staged.model
        self.sql = lines_of_columns(staged)
        self.numbers = {target.column.name: numbers_by_code(target) for target in staged.has if few(target)}
        self.after = 0
        self.misses = 0
        # What a transaction has not committed yet, another connection does not see.
        self.ahead = None if connection.in_atomic_block else Ahead(self.sql)

    def differing(self, values: dict[str, list], rows: int) -> list[int] | None:
        """The places of the rows that are not just as recorded; None if the records come in another order."""
        if self.misses >= PATIENCE:
            return None
        found = self.next_records([lines(values[name]) for name in self.key], values, rows)
        self.misses = 0 if found else self.misses + 1
        if found is None:
            return None
        places: set[int] = set()
        for target in self.targets:
            name = target.column.name
            if name not in self.key:
                places.update(unequal(target, self.as_kept(name, values[name]), found[name]))
        return sorted(places)

    def as_kept(self, name: str, values: list) -> list:
        """Codes of offices, products, officers and groups as the records hold them: by primary key."""
        numbers = self.numbers.get(name)
        return values if numbers is None else [numbers.get(code, NOBODY) for code in values]

    def next_records(self, keys: list[str], values: dict[str, list], rows: int) -> dict[str, str] | None:
        """So many records by column, if these are their keys: after the last ones, or from the first key."""
        for place in (lambda: self.after, lambda: self.before_record(values)):
            last, *columns = self.records_after(place(), rows)
            found = dict(zip((target.column.name for target in self.targets), columns, strict=True))
            if [found[name] for name in self.key] == keys:
                self.after = last
                if self.ahead:
                    self.ahead.ask(last, rows)
                return found
        return None

    def records_after(self, place: int, rows: int) -> tuple:
        asked = self.ahead and self.ahead.asked_for(place, rows)
        return asked.result() if asked else fetched(self.sql, place, rows)

    def __enter__(self):
        return self

    def __exit__(self, *_failed):
        if self.ahead:
            self.ahead.close()

    def before_record(self, values: dict[str, list]) -> int:
        """The primary key before that of the record of the first row, where one id tells it; else 0."""
        if len(self.key) > 1:
            return 0
        record = self.model.objects.filter(external_id=values[self.key[0]][0] or "").values_list(
            "pk", flat=True
        )
        return next((pk - 1 for pk in record), 0)


class Ahead:
    """Asks for the next records by a connection of its own, while the next rows of the file are read."""

    def __init__(self, sql: str):
        self.sql = sql
        self.thread = ThreadPoolExecutor(max_workers=1)
        self.asked: tuple[int, int] | None = None
        self.answer: Future | None = None

    def ask(self, place: int, rows: int) -> None:
        self.asked, self.answer = (place, rows), self.thread.submit(fetched, self.sql, place, rows)

    def asked_for(self, place: int, rows: int) -> Future | None:
        return self.answer if self.asked == (place, rows) else None

    def close(self) -> None:
        self.thread.submit(shut).result()
        self.thread.shutdown()


def shut() -> None:
    """The connection of the thread that this runs in; Django's own way leaves a database in memory open."""
    if connection.connection:
        connection.connection.close()


def fetched(sql: str, place: int, rows: int) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql, [place, rows])
        return cursor.fetchone()


def few(target: Target) -> bool:
    """Does it name one of a few thousand at most, which memory can hold?"""
    return target.column.refers in MADE_WHEN_NAMED


def numbers_by_code(target: Target) -> dict[str | None, str]:
    """The primary key of each code as text; of none, nothing."""
    pairs = RECORDS[target.column.refers].model.objects.order_by().values_list("code", "pk")
    return {None: ""} | {code: str(pk) for code, pk in pairs}


def lines_of_columns(staged: Staged) -> str:
    """SQL for the last primary key of some records and, by column, their values as lines of one text."""
    columns = [f"{text_of(target)} AS c{number}" for number, target in enumerate(staged.has)]
    texts = ", ".join(LINES[connection.vendor].format(f"c{number}") for number in range(len(columns)))
    return (
        f"SELECT MAX(id), {texts} FROM (SELECT r.id AS id, {', '.join(columns)}"  # nosec B608
        f" FROM {table_of(staged.model)} r WHERE r.id > %s ORDER BY r.id LIMIT %s) AS kept"
    )


def text_of(target: Target) -> str:
    """SQL for the record's value as text, empty where there is none."""
    value = f"r.{quoted(target.field.column)}"
    if target.other and not few(target):
        # Not a join: for each of these the planner might read the other table from end to end.
        code = quoted(target.code.column)
        value = f"(SELECT o.{code} FROM {table_of(target.other)} o WHERE o.id = {value})"  # nosec B608
    if target.column.kind is Kind.FLAG:
        value = f"CAST({value} AS integer)"
    return f"COALESCE(CAST({value} AS text), '')"


def lines(values: list) -> str:
    try:
        return "\n".join(values)
    except TypeError:
        return "\n".join([value or "" for value in values])


def unequal(target: Target, values: list, recorded: str) -> list[int]:
    """Where the values are not those of the lines."""
    if target.column.kind is not Kind.MONEY:
        mine = lines(values)
        if mine == recorded:
            return []
        pairs = zip(mine.split("\n"), recorded.split("\n"), strict=False)
    else:
        # Fifteen digits are one floating-point number, however they are written.
        numbers = [line and float(line) for line in recorded.split("\n")]
        mine = [value and float(value) for value in values]
        if mine == numbers:
            return []
        pairs = zip(mine, numbers, strict=False)
    if recorded.count("\n") != len(values) - 1:
        return list(range(len(values)))
    return [at for at, (one, other) in enumerate(pairs) if (one or "") != (other or "")]
