"""Lists about leaving that an institution keeps as its own: types of leavers and reasons for leaving."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from spm.access import Can
from spm.models.reference import REFERENCE, Headed, Reference

READ_BY = frozenset({Can.EXITS_VIEW, Can.EXITS_INTERVIEW})


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


class LeaverType(Reference):
    """What kind of leaving it was. Initiative and tone are what is usual with it, offered and not imposed."""

    class Privacy:
        personal = frozenset({"by"})
        plain = REFERENCE | frozenset({"initiative", "tone"})

    read_by = READ_BY
    own = ("initiative", "tone")
    initiative = models.CharField(_("usual initiative"), max_length=8, choices=Initiative, blank=True)
    tone = models.CharField(_("usual tone"), max_length=8, choices=Tone, blank=True)

    class Meta(Reference.Meta):
        verbose_name_plural = _("types of leavers")


class Reason(Headed):
    """Why somebody left: a head (such as the product), or one reason under it."""

    class Privacy:
        personal = frozenset({"by"})
        plain = REFERENCE | frozenset({"head"})

    read_by = READ_BY

    class Meta(Headed.Meta):
        verbose_name_plural = _("reasons for leaving")
