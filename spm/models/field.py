import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from spm.access import Can, scopes


class Submission(models.Model):
    """A form that was received once in effect: its key is made where it is filled in, so that sending it
    again finds it here. The database's own constraint on the key decides which one was first.
    """

    class Privacy:
        personal = frozenset({"user", "body"})
        plain = frozenset({"id", "form", "digest", "answer", "office_path", "received_at", "device_at"})

    id = models.UUIDField(primary_key=True, editable=False)
    # The route of its page.
    form = models.CharField(_("form"), max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sent by"), on_delete=models.PROTECT, related_name="+"
    )
    # What was sent, {name: [text, ...]}, and its digest.
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    # What was answered, letter by letter.
    answer = models.TextField()
    # The office of what it is about: whoever reviews forms there may see it.
    office_path = models.CharField(max_length=255, default="", blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    # By the clock of the phone, which may be wrong.
    device_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]

    def __str__(self):
        return f"{self.form} {self.pk}"

    def is_same_as(self, other: "Submission") -> bool:
        return (self.form, self.user_id, self.digest) == (other.form, other.user_id, other.digest)


class ConflictQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those about offices where the user reviews forms, by what was sent first and second."""
        within = models.Q(pk__in=[])
        for scope in scopes(user, Can.FIELD_REVIEW):
            within |= models.Q(
                office_path__startswith=scope.office_path,
                submission__office_path__startswith=scope.office_path,
            )
        return self.filter(within)


class SubmissionConflict(models.Model):
    """What came under the key of a form received before and says something else: kept for a person to see."""

    class Privacy:
        personal = frozenset({"user", "body", "settled_by"})
        plain = frozenset({"id", "submission", "digest", "office_path", "received_at", "settled_at"})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="conflicts")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sent by"), on_delete=models.PROTECT, related_name="+"
    )
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    office_path = models.CharField(max_length=255, default="", blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    settled_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ConflictQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "user", "digest"], name="submission_conflict_once"),
        ]

    def __str__(self):
        return f"{self.submission}"


class FieldKey(models.Model):
    """The key by which a person's phone seals what it keeps; handed out to that person alone, signed in."""

    class Privacy:
        personal = frozenset({"user", "key"})
        plain = frozenset({"id"})

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="field_key")
    key = models.CharField(max_length=64, editable=False)

    def __str__(self):
        return f"{self.user_id}"
