from django.db import models
from django.db.models import F


class Stale(Exception):
    """Somebody else changed the row after its editor had read it."""


class Versioned(models.Model):
    """A row that people edit: each edit says which version it was made from, and raises it by one."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def take(self, version: int) -> None:
        """Claim the edit made from this version, first of all in the action's transaction. Stale if it is not
        the row's last one any more; another edit waits until the transaction ends.
        """
        rows = type(self)._base_manager.filter(pk=self.pk, version=version)
        if not rows.update(version=F("version") + 1):
            raise Stale
        self.version = version + 1
