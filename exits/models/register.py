import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from exits.models.reference import Initiative, LeaverType, Reason, Tone
from spm.access import Can
from spm.models.versioned import Versioned


class RegisteredExitQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(client__in=Client.objects.visible_to(user, Can.EXITS_VIEW).order_by())


class RegisteredExit(Versioned):
    """What staff know of a stay that has ended: that it did, of what kind it was, and why they think so.

    That and when the client left is not typed in: the stay (`Spell`) says it. It is known by the day on
    which it began, as stays are counted anew.
    """

    class Privacy:
        personal = frozenset({"note", "by"})
        plain = frozenset(
            {
                "id",
                "client",
                "start",
                "leaver_type",
                "initiative",
                "tone",
                "staff_reason",
                "staff_first",
                "at",
                "version",
            }
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="registered_exits")
    start = models.DateField(_("client since"))
    leaver_type = models.ForeignKey(
        LeaverType, verbose_name=_("type of leaver"), on_delete=models.PROTECT, related_name="+"
    )
    initiative = models.CharField(_("initiative"), max_length=8, choices=Initiative)
    tone = models.CharField(_("tone"), max_length=8, choices=Tone)
    # Kept apart from what the client says.
    staff_reason = models.ForeignKey(
        Reason,
        verbose_name=_("main reason, as staff see it"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    staff_first = models.ForeignKey(
        Reason,
        verbose_name=_("what happened first, as staff see it"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"))

    objects = RegisteredExitQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("confirmed exits")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "start"], name="registered_exit_once_a_stay"),
            models.CheckConstraint(
                condition=Q(initiative__in=["client", "group", "mfi", "external"]),
                name="registered_exit_initiative_known",
            ),
            models.CheckConstraint(
                condition=Q(tone__in=["positive", "neutral", "negative"]), name="registered_exit_tone_known"
            ),
        ]

    def __str__(self):
        return f"{self.client} {self.start}"

    @classmethod
    def make_way(cls, survivor: Client, other: Client) -> int:
        """Before two records become one: of two confirmations of one stay the survivor's stands."""
        known = cls.objects.filter(client=survivor).order_by().values("start")
        return cls.objects.filter(client=other, start__in=known).delete()[0]
