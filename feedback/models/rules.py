"""By when a complaint is answered, and who takes it over when it is not."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from feedback.models.categories import Severity
from spm.access import Can, Role, can

# The longest limit in working days: about a year.
LONGEST = 250
# Whose task a complaint can be.
HANDLERS = (Role.MANAGER, Role.DESK, Role.PROTECTION)


class HandlingRulesQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if can(user, Can.COMPLAINTS_VIEW) else self.none()

    def in_force(self, day):
        """The version that counts on ``day``: the latest that has started; None where none has."""
        return self.filter(starts_on__lte=day).order_by("-starts_on", "-pk").first()


class HandlingRules(models.Model):
    """The limits from a day on, counted in working days from the receipt. Versions are added, never changed;
    a complaint keeps those that it came in under.
    """

    class Privacy:
        personal = frozenset({"by"})
        plain = frozenset({"id", "starts_on", "template", "interim_days", "created_at"})

    starts_on = models.DateField(_("in force from"))
    # Which of `feedback.methods.limits.TEMPLATES` it was made from; empty where of none.
    template = models.SlugField(_("made from"), max_length=40, blank=True, default="")
    interim_days = models.PositiveSmallIntegerField(
        _("interim reply within"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = HandlingRulesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("limits for complaints")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(interim_days=None) | Q(interim_days__gte=1, interim_days__lte=LONGEST),
                name="handling_interim_range",
            )
        ]

    def __str__(self):
        return str(_("Limits %(number)s") % {"number": self.pk})


class HandlingLevelQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if can(user, Can.COMPLAINTS_VIEW) else self.none()


class HandlingLevel(models.Model):
    """A step of the ladder: whose task a complaint is, until so many working days after its receipt. Past
    them the next level takes it over; those of the last are the limit of the complaint.
    """

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "rules", "number", "role", "days", "urgent_days"})

    rules = models.ForeignKey(HandlingRules, on_delete=models.CASCADE, related_name="levels")
    number = models.PositiveSmallIntegerField(_("level"))
    role = models.CharField(_("whose task"), max_length=10, choices=[(r.value, r.label) for r in HANDLERS])
    days = models.PositiveSmallIntegerField(_("working days"))
    # Of high severity.
    urgent_days = models.PositiveSmallIntegerField(_("working days, high severity"))

    objects = HandlingLevelQuerySet.as_manager()

    class Meta:
        ordering = ["rules", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rules", "number"], name="handling_level_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="handling_level_from_one"),
            models.CheckConstraint(
                condition=Q(urgent_days__gte=1, urgent_days__lte=F("days"), days__lte=LONGEST),
                name="handling_level_days_range",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in HANDLERS]), name="handling_level_role_known"
            ),
        ]

    def __str__(self):
        return str(self.number)

    def days_for(self, severity: int) -> int:
        return self.urgent_days if severity == Severity.HIGH else self.days
