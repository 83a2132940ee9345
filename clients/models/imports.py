from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models.changes import ChangeSet
from spm.access import Can, can
from spm.models import Job


class ImportProfileQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if can(user, Can.PORTFOLIO_IMPORT) else self.none()

    def latest_versions(self):
        """Of each name the version that is used."""
        newer = ImportProfile.objects.filter(name=OuterRef("name"), version__gt=OuterRef("version"))
        return self.filter(~Exists(newer.order_by()))


class ImportProfile(models.Model):
    """How the files of some core-banking system are read: a saved mapping, in versions that stay."""

    class Privacy:
        personal = frozenset({"by"})
        plain = frozenset({"id", "name", "version", "mapping", "created_at"})

    name = models.CharField(_("name"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    # See clients.methods.mapping.
    mapping = models.JSONField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)

    objects = ImportProfileQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-version"]
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="profile_version_once")]

    def __str__(self):
        return f"{self.name} {self.version}"


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if can(user, Can.PORTFOLIO_IMPORT) else self.none()


class ImportBatch(models.Model):
    """One portfolio taken in from core banking, from its upload to its report."""

    class State(models.TextChoices):
        UNMAPPED = "unmapped", _("Waiting for its columns")
        UPLOADED = "uploaded", _("Being checked")
        CHECKED = "checked", _("Waiting for your word")
        CONFIRMED = "confirmed", _("Being written")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        DISCARDED = "discarded", _("Discarded")
        UNDONE = "undone", _("Taken back")

    class Profile(models.TextChoices):
        GENERIC = "generic", _("spm files")
        FINERACT = "fineract", _("Fineract / Mifos workbooks")
        MAPPED = "mapped", _("Files of another system")

    class Privacy:
        personal = frozenset({"by", "report", "upload"})
        plain = frozenset(
            {
                "id",
                "source",
                "profile",
                "mapping",
                "content",
                "decimal",
                "strict",
                "state",
                "data_as_of",
                "check_job",
                "write_job",
                "undo_job",
                "changes",
                "created_at",
                "finished_at",
            }
        )

    source = models.CharField(_("file"), max_length=255)
    upload = models.FileField(upload_to="imports/", max_length=255, blank=True)
    profile = models.CharField(_("kind of file"), max_length=10, choices=Profile, default=Profile.GENERIC)
    # How they are read, where the profile is MAPPED.
    mapping = models.ForeignKey(
        ImportProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="batches"
    )
    decimal = models.CharField(_("decimal sign"), max_length=1, default=".")
    strict = models.BooleanField(_("all rows or none"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    # What tells the files of the watched folder apart; empty for all others.
    content = models.CharField(max_length=64, default="", blank=True, db_index=True, editable=False)
    report = models.JSONField(default=dict, blank=True)
    # The latest date in the files that is not after the day of the import.
    data_as_of = models.DateField(_("data as of"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    check_job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    write_job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    undo_job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # What it changed; empty until it is written.
    changes = models.OneToOneField(
        ChangeSet, on_delete=models.SET_NULL, null=True, blank=True, related_name="batch"
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(decimal__in=[".", ","]), name="import_decimal_known"),
        ]

    def __str__(self):
        return self.source

    def get_absolute_url(self):
        return reverse("clients:import-detail", args=[self.pk])
