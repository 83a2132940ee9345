"""Whether an import adds up: what was there before it, what came and went, what is odd now."""

import datetime as dt
from decimal import Decimal

from django.db import connection
from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    RowRange,
    Sum,
    Value,
    Window,
)
from django.db.models.functions import Coalesce

from clients.models import (
    Attendance,
    BeforeImage,
    ChangeSet,
    Client,
    ImportBatch,
    Loan,
    Repayment,
    SavingsAccount,
    SavingsMovement,
)

OPEN = Q(status=Loan.Status.OPEN)
CENT = Decimal("0.0001")

# Days of events, which cannot lie ahead; each model with the way to its client.
EVENTS = {
    "client": (Client, "", ("birth_date", "joined_on", "status_on")),
    "loan": (Loan, "client", ("disbursed_on", "closed_on", "written_off_on")),
    "repayment": (Repayment, "loan__client", ("on",)),
    "savingsaccount": (SavingsAccount, "client", ("opened_on", "closed_on")),
    "savingsmovement": (SavingsMovement, "account__client", ("on",)),
    "attendance": (Attendance, "client", ("on",)),
}


# The numbers, kept in the batch's report


def stock() -> dict:
    """Clients, open loans and what is outstanding on these, as recorded now."""
    loans = Loan.objects.aggregate(open=Count("pk", filter=OPEN), outstanding=Sum("outstanding", filter=OPEN))
    return {
        "clients": Client.objects.count(),
        "open": loans["open"],
        "outstanding": exact(loans["outstanding"]),
    }


def exact(amount) -> Decimal:
    """SQLite adds up in floating point."""
    return Decimal(amount or 0).quantize(CENT)


def reconcile(before: dict, changes: ChangeSet | None, day: dt.date) -> dict:
    """The stock before (see ``stock``) and now, and all that a change set moved in between, for JSON.

    Amounts are texts. What lies after ``day`` lies in the future.
    """
    after = stock()
    clients, loans, owed = flows(changes)
    return {
        "day": day.isoformat(),
        "clients": {"before": before["clients"], **clients, "after": after["clients"]},
        "loans": {"before": before["open"], **loans, "after": after["open"]},
        "outstanding": {
            name: str(amount)
            for name, amount in {
                "before": before["outstanding"],
                **owed,
                "after": after["outstanding"],
            }.items()
        },
        "odd": odd(day),
    }


def flows(changes: ChangeSet | None) -> tuple[dict, dict, dict]:
    """What the change set moved: of clients, of open loans, and of the amount outstanding on these."""
    begun = made_in(changes, Loan).aggregate(
        all=Count("pk"), ended=Count("pk", filter=~OPEN), outstanding=Sum("outstanding", filter=OPEN)
    )
    ended, reopened, owed_ended, owed_reopened, owed_then, owed_now = changed_loans(changes)
    loans = {"begun": begun["all"], "reopened": reopened, "ended": begun["ended"] + ended}
    owed = {
        "begun": exact(begun["outstanding"]),
        "reopened": exact(owed_reopened),
        "ended": exact(owed_ended),
        "went_on": exact(owed_now) - exact(owed_then),
    }
    return {"created": made_in(changes, Client).count()}, loans, owed


def changed_loans(changes: ChangeSet | None) -> tuple:
    """Of the loans that the change set changed: how many ended and opened again, and what these owed.

    By one join of what was with what is, which the ORM cannot say of a JSON value.
    """
    was_open, is_open = "b.\"values\" ->> 'status' = 'open'", "t.status = 'open'"
    owed = "CAST(b.\"values\" ->> 'outstanding' AS numeric)"
    ended, reopened, went_on = (
        f"FILTER (WHERE {was_open} AND NOT {is_open})",
        f"FILTER (WHERE NOT {was_open} AND {is_open})",
        f"FILTER (WHERE {was_open} AND {is_open})",
    )
    sql = (
        f"SELECT COUNT(*) {ended}, COUNT(*) {reopened}, SUM({owed}) {ended},"  # noqa: S608  # nosec B608
        f" SUM(t.outstanding) {reopened}, SUM({owed}) {went_on}, SUM(t.outstanding) {went_on}"
        " FROM clients_beforeimage b JOIN clients_loan t ON t.id = b.row"
        " WHERE b.changes_id = %s AND b.model = 'loan'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [changes.pk if changes else 0])
        return cursor.fetchone()


def odd(day: dt.date) -> dict:
    """How many records there are of each kind that is worth a look; none where there are none."""
    counts = {
        "overlaps": overlapping(Loan.objects.all()).count(),
        "no-loan": without_loan(Client.objects.all()).count(),
        "no-outstanding": Loan.objects.filter(OPEN, outstanding=None).count(),
    }
    for name, (model, _client, fields) in EVENTS.items():
        ahead = {field: Count("pk", filter=Q(**{f"{field}__gt": day})) for field in fields}
        found = model.objects.order_by().aggregate(**ahead)
        counts |= {f"future-{name}-{field}": found[field] for field in fields}
    return {what: count for what, count in counts.items() if count}


# The records behind them


def made_in(changes: ChangeSet | None, model):
    """The records that the change set made, except those that something newer has changed since."""
    images = BeforeImage.objects.filter(changes=changes, model=model._meta.model_name, row=OuterRef("pk"))
    return model.objects.filter(~Exists(images.order_by()), changed_in=changes or 0).order_by()


def loans_that_were(changes: ChangeSet | None, **were):
    """The loans that the change set changed and that were such before."""
    images = BeforeImage.objects.filter(changes=changes, model="loan", **were).order_by()
    return Loan.objects.filter(pk__in=images.values("row")).order_by()


def overlapping(loans):
    """Loans begun while an earlier one of the same client and product ran on, past that day.

    By one sort of all: SQLite would look for each loan's likes through all loans of the product.
    """
    end = Coalesce("closed_on", "written_off_on", Value(dt.date.max), output_field=DateField())
    latest_end = Window(
        Max(end),
        partition_by=["client", "product"],
        order_by=["disbursed_on", "pk"],
        frame=RowRange(end=-1),
    )
    return loans.order_by().annotate(ran_to=latest_end).filter(ran_to__gt=F("disbursed_on"))


def without_loan(clients):
    return clients.filter(~Exists(Loan.objects.filter(client=OuterRef("pk")).order_by())).order_by()


def behind(batch: ImportBatch, what: str, user):
    """The records behind a number of the batch's report, which the user may see; LookupError for no number.

    They are shown as recorded now, which newer imports may have changed.
    """
    clients, loans = Client.objects.visible_to(user), Loan.objects.visible_to(user)
    changes = batch.changes
    match what.split("-"):
        case ["clients", "new"]:
            return clients.filter(pk__in=made_in(changes, Client).values("pk"))
        case ["loans", "begun"]:
            return loans.filter(pk__in=made_in(changes, Loan).values("pk"))
        case ["loans", "reopened"]:
            ended = loans_that_were(changes, values__status__in=[Loan.Status.REPAID, Loan.Status.WRITTEN_OFF])
            return loans.filter(OPEN, pk__in=ended.values("pk"))
        case ["loans", "ended"]:
            moved = loans_that_were(changes, values__status=Loan.Status.OPEN).filter(~OPEN)
            begun = made_in(changes, Loan).filter(~OPEN)
            return loans.filter(pk__in=moved.values("pk").union(begun.values("pk")))
        case ["no", "loan"]:
            return without_loan(clients)
        case ["overlaps"]:
            return overlapping(loans)
        case ["no", "outstanding"]:
            return loans.filter(OPEN, outstanding=None)
        case ["future", name, field] if field in EVENTS.get(name, (None, "", ()))[2]:
            day = batch.report["reconciliation"]["day"]
            model = EVENTS[name][0]
            return model.objects.visible_to(user).filter(**{f"{field}__gt": day}).annotate(day=F(field))
    raise LookupError(what)
