from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.changes import Recorded
from spm.access import Can, scopes


class OfficeQuerySet(models.QuerySet):
    def visible_to(self, user, permission=Can.CLIENTS_VIEW):
        within = Q(pk__in=[])
        for scope in scopes(user, permission):
            within |= Q(path__startswith=scope.office_path)
        return self.filter(within)

    def under(self, office):
        """The office and every office below it."""
        return self.filter(path__startswith=office.path)


class Office(Recorded):
    """A node of the institution's tree: the head office, its regions, their branches."""

    class Kind(models.TextChoices):
        HEAD = "head", _("Head office")
        REGION = "region", _("Region")
        BRANCH = "branch", _("Branch")

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "code", "name", "kind", "parent", "path", "changed_in"})

    code = models.CharField(_("code"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.BRANCH)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    # The ids from the head office down, each followed by a slash, so that 1 is no prefix of 10: "/1/10/".
    path = models.CharField(max_length=200, default="", db_index=True, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(F("kind"), condition=Q(parent=None), name="office_one_head"),
            models.CheckConstraint(
                condition=Q(kind="head", parent=None) | (~Q(kind="head") & Q(parent__isnull=False)),
                name="office_only_the_head_has_no_parent",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["head", "region", "branch"]), name="office_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(path="") | (Q(path__startswith="/") & Q(path__endswith="/")),
                name="office_path_ends_in_delimiter",
            ),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def head(cls) -> "Office":
        """The head office; made on first use, so that every office has a place in the tree."""
        head = cls.objects.filter(parent=None).first()
        return head or cls.objects.create(code="HEAD", name=str(_("Head office")), kind=cls.Kind.HEAD)

    def save(self, *args, **kwargs):
        """Keep ``path`` true, for this office and all below it."""
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != self.path:
            type(self).objects.filter(pk=self.pk).update(path=path)
            self.path = path
            for child in self.children.all():
                child.save()
