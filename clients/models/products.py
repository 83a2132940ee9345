from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.changes import Recorded


class ProductQuerySet(models.QuerySet):
    def visible_to(self, user, permission=None):
        """Products are no secret to whoever signs in."""
        return self if user.is_authenticated else self.none()


class Product(Recorded):
    class Kind(models.TextChoices):
        LOAN = "loan", _("Loan")
        SAVINGS = "savings", _("Savings")

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "code", "name", "kind", "changed_in"})

    code = models.CharField(_("code"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.LOAN)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["loan", "savings"]), name="product_kind_known")
        ]

    def __str__(self):
        return self.name
