"""Reading many rows of several tables as they stood at one moment, whatever others write meanwhile."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment():
    """Nothing may be written inside, and nobody waits for it. A transaction around it has its own moment."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            _run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Not ``atomic``: on SQLite that keeps others from writing.
        _run("BEGIN DEFERRED")
        try:
            yield
        finally:
            _run("ROLLBACK")


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
