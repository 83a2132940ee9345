"""Many rows into a table at once, without an object for each.

PostgreSQL takes them by COPY: into the table itself or, where rows that are there already are to change, into
a temporary one and from there by one INSERT. SQLite takes them by `executemany`. Nothing is validated, no
model's default filled in and no `save` called; what the database itself demands still holds.
"""

import json
from functools import partial
from itertools import batched

from django.db import connection, transaction
from django.db.models import BinaryField, Field, JSONField, Model
from django.db.models.constants import OnConflict

PIECE = 1_000
"""Rows that go to PostgreSQL at a time."""
STAGED = "spm_staged"
NULL = r"\N"
ESCAPED = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
# What the driver of SQLite takes just as it is.
AS_IS = {
    *("AutoField", "BigAutoField", "BooleanField", "CharField", "DateField", "DecimalField", "FloatField"),
    *("IntegerField", "PositiveIntegerField", "PositiveSmallIntegerField", "SmallIntegerField", "TextField"),
}


def put(
    model: type[Model], names: list[str], columns: list, *, keys: list[str] = (), changed: list[str] = ()
) -> None:
    """Insert the rows whose values stand by column; where ``keys`` are there, set ``changed`` instead.

    ``names`` are the model's fields, of which those left out must have a default in the database or be the
    primary key; a reference takes the other's primary key, a date also ISO text. Values are of Python's own
    types, not numpy's, and no key comes twice in one call. Calls of some thousand rows and more pay.

    Raises IntegrityError for what a constraint forbids, DataError for what a column cannot hold (SQLite's
    columns hold anything), ValueError for columns of unequal length, TypeError for a field of bytes.
    """
    fields = [model._meta.get_field(name) for name in names]
    columns = [stored(field, values) for field, values in zip(fields, columns, strict=True)]
    if len(set(map(len, columns))) > 1:
        raise ValueError("columns of unequal length")
    rows = zip(*columns, strict=True)
    into = f"INSERT INTO {quoted(model._meta.db_table)} ({columns_of(fields)})"
    update = on_conflict(model, fields, keys, changed) if changed else ""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"{into} VALUES ({places}) {update}", rows)
        elif changed:
            stage(cursor, model, fields, rows)
            cursor.execute(f"{into} SELECT * FROM {STAGED} {update}")  # noqa: S608  # nosec B608  # the model's own names
            cursor.execute(f"DROP TABLE {STAGED}")
        else:
            copy(cursor, model._meta.db_table, fields, rows)


def on_conflict(model: type[Model], fields: list[Field], keys, changed) -> str:
    """The end of the INSERT: what becomes of a row whose keys are there."""
    columns = ([model._meta.get_field(name).column for name in names] for names in (changed, keys))
    return connection.ops.on_conflict_suffix_sql(fields, OnConflict.UPDATE, *columns)


def stage(cursor, model: type[Model], fields: list[Field], rows) -> None:
    """The rows in a temporary table of the same columns, which no other connection sees."""
    alike = f"SELECT {columns_of(fields)} FROM {quoted(model._meta.db_table)}"  # noqa: S608  # nosec B608  # the model's own names
    cursor.execute(f"CREATE TEMPORARY TABLE {STAGED} AS {alike} WITH NO DATA")
    copy(cursor, STAGED, fields, rows)


def copy(cursor, table: str, fields: list[Field], rows) -> None:
    with connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {quoted(table)} ({columns_of(fields)}) FROM STDIN", Lines(rows))


class Lines:
    """Rows of text as psycopg2 reads a file: a piece at a call, of whatever size, and at the end nothing."""

    def __init__(self, rows):
        self.pieces = batched(rows, PIECE)

    def read(self, size: int = -1) -> str:
        return "".join(["\t".join(row) + "\n" for row in next(self.pieces, ())])


def columns_of(fields: list[Field]) -> str:
    return ", ".join(quoted(field.column) for field in fields)


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def stored(field: Field, values) -> list:
    """The values as this database takes them: for PostgreSQL's COPY as text."""
    if field.is_relation:
        field = field.target_field
    if isinstance(field, BinaryField):
        raise TypeError(f"{field} holds bytes")
    if connection.vendor == "postgresql":
        text = partial(json.dumps, cls=field.encoder) if isinstance(field, JSONField) else str
        return escaped([None if value is None else text(value) for value in values])
    if field.get_internal_type() in AS_IS:
        return values
    return [field.get_db_prep_save(value, connection) for value in values]


def escaped(texts: list[str | None]) -> list[str]:
    """The texts as COPY reads them, which parts values by tabs and rows by line ends."""
    # Most columns need none of it, and one look at all costs a twentieth of escaping each.
    together = "".join(filter(None, texts))
    if any(sign in together for sign in ESCAPED):
        signs = str.maketrans(ESCAPED)
        texts = [None if text is None else text.translate(signs) for text in texts]
    return [NULL if text is None else text for text in texts]
