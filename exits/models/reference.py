"""Lists that an institution keeps as its own: types of leavers and reasons for leaving, as of a day.

An entry is never changed once it has been in force: its words end on a day and others start under the same
code. What was recorded names the entry as it was worded then, and is counted by its code.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from spm.access import Can, can
from spm.models.versioned import Versioned
from spm.worded import in_language


class Initiative(models.TextChoices):
    """Who wanted the client to leave."""

    CLIENT = "client", _("The client")
    GROUP = "group", _("The group")
    MFI = "mfi", _("We")
    EXTERNAL = "external", _("Circumstances")


class Tone(models.TextChoices):
    """Whether leaving was good or bad for the client."""

    POSITIVE = "positive", _("Good for the client")
    NEUTRAL = "neutral", _("Neither good nor bad")
    NEGATIVE = "negative", _("Bad for the client")


class ReferenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if can(user, Can.EXITS_VIEW) or can(user, Can.EXITS_INTERVIEW) else self.none()

    def in_force(self, day):
        """The entries that count on ``day``, one a code, in their order."""
        ended = Q(ends_on__isnull=False, ends_on__lte=day)
        return self.filter(starts_on__lte=day).exclude(ended)


class Reference(Versioned):
    code = models.SlugField(_("code"), max_length=40)
    # {language: text}; clients are asked in theirs (`spm.worded`).
    words = models.JSONField(_("words"), default=dict)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    starts_on = models.DateField(_("in force from"))
    # The first day on which it counts no more.
    ends_on = models.DateField(_("in force until"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "code", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(ends_on=None), name="%(class)s_one_in_force_a_code"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="%(class)s_ends_after_start"
            ),
        ]

    def __str__(self):
        return self.said()

    def said(self, language: str | None = None) -> str:
        """Its words in this language or the nearest, that of the page without."""
        return in_language(self.words, language) or self.code


REFERENCE = frozenset({"id", "code", "words", "position", "starts_on", "ends_on", "version"})


class LeaverType(Reference):
    """What kind of leaving it was. Initiative and tone are what is usual with it, offered and not imposed."""

    class Privacy:
        personal = frozenset({"by"})
        plain = REFERENCE | frozenset({"initiative", "tone"})

    initiative = models.CharField(_("usual initiative"), max_length=8, choices=Initiative, blank=True)
    tone = models.CharField(_("usual tone"), max_length=8, choices=Tone, blank=True)

    class Meta(Reference.Meta):
        verbose_name_plural = _("types of leavers")


class Reason(Reference):
    """Why somebody left: a head (such as the product), or one reason under it."""

    class Privacy:
        personal = frozenset({"by"})
        plain = REFERENCE | frozenset({"head"})

    # The code of the head that it stands under; empty for a head.
    head = models.SlugField(_("stands under"), max_length=40, blank=True, default="")

    class Meta(Reference.Meta):
        verbose_name_plural = _("reasons for leaving")
