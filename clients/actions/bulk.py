"""Rows into a table without an object for each: two to three times as fast as ``bulk_create``."""

from django.db import connection
from django.db.models import DateField, DecimalField, Field, Model
from django.db.models.constants import OnConflict
from psycopg2.extras import execute_values

PAGE = 1_000


def put(
    model: type[Model], names: list[str], columns: list, *, keys: list[str] = (), changed: list[str] = ()
) -> None:
    """Insert the rows whose values stand by column; where ``keys`` are there, set ``changed`` instead.

    ``names`` are the model's fields, of which those left out must have a default in the database or be the
    primary key; a reference takes the other's primary key. The database's own constraints hold.
    """
    fields = [model._meta.get_field(name) for name in names]
    rows = zip(*map(stored, fields, columns), strict=True)
    sql = insert_into(model, fields, keys, changed)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            execute_values(cursor, sql % "%s", rows, page_size=PAGE)
        else:
            cursor.executemany(sql % f"({', '.join(['%s'] * len(fields))})", rows)


def stored(field: Field, values) -> list:
    """The values as this database takes them."""
    if isinstance(field, DateField):
        return list(map(connection.ops.adapt_datefield_value, values))
    if isinstance(field, DecimalField):
        return list(map(connection.ops.adapt_decimalfield_value, values))
    return values


def insert_into(model: type[Model], fields: list[Field], keys, changed) -> str:
    """The statement, with a place for the values; made of the model's own names alone."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    conflict = ""
    if changed:
        conflict = connection.ops.on_conflict_suffix_sql(
            fields,
            OnConflict.UPDATE,
            [model._meta.get_field(name).column for name in changed],
            [model._meta.get_field(name).column for name in keys],
        )
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES %s {conflict}"  # noqa: S608
