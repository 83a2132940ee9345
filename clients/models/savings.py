from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.changes import Recorded
from clients.models.client import Client
from clients.models.loans import OfClientQuerySet
from clients.models.products import Product


class SavingsAccount(Recorded):
    class Privacy:
        personal = frozenset()
        plain = frozenset(
            {"id", "external_id", "client", "product", "opened_on", "closed_on", "balance", "changed_in"}
        )

    external_id = models.CharField(_("account number"), max_length=100, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="savings")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="accounts")
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    balance = models.DecimalField(_("balance"), max_digits=18, decimal_places=4, null=True, blank=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["client", "opened_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="account_closed_after_start",
            ),
        ]

    def __str__(self):
        return self.external_id


class OfAccountQuerySet(OfClientQuerySet):
    client_path = "account__client"


class SavingsMovement(Recorded):
    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "external_id", "account", "on", "amount", "by_client", "changed_in"})

    external_id = models.CharField(_("movement number"), max_length=100, unique=True)
    account = models.ForeignKey(SavingsAccount, on_delete=models.CASCADE, related_name="movements")
    on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    # Interest and fees are not the client's doing and say nothing about staying.
    by_client = models.BooleanField(_("by the client"), default=True)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        ordering = ["account", "on", "pk"]
        indexes = [models.Index(fields=["account", "on"], name="movement_by_account_day")]

    def __str__(self):
        return self.external_id


class Attendance(Recorded):
    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "client", "on", "present", "changed_in"})

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="attendance")
    on = models.DateField(_("meeting"))
    present = models.BooleanField(_("present"))

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["client", "on"]
        constraints = [models.UniqueConstraint(fields=["client", "on"], name="attendance_once_a_meeting")]

    def __str__(self):
        return f"{self.client} {self.on}"
