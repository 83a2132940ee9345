import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from spm import refusals
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
        PARKED = "parked", _("Set aside")

    FINISHED = frozenset({State.DONE, State.FAILED, State.CANCELLED, State.PARKED})
    # A person may ask for these once more.
    CAME_TO_NOTHING = frozenset({State.FAILED, State.PARKED})
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
                "locked_until",
                "attempt",
                "failures",
                "due_at",
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
    # The last sign of life, and until when the run holds the job without another one.
    heartbeat = models.DateTimeField(null=True, blank=True)
    locked_until = models.DateTimeField(null=True, blank=True)
    # The number of the run. It only grows, so a run that lost the job is told by it.
    attempt = models.PositiveSmallIntegerField(default=0)
    # Runs in a row that broke off or took their process down, since a person asked for the job.
    failures = models.PositiveSmallIntegerField(default=0)
    # Not to be tried again before this.
    due_at = models.DateTimeField(default=timezone.now)
    cancel_asked = models.BooleanField(default=False)
    # That of whoever asked: what a work writes is worded in it.
    language = models.CharField(max_length=10, default="", blank=True)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled", "parked"]),
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
    def message_words(self) -> str:
        """What the job is doing, or did last, in the reader's language."""
        return _in_words(self.message)

    @property
    def link_words(self) -> str:
        """What the way to the result is called, in the reader's language; "" where it has no name."""
        return _in_words(self.result.get("link", ""))

    @property
    def error_words(self) -> str:
        """Why it came to nothing, in the reader's language."""
        if refused := self.result.get("refused"):
            return refusals.in_words(refused)
        if self.state != self.State.PARKED:
            return _in_words(self.error)
        aside = gettext(
            "It was tried %(tries)s times and is set aside. The last try left nothing behind. Tell your"
            " administrator, then try again."
        )
        return f"{_in_words(self.error)} {aside % {'tries': self.failures}}"

    @property
    def mark(self) -> str:
        """The kind of status chip: act, wait, ok, or none."""
        marks = {self.State.DONE: "ok", self.State.CANCELLED: ""}
        return marks.get(self.state, "act" if self.is_finished else "wait")

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINISHED

    @property
    def came_to_nothing(self) -> bool:
        return self.state in self.CAME_TO_NOTHING

    @property
    def left_something(self) -> bool:
        """Did an earlier run make changes that stay, even if the job is stopped now?"""
        return self.effects.exists()


def _in_words(text: str) -> str:
    # the catalogue's own heading stands under the empty text
    return gettext(text) if text else ""


class JobEffect(models.Model):
    """A change that a job has made, written in the same transaction as the change: a later run finds it."""

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "job", "key", "attempt", "at"})

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="effects")
    key = models.CharField(max_length=60)
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "key"], name="job_effect_once"),
        ]

    def __str__(self):
        return self.key
