import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from spm.access import Can, can


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own jobs; an administrator at the head office sees all."""
        return self if can(user, Can.JOBS_VIEW_ALL) else self.filter(by_id=user.pk)


class Job(models.Model):
    """A piece of work longer than a page may take. This row is the truth; the queue only rings."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        INTERRUPTED = "interrupted", _("Interrupted")

    FINISHED = frozenset({State.DONE, State.FAILED, State.CANCELLED, State.INTERRUPTED})
    # What each kind of work is called, lazily translated; ``spm.jobs.work`` fills it.
    TITLES: ClassVar[dict[str, str]] = {}

    class Privacy:
        personal = frozenset({"by", "arguments", "result", "message", "error"})
        plain = frozenset(
            {
                "id",
                "work",
                "state",
                "done",
                "total",
                "runner",
                "heartbeat",
                "attempt",
                "cancel_asked",
                "language",
                "created_at",
                "started_at",
                "finished_at",
            }
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    work = models.CharField(_("work"), max_length=60)
    arguments = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED, db_index=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=200, default="", blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(default="", blank=True)
    runner = models.CharField(max_length=120, default="", blank=True)
    heartbeat = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    # That of whoever asked: messages, errors and links are written in it.
    language = models.CharField(max_length=10, default="", blank=True)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled", "interrupted"]),
                name="job_state_known",
            ),
        ]

    def __str__(self):
        return f"{self.title}, {self.get_state_display()}"

    def get_absolute_url(self):
        return reverse("job-detail", args=[self.pk])

    @property
    def title(self) -> str:
        return str(self.TITLES.get(self.work, self.work))

    @property
    def mark(self) -> str:
        """The kind of status chip: act, wait, ok, or none."""
        marks = {self.State.DONE: "ok", self.State.CANCELLED: ""}
        return marks.get(self.state, "act" if self.is_finished else "wait")

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINISHED
