"""What an intruder with access to the database may do to the audit trail, in plain SQL."""

# ruff: noqa: S608  the names of columns are the tests' own
import json

from django.db import connection

from spm.models import AuditEvent, AuditHead

COLUMNS = "number, verb, target, details, by_id, at, key, previous, digest"


def sql(statement: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def lines(count: int, by=None) -> list[AuditEvent]:
    return [AuditEvent.record("tried", "home", by=by, turn=turn, words="ñ•") for turn in range(1, count + 1)]


def alter(number: int, column: str, value) -> None:
    sql(f"UPDATE spm_auditevent SET {column} = %s WHERE number = %s", value, number)


def remove(first: int, last: int) -> None:
    sql("DELETE FROM spm_auditevent WHERE number BETWEEN %s AND %s", first, last)


def renumber(first: int, by: int) -> None:
    """Move the lines from ``first`` on by so many places, through numbers that none has."""
    sql("UPDATE spm_auditevent SET number = number + 1000000 WHERE number >= %s", first)
    sql("UPDATE spm_auditevent SET number = number + %s WHERE number >= 1000000", by - 1000000)


def swap(one: int, other: int) -> None:
    for number, place in ((one, 1000000), (other, one), (1000000, other)):
        sql("UPDATE spm_auditevent SET number = %s WHERE number = %s", place, number)


def forge(number: int, like: int, **changes) -> None:
    """A line of the intruder's own, made after another one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM spm_auditevent WHERE number = %s", [like])
        values = dict(zip(COLUMNS.split(", "), cursor.fetchone(), strict=True))
    values |= {"number": number, "verb": "forged"} | changes
    if not isinstance(values["details"], str):
        values["details"] = json.dumps(values["details"])
    places = ", ".join(["%s"] * len(values))
    sql(f"INSERT INTO spm_auditevent ({COLUMNS}) VALUES ({places})", *values.values())


def set_head(**columns) -> None:
    for column, value in columns.items():
        sql(f"UPDATE spm_audithead SET {column} = %s", value)


def head() -> tuple:
    return AuditHead.objects.values_list("lines", "digest", "key", "seal").get()
