import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from spm.access import Can


class ContactQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(client__in=Client.objects.visible_to(user, Can.EXITS_CONTACT).order_by())


class Contact(models.Model):
    """A call or a visit to a client who has repaid everything: one who is resting, or who has left.

    It belongs to a stay by the day on which that began, as stays themselves are counted anew.
    """

    class How(models.TextChoices):
        CALL = "call", _("Call")
        VISIT = "visit", _("Visit")

    class Result(models.TextChoices):
        REACHED = "reached", _("Reached, not decided yet")
        RETURNS = "returns", _("Will take another loan")
        LEAVES = "leaves", _("Will not return")
        NOT_REACHED = "not_reached", _("Not reached")
        MOVED = "moved", _("Has moved away")

    class Privacy:
        personal = frozenset({"note", "by"})
        plain = frozenset({"id", "client", "start", "at", "how", "result", "next_on"})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="contacts")
    start = models.DateField(_("client since"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("when"))
    how = models.CharField(_("how"), max_length=5, choices=How)
    result = models.CharField(_("result"), max_length=11, choices=Result)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    next_on = models.DateField(_("next time"), null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("calls and visits")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["client", "start", "at"], name="contact_by_stay")]
        constraints = [
            models.CheckConstraint(condition=Q(how__in=["call", "visit"]), name="contact_how_known"),
            models.CheckConstraint(
                condition=Q(result__in=["reached", "returns", "leaves", "not_reached", "moved"]),
                name="contact_result_known",
            ),
        ]

    def __str__(self):
        return f"{self.client} {self.at:%Y-%m-%d}"
