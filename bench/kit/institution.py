"""An institution of any size, put straight into the tables: what the other benches measure on.

`fill` makes offices, people, clients, loans and repayments as one import would leave them, six years long.
"""

import datetime as dt

import numpy as np
from django.core.management import call_command
from django.db import connection, transaction

from clients.methods import fold
from clients.models import (
    ChangeSet,
    Client,
    ClientPosting,
    Group,
    ImportBatch,
    Loan,
    Membership,
    Office,
    Officer,
    Product,
    Repayment,
)
from spm.access import Role
from spm.bulk import put
from spm.models import User

AS_OF = dt.date(2025, 12, 20)
FIRST = dt.date(2020, 1, 1)
DAYS = (AS_OF - FIRST).days
REGIONS, BRANCHES, OFFICERS, PRODUCTS, CLIENTS_A_GROUP = 4, 32, 200, 4, 40
LOANS_A_CLIENT = 2.5
AT_ONCE = 50_000
PEOPLE = {"manager": Role.MANAGER, "officer": Role.OFFICER, "admin": Role.ADMIN}
GIVEN = [
    "Ana",
    "José",
    "María",
    "Luis",
    "Rosa",
    "Juan",
    "Elena",
    "Pedro",
    "Julia",
    "Lucía",
    "Víctor",
    "Óscar",
]
FAMILY = [
    *(
        "Peña",
        "Quispe",
        "Mamani",
        "Flores",
        "Muñoz",
        "Rojas",
        "Vargas",
        "Núñez",
        "Condori",
        "Choque",
        "Apaza",
    ),
    *("Huanca", "Ticona", "Ramos", "Cruz", "Poma", "Yujra", "Calle", "Limachi", "Cusi", "Chambi", "Ibáñez"),
]


def fill(clients: int, seed: int = 5) -> None:
    """An empty database becomes an institution of so many clients."""
    call_command("migrate", verbosity=0)
    chance = np.random.default_rng(seed)
    with transaction.atomic():
        changes = ChangeSet.objects.create()
        places = people_and_places(clients // CLIENTS_A_GROUP + 1)
        for start in range(0, clients, AT_ONCE):
            put_clients(chance, range(start, min(start + AT_ONCE, clients)), places, changes.pk)
        put_loans(chance, places, changes.pk)
        put_repayments(changes.pk)
        changes.counts = {
            model._meta.model_name: {"created": model.objects.count(), "changed": 0, "removed": 0}
            for model in (Client, Loan, Repayment, ClientPosting)
        }
        changes.save()
        ImportBatch.objects.create(source="bench", state="done", data_as_of=AS_OF, changes=changes)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def people_and_places(groups: int) -> dict[str, np.ndarray]:
    """Users, offices, products, officers, groups; primary keys of what clients and loans refer to."""
    head = Office.head()
    regions = [
        Office.objects.create(code=f"R{n}", name=f"Region {n}", kind="region", parent=head)
        for n in range(REGIONS)
    ]
    branches = [
        Office.objects.create(code=f"B{n}", name=f"Branch {n}", parent=regions[n % REGIONS])
        for n in range(BRANCHES)
    ]
    made = {
        "office": branches,
        "product": Product.objects.bulk_create(
            Product(code=f"P{n}", name=f"Product {n}") for n in range(PRODUCTS)
        ),
        "officer": Officer.objects.bulk_create(
            Officer(code=f"O{n}", name=f"Officer {n}") for n in range(OFFICERS)
        ),
        "group": Group.objects.bulk_create(Group(code=f"G{n}", name=f"Group {n}") for n in range(groups)),
    }
    for name, role in PEOPLE.items():
        user = User.objects.create(username=name)
        Membership.objects.create(user=user, role=role, office=head, valid_from=FIRST)
    Officer.objects.filter(code="O0").update(user=User.objects.get(username="officer"))
    return {name: np.array([row.pk for row in rows]) for name, rows in made.items()}


def put_clients(chance, numbers: range, places, changes: int) -> None:
    """One in two hundred has a word in the name that few others have."""
    at = np.arange(numbers.start, numbers.stop)
    size = len(at)
    names = [
        f"{given} {one} {other}" if n % 200 else f"{given} {one} Rara{n % 50_000}"
        for n, given, one, other in zip(
            at.tolist(),
            chance.choice(GIVEN, size).tolist(),
            *(chance.choice(FAMILY, size).tolist() for _ in range(2)),
            strict=True,
        )
    ]
    officer = chance.integers(0, OFFICERS, size)
    joined = chance.integers(0, DAYS, size)
    gone = chance.random(size) < 0.01
    columns = {
        "external_id": [f"C{n:07}" for n in at.tolist()],
        "name": names,
        "search_name": [fold(name) for name in names],
        "office": places["office"][officer % BRANCHES].tolist(),
        "officer": places["officer"][officer].tolist(),
        "group": places["group"][at // CLIENTS_A_GROUP].tolist(),
        "sex": chance.choice(np.array(["F", "F", "M"]), size).tolist(),
        "area": chance.choice(np.array(["rural", "urban"]), size).tolist(),
        "birth_date": iso(chance.integers(-25_000, -8_000, size)),
        "joined_on": iso(joined),
        "phone": [""] * size,
        "status": np.where(gone, "deceased", "active").tolist(),
        "status_on": iso(np.where(gone, chance.integers(0, DAYS, size), NONE)),
        "changed_in": [changes] * size,
    }
    put(Client, list(columns), list(columns.values()))


def put_loans(chance, places, changes: int) -> None:
    """Loans that follow each other with gaps around the window; a few are never repaid."""
    clients = np.array(Client.objects.order_by("pk").values_list("pk", flat=True))
    start = chance.integers(0, DAYS, len(clients))
    number = 0
    many = 1 + chance.poisson(LOANS_A_CLIENT - 1 + 0.7, len(clients))
    for turn in range(int(many.max())):
        due = (many > turn) & (start <= DAYS)
        clients, start, many = clients[due], start[due], many[due]
        end = start + chance.integers(90, 400, len(clients))
        repaid = (end <= DAYS) & (chance.random(len(clients)) > 0.01)
        for first in range(0, len(clients), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            put_some_loans(number, clients[some], start[some], end[some], repaid[some], places, changes)
            number += len(clients[some])
        start = end + chance.integers(0, 200, len(clients))


def put_some_loans(number, clients, start, end, repaid, places, changes) -> None:
    size = len(clients)
    at = np.arange(number, number + size)
    columns = {
        "external_id": [f"L{n:08}" for n in at.tolist()],
        "client": clients.tolist(),
        "product": places["product"][(clients + at) % PRODUCTS].tolist(),
        "principal": [500] * size,
        "disbursed_on": iso(start),
        "due_on": iso(end),
        "closed_on": iso(np.where(repaid, end, NONE)),
        "status": np.where(repaid, "repaid", "open").tolist(),
        "outstanding": np.where(repaid, 0, 250).tolist(),
        "days_late": np.where(repaid, 0, np.maximum(DAYS - end, 0)).tolist(),
        "changed_in": [changes] * size,
    }
    put(Loan, list(columns), list(columns.values()))


def put_repayments(changes: int) -> None:
    """One on each open loan, in its first month."""
    loans = list(Loan.objects.filter(closed_on=None).order_by("pk").values_list("pk", "disbursed_on"))
    for first in range(0, len(loans), AT_ONCE):
        keys, days = zip(*loans[first : first + AT_ONCE], strict=True)
        size = len(keys)
        columns = {
            "external_id": [f"R{key}" for key in keys],
            "loan": list(keys),
            "on": [day.isoformat() for day in days],
            "amount": [50] * size,
            "changed_in": [changes] * size,
        }
        put(Repayment, list(columns), list(columns.values()))


NONE = np.iinfo(np.int64).min


def iso(days) -> list[str | None]:
    """Days since `FIRST` as text."""
    days = np.asarray(days, dtype=np.int64)
    missing = days == NONE
    text = np.datetime_as_string(np.datetime64(FIRST) + np.where(missing, 0, days)).astype(object)
    text[missing] = None
    return text.tolist()
