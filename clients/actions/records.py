"""Where each sheet's rows live in the database, and how they are read back to be compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import batched

from django.db.models import Model

from clients.methods.sheets import SHEETS
from clients.models import (
    Attendance,
    Client,
    Group,
    Loan,
    Office,
    Officer,
    Product,
    Repayment,
    SavingsAccount,
    SavingsMovement,
)

# Ids asked for in one query.
ASKED = 5_000


@dataclass(frozen=True)
class Record:
    """``fields`` are the model's, in the order of the sheet's columns; a reference reads as a code."""

    model: type[Model]
    fields: tuple[str, ...]
    # The fields that recognise a row, as the lookups of the sheet's key columns.
    key: tuple[str, ...] = ("external_id",)

    @property
    def written(self) -> list[str]:
        """The model's own fields that an update may change."""
        names = [name.split("__")[0] for name in self.fields]
        keys = {name.split("__")[0] for name in self.key}
        return [name for name in names if name not in keys]


RECORDS: dict[str, Record] = {
    "offices": Record(Office, ("code", "name", "kind", "parent__code"), ("code",)),
    "products": Record(Product, ("code", "name", "kind"), ("code",)),
    "officers": Record(Officer, ("code", "name"), ("code",)),
    "groups": Record(Group, ("code", "name"), ("code",)),
    "clients": Record(
        Client,
        (
            "external_id",
            "name",
            "office__code",
            "sex",
            "birth_date",
            "area",
            "officer__code",
            "group__code",
            "joined_on",
            "phone",
            "status",
            "status_on",
        ),
    ),
    "loans": Record(
        Loan,
        (
            "external_id",
            "client__external_id",
            "product__code",
            "principal",
            "disbursed_on",
            "due_on",
            "closed_on",
            "status",
            "written_off_on",
            "officer__code",
            "office__code",
            "group__code",
            "outstanding",
            "days_late",
        ),
    ),
    "repayments": Record(Repayment, ("loan__external_id", "on", "amount", "external_id")),
    "savings": Record(
        SavingsAccount,
        ("external_id", "client__external_id", "product__code", "opened_on", "closed_on", "balance"),
    ),
    "movements": Record(
        SavingsMovement, ("external_id", "account__external_id", "on", "amount", "by_client")
    ),
    "attendance": Record(Attendance, ("client__external_id", "on", "present"), ("client__external_id", "on")),
}


def recorded(sheet: str, keys: list) -> dict:
    """The recorded rows of these keys, as tuples in the sheet's column order."""
    if not keys:
        return {}
    record = RECORDS[sheet]
    places = [SHEETS[sheet].index[name] for name in SHEETS[sheet].key]
    rows = record.model.objects.filter(**wanted(record, keys)).order_by().values_list(*record.fields)
    if len(places) == 1:
        (place,) = places
        return {row[place]: row for row in rows.iterator(ASKED)}
    return {tuple(row[place] for place in places): row for row in rows.iterator(ASKED)}


def rows_of(sheet: str, rows: Iterable[tuple]):
    """The recorded rows, as a queryset, that these rows of a file speak of."""
    model = RECORDS[sheet].model
    places = [SHEETS[sheet].index[name] for name in SHEETS[sheet].key]
    keys = [tuple(row[place] for place in places) for row in rows]
    if len(places) == 1:
        return model.objects.filter(**wanted(RECORDS[sheet], [key for (key,) in keys]))
    found = model.objects.filter(**wanted(RECORDS[sheet], keys)).order_by()
    asked = set(keys)
    numbers = [pk for pk, *key in found.values_list("pk", *RECORDS[sheet].key) if tuple(key) in asked]
    return model.objects.filter(pk__in=numbers)


def wanted(record: Record, keys: list) -> dict:
    if len(record.key) == 1:
        return {f"{record.key[0]}__in": keys}
    parts = zip(*keys, strict=True)
    return {f"{name}__in": set(part) for name, part in zip(record.key, parts, strict=True)}


def numbers_of(sheet: str, codes: Iterable[str]) -> dict[str, int]:
    """The primary key of each of the codes that is recorded."""
    record = RECORDS[sheet]
    found = {}
    for some in batched(codes, ASKED):
        rows = record.model.objects.filter(**{f"{record.key[0]}__in": some}).order_by()
        found.update(rows.values_list(record.key[0], "pk"))
    return found
