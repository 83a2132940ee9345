"""The exit cube: monthly sums that pages read, so that no page counts clients one by one."""

from django.db import models
from django.db.models import Q

from clients.models import Office, Officer, Product
from spm.access import Can, scopes


class Grain(models.TextChoices):
    """How fine a row is: by office and month alone, by one dimension more, or by all of them."""

    OFFICE = "office"
    PRODUCT = "product"
    OFFICER = "officer"
    SEX = "sex"
    AGE = "age"
    AREA = "area"
    CYCLE = "cycle"
    ALL = "all"


class CubeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rows of the offices in scope; of own portfolios only at the finest grain, which knows them."""
        within = Q(pk__in=[])
        for scope in scopes(user, Can.EXITS_VIEW):
            inside = Q(office__in=Office.objects.filter(path__startswith=scope.office_path))
            within |= inside & Q(grain=Grain.ALL, portfolio__user_id=user.pk) if scope.own_only else inside
        return self.filter(within)


class Cube(models.Model):
    """What both cubes are counted by; a dimension that the grain does not have is null."""

    grain = models.CharField(max_length=8, choices=Grain)
    month = models.DateField()
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, null=True, related_name="+")
    portfolio = models.ForeignKey(Officer, on_delete=models.CASCADE, null=True, related_name="+")
    sex = models.CharField(max_length=1, null=True)  # noqa: DJ001  null: not in this grain; "": not recorded
    age = models.CharField(max_length=5, null=True)  # noqa: DJ001
    area = models.CharField(max_length=5, null=True)  # noqa: DJ001
    cycle = models.PositiveSmallIntegerField(null=True)

    objects = CubeQuerySet.as_manager()

    class Meta:
        abstract = True


DIMENSIONS = frozenset(
    {"id", "grain", "month", "office", "product", "officer", "portfolio", "sex", "age", "area", "cycle"}
)


class ExitCount(Cube):
    """Clients who came and left in one month."""

    class Privacy:
        personal = frozenset()
        plain = DIMENSIONS | frozenset({"new", "returned", "left_client", "left_mfi", "left_death"})

    new = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    left_client = models.PositiveIntegerField(default=0)
    left_mfi = models.PositiveIntegerField(default=0)
    left_death = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["grain", "month", "office"], name="exit_count_by_grain")]

    def __str__(self):
        return f"{self.grain} {self.month}"


class DecisionCount(Cube):
    """Clients who had to decide in one month, by the last of their decisions in it, and when they do next."""

    class Privacy:
        personal = frozenset()
        plain = DIMENSIONS | frozenset({"next_month", "decided", "followed"})

    next_month = models.DateField(null=True)
    decided = models.PositiveIntegerField(default=0)
    followed = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["grain", "month", "office"], name="decision_count_by_grain")]

    def __str__(self):
        return f"{self.grain} {self.month}"
