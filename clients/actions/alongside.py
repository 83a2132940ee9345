"""Records read beside a file that has most of them unchanged and in their order, as the next export has.

What is seen to be just as recorded goes no further. On SQLite this is faster than taking all rows in and
comparing them there; PostgreSQL does that in so little of its time that it does not pay.
"""

# ruff: noqa: S608  the SQL is made of the models' and the sheets' own names alone

from django.db import connection

from clients.actions.staging import Staged, Target, stream, table_of
from clients.methods.sheets import Kind
from spm.bulk import quoted

# So many times in a row the records may come in another order before they are not looked at any more.
PATIENCE = 3


def alongside(staged: Staged) -> "Alongside | None":
    """None where it does not pay."""
    return Alongside(staged) if connection.vendor == "sqlite" and staged.model.objects.exists() else None


class Alongside:
    def __init__(self, staged: Staged):
        self.targets = staged.has
        self.key = [target.column.name for target in staged.key]
        self.model = staged.model
        self.sql = lines_of_columns(staged)
        self.after = 0
        self.misses = 0

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
            if target.column.name not in self.key:
                places.update(unequal(target, values[target.column.name], found[target.column.name]))
        return sorted(places)

    def next_records(self, keys: list[str], values: dict[str, list], rows: int) -> dict[str, str] | None:
        """So many records by column, if these are their keys: after the last ones, or from the first key."""
        for place in (lambda: self.after, lambda: self.before_record(values)):
            ((last, *columns),) = stream(self.sql, [place(), rows])
            found = dict(zip((target.column.name for target in self.targets), columns, strict=True))
            if [found[name] for name in self.key] == keys:
                self.after = last
                return found
        return None

    def before_record(self, values: dict[str, list]) -> int:
        """The primary key before that of the record of the first row, where one id tells it; else 0."""
        if len(self.key) > 1:
            return 0
        record = self.model.objects.filter(external_id=values[self.key[0]][0] or "").values_list(
            "pk", flat=True
        )
        return next((pk - 1 for pk in record), 0)


def lines_of_columns(staged: Staged) -> str:
    """SQL for the last primary key of some records and, by column, their values as lines of one text."""
    columns, joins = [], []
    for number, target in enumerate(staged.has):
        value = f"r.{quoted(target.field.column)}"
        if target.other:
            other = f"j{number}"
            joins.append(f"LEFT JOIN {table_of(target.other)} {other} ON {other}.id = {value}")
            value = f"{other}.{quoted(target.code.column)}"
        columns.append(f"COALESCE({value}, '') AS c{number}")
    texts = ", ".join(f"GROUP_CONCAT(c{number}, CHAR(10))" for number in range(len(columns)))
    return (
        f"SELECT MAX(id), {texts} FROM (SELECT r.id AS id, {', '.join(columns)}"  # nosec B608
        f" FROM {table_of(staged.model)} r {' '.join(joins)} WHERE r.id > %s ORDER BY r.id LIMIT %s)"
    )


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
