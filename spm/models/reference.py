"""Lists that an institution keeps as its own, such as reasons for leaving or kinds of complaint, as of a day.

An entry is never changed once it has been in force: its words end on a day and others start under the same
code. What was recorded names the entry as it was worded then, and is counted by its code.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from spm.access import Can, can
from spm.models.versioned import Versioned
from spm.worded import in_language

# What every list has beside who worded an entry.
REFERENCE = frozenset({"id", "code", "words", "position", "starts_on", "ends_on", "version"})


class ReferenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A list is read whole or not at all."""
        return self if any(can(user, permission) for permission in self.model.read_by) else self.none()

    def in_force(self, day):
        """The entries that count on ``day``, one a code, in their order."""
        ended = Q(ends_on__isnull=False, ends_on__lte=day)
        return self.filter(starts_on__lte=day).exclude(ended)


class Reference(Versioned):
    """``read_by``: whoever may do one of these reads the list. ``own``: the fields that this kind has beside
    what all have.
    """

    read_by: ClassVar[frozenset[Can]]
    own: ClassVar[tuple[str, ...]] = ()

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


class Headed(Reference):
    """An entry of a list on two levels: a head, or one that stands under a head of the same list."""

    own = ("head",)
    # The code of the head that it stands under; empty for a head.
    head = models.SlugField(_("stands under"), max_length=40, blank=True, default="")

    class Meta(Reference.Meta):
        abstract = True
