import hashlib

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from spm.access import Can, can
from spm.models.versioned import Versioned
from spm.pictures import Picture

# Between these an institution chooses how many people a figure must at least be about to be shown.
LEAST_CELL, MOST_CELL = 3, 20

# These texts go into the heads of mails.
one_line = RegexValidator(r"[\x00-\x1f\x7f]", _("Write it in one line."), inverse_match=True)
is_currency = RegexValidator(r"\A[A-Z]{3}\Z", _("A currency is three capital letters, such as USD or PEN."))


def every_language() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def first_language() -> str:
    return settings.LANGUAGE_CODE


class Institution(Versioned):
    """The microfinance institution itself: at most one row, written when it is described."""

    class Privacy:
        personal = frozenset()
        plain = frozenset(
            {
                "id",
                "name",
                "currency",
                "version",
                "languages",
                "language",
                "smallest_cell",
                "mail_name",
                "mail_address",
            }
        )

    name = models.CharField(_("name"), max_length=120, default="", blank=True, validators=[one_line])
    currency = models.CharField(
        _("currency"), max_length=3, default="USD", validators=[is_currency], help_text=_("ISO 4217 code")
    )
    # Codes of settings.LANGUAGES that people may choose from; and the one for who has not chosen.
    languages = models.JSONField(_("languages offered"), default=every_language)
    language = models.CharField(_("first language"), max_length=10, default=first_language)
    # A figure about fewer people than this is hidden from whoever may not open their records.
    smallest_cell = models.PositiveSmallIntegerField(
        _("smallest group shown"),
        default=5,
        validators=[MinValueValidator(LEAST_CELL), MaxValueValidator(MOST_CELL)],
    )
    # Whom mails come from; what the server is told (DEFAULT_FROM_EMAIL) where it is empty.
    mail_name = models.CharField(
        _("name of the sender"), max_length=80, default="", blank=True, validators=[one_line]
    )
    mail_address = models.EmailField(_("address of the sender"), default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="institution_is_one_row"),
            models.CheckConstraint(
                condition=models.Q(smallest_cell__gte=LEAST_CELL, smallest_cell__lte=MOST_CELL),
                name="institution_smallest_cell_in_range",
            ),
        ]

    def __str__(self):
        return self.name or str(_("Your institution"))

    @classmethod
    def get(cls) -> "Institution":
        """The institution; before it is described one that is not stored, without a name."""
        return next(iter(_DESCRIBED.all()), None) or cls(pk=1)

    @property
    def picture(self) -> "Logo | None":
        """Its logo, if it has one."""
        logo = None if self._state.adding else getattr(self, "logo", None)
        return logo if logo and logo.digest else None


class Logo(Versioned):
    """The picture that stands beside the institution's name: at most one row, empty where it was taken away.

    It lies in the database, which all web servers share.
    """

    class Privacy:
        personal = frozenset()
        plain = frozenset({"institution", "image", "digest", "width", "height", "version"})

    institution = models.OneToOneField(
        Institution, on_delete=models.CASCADE, primary_key=True, related_name="logo"
    )
    # A PNG that we have drawn (spm.pictures), its SHA-256 for its address, its size in points.
    image = models.BinaryField(default=b"")
    digest = models.CharField(max_length=64, default="", blank=True)
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)

    def __str__(self):
        return str(_("Logo"))

    def get_absolute_url(self):
        return reverse("logo", args=[self.digest])

    @classmethod
    def get(cls) -> "Logo":
        """The logo; before there is one, one that is not stored."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def show(self, picture: Picture | None) -> None:
        """Become this picture, or none; not saved."""
        self.image = picture.png if picture else b""
        self.digest = hashlib.sha256(self.image).hexdigest() if picture else ""
        self.width, self.height = (picture.width, picture.height) if picture else (0, 0)


class HolidayQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if can(user, Can.INSTITUTION_MANAGE) else self.none()


class Holiday(Versioned):
    """A day on which the institution does not work: once, or each year on that day of that month."""

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "day", "name", "every_year", "version"})

    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80, validators=[one_line])
    every_year = models.BooleanField(_("each year"), default=False)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [models.UniqueConstraint(fields=["day"], name="holiday_one_a_day")]

    def __str__(self):
        return self.name


# Asked with every page, so put together once.
_DESCRIBED = Institution.objects.select_related("logo").defer("logo__image").filter(pk=1)
