from django.db import models
from django.utils.translation import gettext_lazy as _

from spm.models.versioned import Versioned


class Institution(Versioned):
    """The microfinance institution itself: at most one row, written when it is described."""

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "name", "currency", "version"})

    name = models.CharField(_("name"), max_length=120, default="", blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD", help_text=_("ISO 4217 code"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="institution_is_one_row"),
        ]

    def __str__(self):
        return self.name or str(_("Your institution"))

    @classmethod
    def get(cls) -> "Institution":
        """The institution; before it is described one that is not stored, without a name."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
