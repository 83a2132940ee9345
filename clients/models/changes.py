from django.db import models


class ChangeSet(models.Model):
    """What one import did to the records, kept so that it can be taken back."""

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "counts", "is_final", "undone_at"})

    # Four bytes: every record bears the key of one.
    id = models.AutoField(primary_key=True)
    # By name of the model how many records were made, changed and removed: {"client": {"created": 3, ...}}.
    counts = models.JSONField(default=dict, blank=True)
    # It cannot be taken back: what stood before is forgotten, or was never kept.
    is_final = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return str(self.pk)


class Recorded(models.Model):
    """A record that imports write: it bears what changed it last."""

    # Neither index nor constraint: twelve million rows would pay for them at every import. Empty where
    # somebody has changed the record in another way since.
    changed_in = models.ForeignKey(
        ChangeSet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )

    class Meta:
        abstract = True


class BeforeImage(models.Model):
    """A record as it stood before a change set changed or removed it: its row, by column."""

    class Privacy:
        personal = frozenset({"values"})
        plain = frozenset({"id", "changes", "model", "row", "was"})

    changes = models.ForeignKey(ChangeSet, on_delete=models.CASCADE, db_index=False, related_name="images")
    model = models.CharField(max_length=40)
    row = models.BigIntegerField()
    # What had changed the record last before: that cannot be taken back any more.
    was = models.ForeignKey(
        ChangeSet,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="overtaken",
    )
    values = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["changes", "model", "row"], name="image_once")]
        indexes = [models.Index(fields=["was", "changes"], name="image_by_what_it_overtook")]

    def __str__(self):
        return f"{self.model} {self.row}"
