from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from spm import chain, trail
from spm.access import Can, can


class AuditQuerySet(models.QuerySet):
    """Refuses what would change or remove lines. Whoever writes SQL to the database is found by the chain."""

    def visible_to(self, user):
        return self if can(user, Can.AUDIT_VIEW) else self.none()

    def update(self, **kwargs):
        raise AppendOnlyError

    def bulk_update(self, *args, **kwargs):
        raise AppendOnlyError

    def bulk_create(self, *args, **kwargs):
        raise AppendOnlyError

    def delete(self):
        raise AppendOnlyError


class AppendOnlyError(TypeError):
    def __init__(self):
        super().__init__("The audit trail only grows: lines are added one by one, never changed or removed.")


class AuditHead(models.Model):
    """How long the chain is and how it ends: one row, beside the lines, so that a lost end is noticed.

    Whoever adds a line locks it, so that lines of all processes form one chain.
    """

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "lines", "digest", "key", "seal"})

    lines = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=chain.BEGINNING)
    key = models.CharField(max_length=8, default="")
    seal = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="audit_head_is_one_row"),
        ]

    def __str__(self):
        return f"{self.lines} {self.digest}"

    @classmethod
    def locked(cls) -> "AuditHead":
        """The head, held until the transaction ends; made anew, without a seal, where it is gone."""
        head = cls.objects.select_for_update().filter(pk=1).first()
        if head is None:
            cls.objects.bulk_create([cls(pk=1)], ignore_conflicts=True)
            head = cls.objects.select_for_update().get(pk=1)
        return head

    @classmethod
    def begin(cls) -> None:
        """The head of a trail without a line."""
        cls.objects.create(pk=1)
        cls.objects.get(pk=1).move(0, chain.BEGINNING)

    @property
    def is_sound(self) -> bool:
        return chain.same(self.seal, chain.seal_of_head(lines=self.lines, digest=self.digest, key=self.key))

    def move(self, lines: int, digest: str) -> None:
        """Set it to a new end of the chain, sealed."""
        self.lines, self.digest, self.key = lines, digest, chain.key_in_use()
        self.seal = chain.seal_of_head(lines=lines, digest=digest, key=self.key)
        self.save(force_update=True)


class AuditEvent(models.Model):
    """One line for each thing that somebody did or saw; append-only, and sealed to the line before."""

    HEAD_LOST = "audit.head_lost"

    class Privacy:
        personal = frozenset({"by", "details"})
        plain = frozenset({"number", "verb", "target", "at", "key", "previous", "digest"})

    # Its place in the chain, from 1 without a gap.
    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
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
    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    # Which key sealed it, the seal of the line before, its own seal (spm.chain).
    key = models.CharField(max_length=8, editable=False)
    previous = models.CharField(max_length=64, editable=False)
    digest = models.CharField(_("seal"), max_length=64, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        # Django writes through this one where it is not asked by name.
        base_manager_name = "objects"
        indexes = [models.Index(fields=["verb", "-number"], name="audit_by_verb")]

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
        command or a clock; ``details`` are plain values for JSON, of people ids only.

        Other lines wait until the transaction ends: record last, after everything that may take long or
        waits for a row. ``spm.observed`` is for what changes nothing.
        """
        return cls.objects.create(verb=verb, target=cls.label(target), by=by, details=details)

    @staticmethod
    def label(target) -> str:
        return target if isinstance(target, str) else f"{target._meta.label}:{target.pk}"

    def save(self, *, force_update=False, using=None, **options):
        """Add the line to the end of the chain, under the next number, whatever number it came with."""
        if force_update or not self._state.adding:
            raise AppendOnlyError
        self.details = chain.plain(self.details)
        with transaction.atomic(using=using, savepoint=False):
            head = AuditHead.locked()
            if not head.is_sound:
                _own_up(head)
            self._append(head)

    def _append(self, head: AuditHead) -> None:
        self.number, self.previous, self.key = head.lines + 1, head.digest, chain.key_in_use()
        self.digest = self.expected_digest()
        super().save(force_insert=True)
        head.move(self.number, self.digest)

    def expected_digest(self, number: int | None = None) -> str | None:
        """The seal that the line's content must have, under its own number or another one."""
        return chain.seal_of_line(
            number=number or self.number,
            at=self.at,
            by=self.by_id,
            verb=self.verb,
            target=self.target,
            details=self.details,
            key=self.key,
            previous=self.previous,
        )

    def delete(self, *args, **kwargs):
        raise AppendOnlyError


def _own_up(head: AuditHead) -> None:
    """The head was tampered with: go on after the last line there is, with a line that says so for ever."""
    last = AuditEvent.objects.first()
    head.lines, head.digest = (last.number, last.digest) if last else (0, chain.BEGINNING)
    AuditEvent(verb=AuditEvent.HEAD_LOST, target=AuditEvent.label(head))._append(head)
