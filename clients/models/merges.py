from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.changes import ChangeSet, Recorded
from clients.models.client import Client
from spm.access import Can


class ClientAlias(Recorded):
    """A client number that core banking still uses for somebody who is recorded under another one."""

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "external_id", "client", "was", "changed_in"})

    external_id = models.CharField(_("client number"), max_length=100, unique=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="aliases")
    # The id that the merged record had: its address leads to the client.
    was = models.PositiveBigIntegerField(null=True, unique=True, editable=False)

    class Meta:
        verbose_name_plural = _("numbers of merged clients")

    def __str__(self):
        return self.external_id


class ClientMergeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those whose survivor the user may see."""
        clients = Client.objects.visible_to(user, Can.CLIENTS_MERGE).order_by()
        return self.filter(survivor__in=clients.values("external_id"))


class ClientMerge(models.Model):
    """Two records of one person made one."""

    class Privacy:
        personal = frozenset({"by"})
        plain = frozenset({"id", "survivor", "merged", "changes", "created_at"})

    # Numbers, not clients: the one is gone, the other may go.
    survivor = models.CharField(_("kept"), max_length=100)
    merged = models.CharField(_("merged into it"), max_length=100)
    changes = models.OneToOneField(ChangeSet, on_delete=models.PROTECT, related_name="merge")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("merged on"), auto_now_add=True)

    objects = ClientMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.merged} → {self.survivor}"
