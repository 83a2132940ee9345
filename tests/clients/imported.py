"""What an import has brought into the records, for tests to compare."""

from clients import models
from clients.actions import import_portfolio
from clients.models import Client, ClientPosting, Loan, Office
from spm.models import AuditEvent

KEPT = (
    *(models.Office, models.Product, models.Officer, models.Group, models.Client, models.Loan),
    *(models.Repayment, models.SavingsAccount, models.SavingsMovement, models.Attendance),
    *(models.ClientPosting, models.ImportBatch, AuditEvent),
)


def take_in(path, **how) -> dict:
    return import_portfolio(path, by=None, **how).report


def numbers(report, sheet) -> tuple:
    counts = report["sheets"][sheet]
    return tuple(counts[name] for name in ("read", "created", "updated", "unchanged", "rejected"))


def bad_cells(report) -> list[tuple]:
    return [(bad["sheet"], bad["row"], bad["column"], bad["code"]) for bad in report["rejected"]]


def contents() -> dict:
    """All that an import may write, row by row, without primary keys of our own making."""
    return {
        "offices": list(Office.objects.order_by("code").values_list("code", "name", "kind", "parent__code")),
        "clients": list(
            Client.objects.order_by("external_id").values_list(
                *("external_id", "name", "search_name", "office__code", "officer__code", "group__code"),
                *("sex", "birth_date", "area", "joined_on", "phone", "status", "status_on"),
            )
        ),
        "loans": list(
            Loan.objects.order_by("external_id").values_list(
                *(
                    "external_id",
                    "client__external_id",
                    "product__code",
                    "principal",
                    "disbursed_on",
                    "due_on",
                ),
                *("closed_on", "status", "written_off_on", "officer__code", "office__code", "group__code"),
                *("outstanding", "days_late"),
            )
        ),
        "repayments": list(
            models.Repayment.objects.order_by("external_id").values_list(
                "external_id", "loan__external_id", "on", "amount"
            )
        ),
        "movements": list(
            models.SavingsMovement.objects.order_by("external_id").values_list(
                "external_id", "account__external_id", "on", "amount", "by_client"
            )
        ),
        "attendance": list(
            models.Attendance.objects.order_by("client__external_id", "on").values_list(
                "client__external_id", "on", "present"
            )
        ),
        "postings": list(
            ClientPosting.objects.order_by("client__external_id", "since").values_list(
                "client__external_id", "office__code", "officer__code", "since"
            )
        ),
    }


def forget_everything():
    for model in (ClientPosting, *reversed(KEPT[1:10])):
        model.objects.all().delete()
    for office in Office.objects.order_by("-path"):
        office.delete()
