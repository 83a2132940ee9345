import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models import Office
from exits.methods.schedules import LAST_DAY, WEEK
from spm.access import Can, scopes
from spm.models import Job
from spm.models.versioned import Versioned


class ReportScheduleQuerySet(models.QuerySet):
    def visible_to(self, user):
        within = Q(pk__in=[])
        for scope in scopes(user, Can.EXITS_REPORT):
            if not scope.own_only:
                within |= Q(office__in=Office.objects.filter(path__startswith=scope.office_path))
        return self.filter(within)


class ReportSchedule(Versioned):
    """A report that goes by mail to people of the institution, each time its day comes."""

    class Kind(models.TextChoices):
        BOARD = "board", _("One page for the board")
        FULL = "full", _("In full, with every table")

    class Form(models.TextChoices):
        PDF = "pdf", _("PDF, to print or send")
        XLSX = "xlsx", _("Excel workbook")
        JSON = "json", _("JSON, for other software")

    class Every(models.TextChoices):
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")
        QUARTER = "quarter", _("Every quarter")

    class Privacy:
        personal = frozenset({"by", "recipients"})
        plain = frozenset(
            {
                "id",
                "kind",
                "office",
                "language",
                "form",
                "every",
                "due_on",
                "active",
                "last_sent_at",
                "job",
                "version",
            }
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("how much"), max_length=5, choices=Kind, default=Kind.BOARD)
    # With all offices below it; the head office is everybody.
    office = models.ForeignKey(Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="+")
    language = models.CharField(_("language"), max_length=7, choices=settings.LANGUAGES)
    form = models.CharField(_("as what"), max_length=4, choices=Form, default=Form.PDF)
    every = models.CharField(_("how often"), max_length=7, choices=Every, default=Every.MONTH)
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name=_("to"), related_name="+")
    due_on = models.DateField(_("next on"))
    active = models.BooleanField(_("is sent"), default=True)
    last_sent_at = models.DateTimeField(_("last sent"), null=True, blank=True, editable=False)
    # The job that sends it, or sent it last.
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("reports by mail")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["active", "due_on"], name="report_schedule_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["board", "full"])
                & Q(form__in=["pdf", "xlsx", "json"])
                & Q(every__in=["week", "month", "quarter"]),
                name="report_schedule_known",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.office}"

    def get_absolute_url(self):
        return reverse("exits:schedule-change", args=[self.pk])

    def clean(self):
        if self.due_on and self.every != WEEK and self.due_on.day > LAST_DAY:
            words = _("Choose a day up to the 28th, which every month has.")
            raise ValidationError({"due_on": words})
