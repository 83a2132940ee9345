from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class WorkItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own."""
        return self.filter(user_id=user.pk)

    def open(self):
        return self.filter(done_at=None)


class WorkItem(models.Model):
    """Something that a person is to do by a day. Its kind (``spm.nav.WORK``) says what, by what key of its
    app; name and link are asked of the app as they are shown (``spm.work``).
    """

    class Privacy:
        personal = frozenset({"user"})
        plain = frozenset({"id", "kind", "key", "due_on", "made_at", "done_at"})

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="work")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    due_on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="work_item_once")]
        indexes = [
            models.Index(fields=["user", "due_on"], condition=Q(done_at=None), name="work_item_open"),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}"
