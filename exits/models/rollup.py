"""The exit cube: monthly sums that pages read, so that no page counts clients one by one.

Each sum is kept for an office by itself (`own`) and for an office with all below it (`below`), so that a
region or the whole institution is read from few rows. A row of a branch without others below is both.
Figures kept to one's own portfolio, or to several dimensions at once, are counted from the spells.
"""

from django.db import models
from django.db.models import Q

from clients.models import Office, Officer, Product
from spm.access import Can, scopes


class Grain(models.TextChoices):
    """How fine a row is: by office and month alone, or by one dimension more."""

    OFFICE = "office"
    PRODUCT = "product"
    OFFICER = "officer"
    SEX = "sex"
    AGE = "age"
    AREA = "area"
    CYCLE = "cycle"


class CubeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rows of the offices in scope; a scope of one's own portfolio has none."""
        within = Q(pk__in=[])
        for scope in scopes(user, Can.EXITS_VIEW):
            if not scope.own_only:
                within |= Q(office__in=Office.objects.filter(path__startswith=scope.office_path))
        return self.filter(within)


class Cube(models.Model):
    month = models.DateField()
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    own = models.BooleanField()
    below = models.BooleanField()

    objects = CubeQuerySet.as_manager()

    class Meta:
        abstract = True


CUBE = frozenset({"id", "month", "office", "own", "below"})


class ExitCount(Cube):
    """Clients who came and left in one month; a dimension that is not the row's grain is null."""

    class Privacy:
        personal = frozenset()
        plain = CUBE | frozenset(
            {
                "grain",
                "product",
                "officer",
                "sex",
                "age",
                "area",
                "cycle",
                "new",
                "returned",
                "left_client",
                "left_mfi",
                "left_death",
            }
        )

    grain = models.CharField(max_length=8, choices=Grain)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, null=True, related_name="+")
    sex = models.CharField(max_length=1, null=True)  # noqa: DJ001  null: not in this grain; "": not recorded
    age = models.CharField(max_length=5, null=True)  # noqa: DJ001
    area = models.CharField(max_length=5, null=True)  # noqa: DJ001
    cycle = models.PositiveSmallIntegerField(null=True)
    new = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    left_client = models.PositiveIntegerField(default=0)
    left_mfi = models.PositiveIntegerField(default=0)
    left_death = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["grain", "office", "month"], name="exit_count_by_grain")]

    def __str__(self):
        return f"{self.grain} {self.month}"


class DecisionCount(Cube):
    """Clients who had to decide in one month, by the last of their decisions in it, and when they do next."""

    class Privacy:
        personal = frozenset()
        plain = CUBE | frozenset({"next_month", "decided", "followed"})

    next_month = models.DateField(null=True)
    decided = models.PositiveIntegerField(default=0)
    followed = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["office", "month"], name="decision_count_by_office")]

    def __str__(self):
        return f"{self.office} {self.month}"
