from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.changes import Recorded
from clients.models.client import Client
from clients.models.offices import Office
from clients.models.people import Group, Officer
from clients.models.products import Product
from spm.access import Can


class OfClientQuerySet(models.QuerySet):
    """Rows that belong to a client are seen by whoever may see the client."""

    client_path = "client"

    def visible_to(self, user, permission=Can.CLIENTS_VIEW):
        return self.filter(**{f"{self.client_path}__in": Client.objects.visible_to(user, permission)})


class Loan(Recorded):
    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        REPAID = "repaid", _("Repaid")
        WRITTEN_OFF = "written_off", _("Written off")

    class Privacy:
        personal = frozenset()
        plain = frozenset(
            {
                "id",
                "external_id",
                "client",
                "product",
                "principal",
                "disbursed_on",
                "due_on",
                "closed_on",
                "status",
                "written_off_on",
                "officer",
                "office",
                "group",
                "outstanding",
                "days_late",
                "changed_in",
            }
        )

    external_id = models.CharField(_("loan number"), max_length=100, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="loans")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="loans")
    principal = models.DecimalField(_("principal"), max_digits=18, decimal_places=4)
    disbursed_on = models.DateField(_("disbursed on"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=11, choices=Status, default=Status.OPEN)
    written_off_on = models.DateField(_("written off on"), null=True, blank=True)
    officer = models.ForeignKey(
        Officer, on_delete=models.PROTECT, null=True, blank=True, related_name="loans"
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="loans")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="loans")
    outstanding = models.DecimalField(
        _("outstanding"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    days_late = models.PositiveIntegerField(_("days late"), null=True, blank=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["client", "disbursed_on", "external_id"]
        indexes = [
            # With what the list of loans long past due looks up: it is read instead of the table.
            models.Index(
                fields=["due_on", "id", "client"],
                condition=Q(closed_on=None, written_off_on=None),
                name="loan_open_by_due",
            ),
            models.Index(
                fields=["client", "days_late", "due_on"],
                condition=Q(closed_on=None, written_off_on=None),
                name="loan_open_by_client",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("disbursed_on")),
                name="loan_closed_after_start",
            ),
            models.CheckConstraint(
                condition=Q(written_off_on=None) | Q(written_off_on__gte=F("disbursed_on")),
                name="loan_written_off_after_start",
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_on=None, written_off_on=None)
                | Q(status="repaid", closed_on__isnull=False, written_off_on=None)
                | Q(status="written_off", written_off_on__isnull=False),
                name="loan_status_agrees_with_its_dates",
            ),
            models.CheckConstraint(condition=Q(principal__gte=0), name="loan_principal_not_negative"),
        ]

    def __str__(self):
        return self.external_id


class OfLoanQuerySet(OfClientQuerySet):
    client_path = "loan__client"


class Repayment(Recorded):
    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "external_id", "loan", "on", "amount", "changed_in"})

    external_id = models.CharField(_("repayment number"), max_length=100, unique=True)
    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="repayments")
    on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)

    objects = OfLoanQuerySet.as_manager()

    class Meta:
        ordering = ["loan", "on", "pk"]
        indexes = [models.Index(fields=["loan", "on"], name="repayment_by_loan_day")]

    def __str__(self):
        return self.external_id
