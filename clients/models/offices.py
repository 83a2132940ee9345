from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.changes import Recorded
from spm.access import Can, Role, scopes


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

    @staticmethod
    def is_head_path(path: str) -> bool:
        """Is it the path of the head office, the only one with a single id in it?"""
        return path.count("/") == 2

    def save(self, *args, **kwargs):
        """Keep ``path`` true, for this office and all below it."""
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != self.path:
            type(self).objects.filter(pk=self.pk).update(path=path)
            self.path = path
            for child in self.children.all():
                child.save()


class MembershipQuerySet(models.QuerySet):
    def in_force(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def visible_to(self, user):
        """One's own."""
        return self.filter(user_id=user.pk)


class Membership(models.Model):
    """A role that a person holds at an office, and so at every office below it, from a day to a day."""

    class Privacy:
        personal = frozenset({"user"})
        plain = frozenset({"id", "role", "office", "valid_from", "valid_to"})

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("roles of people")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["admin", "manager", "officer", "assessor"]),
                name="membership_role_known",
            ),
            models.UniqueConstraint("user", "role", "office", "valid_from", name="membership_once"),
        ]

    def __str__(self):
        return f"{self.user} – {self.get_role_display()}, {self.office}"
