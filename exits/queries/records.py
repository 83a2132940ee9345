"""Figures counted from the records themselves: loans, clients and savings as they were imported."""

import datetime as dt
from dataclasses import dataclass
from itertools import batched

import pandas as pd

from clients.models import Client, Group, Loan, Office, Officer, Product, SavingsMovement
from exits.methods import (
    CAUSES,
    age_bands,
    as_counts,
    count_by,
    decision_points,
    ignored_statuses,
    spells,
)
from exits.models import ExitDefinition
from exits.queries.counted import WARNED
from exits.queries.definitions import data_as_of, definition_in_force
from exits.queries.figures import Figures, PeriodError, figures_of

GROUPS = ("office", "product", "officer", "group", "sex", "age", "area", "cycle")
STEPS = ("year", "month")
ASKED = 5_000
"""Clients asked for in one query."""

CLIENT_COLUMNS = {
    "pk": "client_id",
    "office_id": "office",
    "officer_id": "officer",
    "group_id": "group",
    "sex": "sex",
    "area": "area",
    "birth_date": "birth_date",
    "status": "status",
    "status_on": "status_on",
}
LOAN_COLUMNS = {
    "pk": "loan",
    "external_id": "loan_id",
    "client_id": "client_id",
    "product_id": "product",
    "disbursed_on": "disbursed_on",
    "closed_on": "closed_on",
    "written_off_on": "written_off_on",
    "officer_id": "officer",
    "group_id": "group",
}
MOVEMENT_COLUMNS = {
    "external_id": "movement_id",
    "account__client_id": "client_id",
    "account__product_id": "product",
    "on": "date",
    "by_client": "by_client",
}


@dataclass(frozen=True)
class Codes:
    """By kind of thing: the code of each row's id, and the name of each code; paths of offices by id."""

    codes: dict[str, dict[int, str]]
    names: dict[str, dict[str, str]]
    paths: dict[int, str]

    def ids(self, kind: str) -> dict[str, int]:
        """The way back: the id of each code."""
        return {code: pk for pk, code in self.codes[kind].items()}


@dataclass(frozen=True)
class Records:
    """Frames as `exits.methods` takes them, with codes for offices, products, officers and groups.

    A client's id is the row's; `clients` also has `portfolio`, the id of today's officer (missing: NaN).
    `movements` is None where savings do not count.
    """

    clients: pd.DataFrame
    loans: pd.DataFrame
    movements: pd.DataFrame | None
    codes: Codes


@dataclass(frozen=True)
class Counted:
    """Spells and decision points of the records, each spell with office, portfolio, sex, area and age."""

    spells: pd.DataFrame
    points: pd.DataFrame


class NoRecordsError(LookupError):
    """No client and no loan has been imported, so there is nothing to count and no day to count as of."""


def read_records(*, savings: bool, only: list[int] | None = None, more: dict | None = None) -> Records:
    """Every client and loan, and the savings movements where they count; or those of some clients, by id.

    `more` names further columns of the loans: the field, and what the frame calls it.
    """
    codes = _codes()
    clients = _frame(Client, CLIENT_COLUMNS, only)
    clients["portfolio"] = clients["officer"]
    loans = _frame(Loan, LOAN_COLUMNS | (more or {}), only)
    movements = _frame(SavingsMovement, MOVEMENT_COLUMNS, only) if savings else None
    for frame in (clients, loans, movements):
        _name_by_code(frame, codes)
    return Records(clients, loans, movements, codes)


def count_records(records: Records, window, as_of: dt.date) -> Counted:
    """Spells and decision points as known on `as_of`; `window` in days, or days by product."""
    found = spells(records.loans, window, as_of, records.clients, records.movements)
    facts = records.clients.set_index("client_id").reindex(found["client_id"])
    for name in ("office", "portfolio", "sex", "area"):
        found[name] = facts[name].to_numpy()
    found["age"] = age_bands(facts["birth_date"].to_numpy(), found["start"])
    return Counted(found, decision_points(records.loans, window, as_of))


@dataclass(frozen=True)
class Reading:
    """The records read and counted once, for figures of any period up to `as_of`.

    `window` is what overrides every window of the definition in force that day, or None.
    """

    as_of: dt.date
    definition: ExitDefinition
    window: int | None
    records: Records
    counted: Counted

    @property
    def windows(self) -> int | dict[str | None, int]:
        """Days a client may rest, one number or by product."""
        return self.definition.windows if self.window is None else self.window

    def ignored(self) -> list[str]:
        """Numbers of the clients whose status changes nothing, since no spell holds its day."""
        return ignored_clients(self.records, self.windows, self.as_of)

    def figures(
        self, start: dt.date, end: dt.date, *, causes: tuple[str, ...] = CAUSES, by: str | None = None
    ) -> list[Figures]:
        """The period from `start` to `end`, both inclusive, whole or by one of `GROUPS` or `STEPS`.

        Groups and parts of the period with nothing to count are left out. Raises PeriodError.
        """
        if start > end or end > self.as_of:
            raise PeriodError
        table = count_by(
            self.counted.spells,
            start,
            end,
            by=by if by in GROUPS else None,
            step=by if by in STEPS else None,
            points=self.counted.points,
            as_of=self.as_of,
            keep_empty=by is None,
        )
        return [self._figures(row, by, causes) for row in table.to_dict("records")]

    def _figures(self, row, by, causes) -> Figures:
        group = row["period"] if by in STEPS else row["group"]
        group = None if group is None else str(group)
        definition, window = self.definition, self.window
        return figures_of(
            as_counts(row),
            group=group,
            label=self.records.codes.names.get(by, {}).get(group, group or ""),
            start=row["start"],
            end=row["end"],
            as_of=self.as_of,
            definition=definition,
            window=definition.window if window is None else window,
            longest_window=definition.longest_window if window is None else window,
            kept=causes,
        )


def ignored_clients(records: Records, window, as_of: dt.date) -> list[str]:
    """Numbers of clients deceased or expelled on a day that no spell holds, in order."""
    ids = ignored_statuses(records.loans, window, as_of, records.clients, records.movements)
    if not ids:
        return []
    number = dict(Client.objects.order_by().values_list("pk", "external_id").filter(pk__in=ids[:WARNED]))
    return sorted(number.values())


def read(as_of: dt.date | None = None, window: int | None = None) -> Reading:
    """Everything that is known on `as_of`, by default the day of the last import's data.

    Raises NoRecordsError.
    """
    as_of = as_of or data_as_of()
    if as_of is None or not (Client.objects.exists() or Loan.objects.exists()):
        raise NoRecordsError
    definition = definition_in_force(as_of)
    records = read_records(savings=definition.counts_savings)
    counted = count_records(records, definition.windows if window is None else window, as_of)
    return Reading(as_of, definition, window, records, counted)


def _codes():
    kinds = {"office": Office, "product": Product, "officer": Officer, "group": Group}
    rows = {kind: list(model.objects.values_list("pk", "code", "name")) for kind, model in kinds.items()}
    return Codes(
        {kind: {pk: code for pk, code, _ in found} for kind, found in rows.items()},
        {kind: {code: name for _, code, name in found} for kind, found in rows.items()},
        dict(Office.objects.order_by().values_list("pk", "path")),
    )


def of_clients(rows, path: str, only: list[int] | None):
    """Of a queryset all rows, or those whose `path` leads to some clients: asked for in pieces."""
    if only is None:
        yield from rows.iterator(chunk_size=10_000)
        return
    for some in batched(only, ASKED):
        yield from rows.filter(**{f"{path}__in": some}).iterator(chunk_size=10_000)


def _frame(model, columns, only):
    path = next(path for path, name in columns.items() if name == "client_id")
    rows = of_clients(model.objects.order_by().values_list(*columns), path, only)
    return pd.DataFrame(list(rows), columns=list(columns.values()))


def _name_by_code(frame, codes):
    if frame is None:
        return
    for kind, code_of in codes.codes.items():
        if kind in frame:
            frame[kind] = [code_of.get(pk, "") for pk in frame[kind]]
