from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Office
from exits.models.definition import ExitDefinition
from exits.models.rollup import CubeQuerySet


class Analysis(models.Model):
    """What one question about leaving finds for an office with all below it; made anew after each build."""

    class Kind(models.TextChoices):
        RETURNS = "returns", _("Return curve")
        STAGES = "stages", _("Leaving by loan cycle")
        COHORTS = "cohorts", _("Cohorts")
        STAYS = "stays", _("How long clients stay")
        CAUSES = "causes", _("What ends a stay")
        SEASONS = "seasons", _("Seasons")
        LIMITS = "limits", _("Control chart")
        PROFILE = "profile", _("Leavers and stayers")

    class Privacy:
        personal = frozenset()
        plain = frozenset(
            {"id", "office", "kind", "by", "as_of", "known_until", "definition", "read_at", "found"}
        )

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    # The dimension that groups are made by; empty for all together.
    by = models.CharField(max_length=12, blank=True)
    as_of = models.DateField()
    known_until = models.DateField()
    definition = models.ForeignKey(ExitDefinition, on_delete=models.PROTECT, null=True, related_name="+")
    # Until when what staff confirmed is in it; nothing else changes between two imports.
    read_at = models.DateTimeField()
    # As `exits.methods.analyses` gives it.
    found = models.JSONField()

    objects = CubeQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("analyses")
        constraints = [
            models.UniqueConstraint(fields=["office", "kind", "by"], name="analysis_once_an_office"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "returns",
                        "stages",
                        "cohorts",
                        "stays",
                        "causes",
                        "seasons",
                        "limits",
                        "profile",
                    ]
                ),
                name="analysis_kind_known",
            ),
        ]

    def __str__(self):
        return f"{self.office} {self.kind} {self.by}".rstrip()
