from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from spm import trail
from spm.access import Can, can


class AuditQuerySet(models.QuerySet):
    """Refuses what would change or remove lines. Whoever writes SQL to the database is not held by it."""

    def visible_to(self, user):
        return self if can(user, Can.AUDIT_VIEW) else self.none()

    def update(self, **kwargs):
        raise AppendOnlyError

    def bulk_update(self, *args, **kwargs):
        raise AppendOnlyError

    def bulk_create(self, objs, *args, update_conflicts=False, **kwargs):
        if update_conflicts:
            raise AppendOnlyError
        return super().bulk_create(objs, *args, **kwargs)

    def delete(self):
        raise AppendOnlyError


class AppendOnlyError(TypeError):
    def __init__(self):
        super().__init__("The audit trail only grows: its lines are neither changed nor removed.")


class AuditEvent(models.Model):
    """One line for each thing that somebody did; append-only."""

    class Privacy:
        personal = frozenset({"by", "details"})
        plain = frozenset({"id", "verb", "target", "at"})

    verb = models.CharField(_("what"), max_length=60)
    target = models.CharField(_("to what"), max_length=100)
    details = models.JSONField(_("details"), default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        null=True,
        related_name="audit_events",
    )
    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        # Django writes through this one where it is not asked by name.
        base_manager_name = "objects"

    def __str__(self):
        return f"{self.verb} {self.target}"

    @property
    def title(self) -> str:
        return trail.verb_words(self.verb)

    @property
    def target_words(self) -> str:
        return trail.target_words(self.target)

    @property
    def details_words(self) -> list[tuple[str, str]]:
        return trail.details_words(self.details)

    @classmethod
    def record(cls, verb: str, target, *, by, **details) -> "AuditEvent":
        """Write one line. ``target`` is a saved model instance, or the name of a screen; ``by`` is None for a
        command or a clock; ``details`` are plain values for JSON."""
        label = target if isinstance(target, str) else f"{target._meta.label}:{target.pk}"
        return cls.objects.create(verb=verb, target=label, by=by, details=details)

    def save(self, *, force_update=False, using=None, **options):
        if force_update or not self._state.adding:
            raise AppendOnlyError
        # Inserted even under a key that is taken: Django would update that line.
        super().save(force_insert=True, using=using)

    def delete(self, *args, **kwargs):
        raise AppendOnlyError
