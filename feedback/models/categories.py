"""What complaints are about, on two levels, as the institution keeps the list."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from spm.access import Can
from spm.models.reference import REFERENCE, Headed
from spm.reference import counting


class Severity(models.IntegerChoices):
    LOW = 1, _("Low")
    MEDIUM = 2, _("Medium")
    HIGH = 3, _("High")


class Sensitivity(models.IntegerChoices):
    """Who reads a complaint; the higher, the fewer."""

    ORDINARY = 0, _("Managers, the desk and data protection")
    CONFIDENTIAL = 1, _("The desk and data protection")
    RESTRICTED = 2, _("The desk alone")


class Category(Headed):
    """What a complaint is about: a head (fair practice, service), or one category under it.

    Severity is what is usual, and may be judged otherwise; sensitivity is the least that a complaint of the
    category has, and under a head never less than the head's.
    """

    class Privacy:
        personal = frozenset({"by"})
        plain = REFERENCE | frozenset({"head", "severity", "sensitivity"})

    read_by = frozenset({Can.COMPLAINTS_LOG, Can.COMPLAINTS_VIEW})
    own = ("head", "severity", "sensitivity")
    severity = models.PositiveSmallIntegerField(
        _("usual severity"), choices=Severity, default=Severity.MEDIUM
    )
    sensitivity = models.PositiveSmallIntegerField(
        _("who may read it"), choices=Sensitivity, default=Sensitivity.ORDINARY
    )

    class Meta(Headed.Meta):
        verbose_name_plural = _("categories of complaints")
        constraints = [
            *Headed.Meta.constraints,
            models.CheckConstraint(condition=Q(severity__in=[1, 2, 3]), name="category_severity_known"),
            models.CheckConstraint(condition=Q(sensitivity__in=[0, 1, 2]), name="category_sensitivity_known"),
        ]

    def clean(self):
        """Down the tree fewer read, never more."""
        others = counting(Category).exclude(code=self.code)
        if self.head:
            heads = others.filter(code=self.head, head="", sensitivity__gt=self.sensitivity)
            if heads.exists():
                raise ValidationError(
                    {"sensitivity": _("Its head is read by fewer people: under it nothing is read by more.")}
                )
        elif others.filter(head=self.code, sensitivity__lt=self.sensitivity).exists():
            raise ValidationError(
                {
                    "sensitivity": _(
                        "Under this head stand categories that more people read: narrow those first."
                    )
                }
            )
