from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from spm.access import Can, can

# The longest window in days: two years.
LONGEST = 730


class ExitDefinitionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if can(user, Can.EXITS_VIEW) else self.none()

    def in_force(self, day):
        """The version that counts on ``day``: the latest that has started; None where none has."""
        return self.filter(starts_on__lte=day).order_by("-starts_on", "-pk").first()


class ExitDefinition(models.Model):
    """When a client counts as gone, from a day on. Versions are added, never changed."""

    class Formula(models.TextChoices):
        EXIT_DEALT_WITH = "exit_dealt_with", _("Exits of clients served")
        DROPOUT_OPENING = "dropout_opening", _("Exits of opening clients")
        EXIT_CLOSING = "exit_closing", _("Exits of closing clients")
        EXIT_AVERAGE = "exit_average", _("Exits of average clients")
        RETENTION_DEALT_WITH = "retention_dealt_with", _("Retention of clients served")
        RETENTION_OPENING = "retention_opening", _("Retention of opening clients")
        FOLLOW_ON_RETENTION = "follow_on_retention", _("Took a follow-on loan")

    class Privacy:
        personal = frozenset({"by"})
        plain = frozenset(
            {"id", "starts_on", "window", "product_windows", "counts_savings", "formula", "created_at"}
        )

    starts_on = models.DateField(_("in force from"))
    window = models.PositiveSmallIntegerField(
        _("window in days"), default=90, validators=[MinValueValidator(0), MaxValueValidator(LONGEST)]
    )
    # Loan products with a window of their own: {"product code": days}.
    product_windows = models.JSONField(_("windows of single products"), default=dict, blank=True)
    counts_savings = models.BooleanField(_("savings keep a client"), default=False)
    formula = models.CharField(
        _("headline formula"), max_length=20, choices=Formula, default=Formula.EXIT_DEALT_WITH
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ExitDefinitionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(window__gte=0, window__lte=LONGEST), name="definition_window_range"
            ),
            models.CheckConstraint(
                condition=Q(
                    formula__in=[
                        "exit_dealt_with",
                        "dropout_opening",
                        "exit_closing",
                        "exit_average",
                        "retention_dealt_with",
                        "retention_opening",
                        "follow_on_retention",
                    ]
                ),
                name="definition_formula_known",
            ),
        ]

    def __str__(self):
        if self.pk is None:
            return str(_("Standard definition"))
        return str(_("Definition %(number)s") % {"number": self.pk})

    def clean(self):
        """Windows of single products keep to the range of the general one."""
        days = self.product_windows.values()
        if not all(type(number) is int and 0 <= number <= LONGEST for number in days):
            raise ValidationError({"product_windows": _("A window is a whole number of days from 0 to 730.")})

    @property
    def windows(self) -> int | dict:
        """What ``exits.methods.spells`` takes as ``window``."""
        return {**self.product_windows, None: self.window} if self.product_windows else self.window

    @property
    def longest_window(self) -> int:
        return max([self.window, *self.product_windows.values()])
