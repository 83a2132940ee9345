import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FORMS = ("xlsx", "csv-excel", "csv", "pdf", "json")


class PreparedFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own alone: nobody takes a file that was made under the scope of another."""
        return self.filter(owner_id=user.pk)

    def kept(self):
        """Those that can be taken still."""
        return self.filter(expires_at__gt=timezone.now()).exclude(file="")


class PreparedFile(models.Model):
    """A long table that a job makes ready for whoever asked, and the file until it expires."""

    class Privacy:
        personal = frozenset({"owner", "path", "query", "told", "reach", "file", "name"})
        plain = frozenset({"id", "screen", "form", "asked_at", "expires_at"})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        related_name="prepared_files",
    )
    # The screen as it was asked for: its route, its address, what stood behind the question mark.
    screen = models.CharField(max_length=100)
    path = models.CharField(max_length=500)
    query = models.TextField(default="", blank=True)
    form = models.CharField(max_length=12)
    # What the audit trail tells of the filter.
    told = models.JSONField(default=dict, blank=True)
    # How far its owner's permissions reached when it was made (``access.reach``).
    reach = models.JSONField(default=dict, blank=True)
    file = models.FileField(upload_to="prepared/", max_length=255, blank=True)
    # What it is called when it is taken.
    name = models.CharField(max_length=255, default="", blank=True)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = PreparedFileQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(form__in=FORMS), name="prepared_file_form_known"),
        ]

    def __str__(self):
        return self.name or self.screen
