import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Office
from spm.access import Can, can, scopes


class LeaverSampleQuerySet(models.QuerySet):
    def visible_to(self, user):
        within = Q(pk__in=[])
        for scope in scopes(user, Can.EXITS_SAMPLE):
            if not scope.own_only:
                within |= Q(office__in=Office.objects.filter(path__startswith=scope.office_path))
        return self.filter(within)


class LeaverSample(models.Model):
    """A random draw of those who left an office in a period, so that anybody can draw the same again."""

    class Stratum(models.TextChoices):
        NONE = "", _("No groups")
        OFFICE = "office", _("Branch")
        PRODUCT = "product", _("Product")
        SEX = "sex", _("Sex")
        CYCLE = "cycle", _("Loan cycle")

    class Privacy:
        personal = frozenset({"by"})
        plain = frozenset(
            {
                "id",
                "name",
                "office",
                "left_from",
                "left_until",
                "stratum",
                "margin",
                "expected",
                "confidence",
                "size",
                "reserve",
                "seed",
                "data_as_of",
                "drawn_at",
                "again_seed",
                "again_drawn_at",
            }
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    office = models.ForeignKey(Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="+")
    left_from = models.DateField(_("left from"))
    left_until = models.DateField(_("left until"))
    stratum = models.CharField(_("groups"), max_length=8, choices=Stratum, blank=True, default="")
    # Fractions, as `exits.methods.sample_size` takes them.
    margin = models.FloatField(_("margin"))
    expected = models.FloatField(_("share expected"), default=0.5)
    confidence = models.FloatField(_("confidence"), default=0.95)
    size = models.PositiveIntegerField(_("to be asked"))
    reserve = models.PositiveIntegerField(_("in reserve"))
    seed = models.BigIntegerField(_("seed"))
    data_as_of = models.DateField(_("data as of"))
    drawn_at = models.DateTimeField(_("drawn at"))
    # The draw of those who are asked a second time.
    again_seed = models.BigIntegerField(null=True, blank=True)
    again_drawn_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = LeaverSampleQuerySet.as_manager()

    class Meta:
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_until__gte=F("left_from")), name="leaver_sample_period_in_order"
            ),
            models.CheckConstraint(
                condition=Q(margin__gt=0, margin__lt=1, expected__gt=0, expected__lt=1)
                & Q(confidence__gt=0, confidence__lt=1),
                name="leaver_sample_fractions",
            ),
            models.CheckConstraint(
                condition=Q(stratum__in=["", "office", "product", "sex", "cycle"]),
                name="leaver_sample_stratum_known",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("exits:sample-detail", args=[self.pk])


class SampledLeaverQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the samples in reach, and those whom the user is to ask."""
        reached = Q(sample__in=LeaverSample.objects.visible_to(user).order_by())
        if can(user, Can.EXITS_INTERVIEW):
            reached |= Q(interviewer=user.pk) | Q(again_interviewer=user.pk)
        return self.filter(reached)


class SampledLeaver(models.Model):
    """One of those who could be drawn, and what came of it. All are kept: they are the frame of the draw."""

    class State(models.TextChoices):
        FRAME = "frame", _("Not drawn")
        RESERVE = "reserve", _("In reserve")
        DRAWN = "drawn", _("To be asked")
        REPLACED = "replaced", _("Replaced")

    class Because(models.TextChoices):
        NOT_FOUND = "not_found", _("Not found")
        MOVED = "moved", _("Moved away")
        DECLINED = "declined", _("Did not want to talk")
        DIED = "died", _("Has died")
        RETURNED = "returned", _("Has returned")
        OTHER = "other", _("Another reason")

    class Privacy:
        personal = frozenset(
            {"interviewer", "again_interviewer", "override_reason", "replaced_by_user", "replaced_note"}
        )
        plain = frozenset(
            {
                "id",
                "sample",
                "client",
                "start",
                "stratum",
                "place",
                "state",
                "due_on",
                "again_due_on",
                "stands_in_for",
                "replaced_because",
                "replaced_at",
            }
        )

    sample = models.ForeignKey(LeaverSample, on_delete=models.CASCADE, related_name="members")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="sampled")
    # The day on which the stay began that ended.
    start = models.DateField()
    stratum = models.CharField(max_length=100, blank=True, default="")
    # In the order drawn within the stratum, reserves after the sample; null for who was not drawn.
    place = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.FRAME)
    interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)
    # Why the client's own officer asks after all.
    override_reason = models.CharField(max_length=200, blank=True, default="")
    again_interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    again_due_on = models.DateField(null=True, blank=True)
    stands_in_for = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="stand_in"
    )
    replaced_because = models.CharField(max_length=9, choices=Because, blank=True, default="")
    replaced_note = models.CharField(max_length=200, blank=True, default="")
    replaced_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = SampledLeaverQuerySet.as_manager()

    class Meta:
        ordering = ["sample", "stratum", "place", "pk"]
        indexes = [
            models.Index(fields=["client", "start"], name="sampled_leaver_by_stay"),
            models.Index(fields=["sample", "state"], name="sampled_leaver_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["frame", "reserve", "drawn", "replaced"]),
                name="sampled_leaver_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="replaced", replaced_at__isnull=False) & ~Q(replaced_because="")
                | Q(replaced_because="", replaced_at=None) & ~Q(state="replaced"),
                name="sampled_leaver_replaced_because",
            ),
        ]

    def __str__(self):
        return f"{self.client} {self.start}"
