"""What clients complain of or suggest, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Office, Officer, Product
from feedback.models.categories import Category, Sensitivity, Severity
from feedback.models.rules import HandlingRules
from spm.access import GRANTS, Can, Role, memberships
from spm.models.versioned import Versioned

# Up to which sensitivity each role reads; roles that are not named read none.
READS_UP_TO = {
    Role.MANAGER: Sensitivity.ORDINARY,
    Role.PROTECTION: Sensitivity.CONFIDENTIAL,
    Role.DESK: Sensitivity.RESTRICTED,
}


class ComplaintQuerySet(models.QuerySet):
    def visible_to(self, user, permission=Can.COMPLAINTS_VIEW):
        """Those of the offices in reach, as far as the role reads them. Nobody reads what names themselves,
        and below the head office no manager what names somebody of an office in the own line.
        """
        reached = Q(pk__in=[])
        for held in memberships(user):
            path = held.office_path
            if not path or held.role not in READS_UP_TO or permission not in GRANTS[held.role]:
                continue
            offices = Office.objects.filter(path__startswith=path)
            inside = Q(office__in=offices, sensitivity__lte=READS_UP_TO[held.role])
            if held.role == Role.MANAGER and not held.at_head:
                inside &= ~Q(about_path__startswith=path)
            reached |= inside
        # One of nobody, whose user is null, is not excluded with those of the user.
        return self.filter(reached).filter(Q(about_user=None) | ~Q(about_user=user.pk))

    def open(self):
        return self.exclude(state=Complaint.State.CLOSED)


class Complaint(Versioned):
    """A complaint or a suggestion. Who made it stands apart (`Complainant`), and only the desk reads it.

    Its clock runs from the receipt, and from a reopening anew; no change of state stops it.
    """

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("Complaint")
        SUGGESTION = "suggestion", _("Suggestion")

    class Channel(models.TextChoices):
        OFFICER = "officer", _("Through an officer")
        BRANCH = "branch", _("At the branch")
        MEETING = "meeting", _("At a centre meeting")
        BOX = "box", _("Suggestion box")
        HOTLINE = "hotline", _("Hotline")
        SMS = "sms", _("Text message")
        MAIL = "mail", _("E-mail")
        PAGE = "page", _("Public page")
        EXIT = "exit", _("Exit interview")

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        OPEN = "open", _("Being handled")
        RESOLVED = "resolved", _("Decided")
        CLOSED = "closed", _("Closed")

    class Finding(models.TextChoices):
        """What the handling found, as a word of the desk; not a finding of the loop."""

        UPHELD = "upheld", _("Justified")
        PARTLY = "partly", _("Partly justified")
        REJECTED = "rejected", _("Not justified")

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("Not known")

    class Privacy:
        personal = frozenset(
            {
                "text",
                "wanted",
                "resolution",
                "told_how",
                "about_user",
                "about_officer",
                "logged_by",
                "handler",
            }
        )
        plain = frozenset(
            {
                "id",
                "number",
                "kind",
                "channel",
                "state",
                "received_at",
                "occurred_on",
                "office",
                "product",
                "language",
                "anonymous",
                "own_officer",
                "category",
                "severity",
                "sensitivity",
                "about_path",
                "rules",
                "level",
                "role",
                "clock_from",
                "interim_due_on",
                "interim_on",
                "level_due_on",
                "due_on",
                "outcome",
                "compensation",
                "resolved_at",
                "told_on",
                "accepted",
                "satisfied",
                "closed_at",
                "reopened",
                "escalated",
                "appealed",
                "version",
            }
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What the complainant keeps to ask how it stands: drawn at random, so that nobody guesses another's.
    number = models.CharField(_("number"), max_length=14, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.COMPLAINT)
    channel = models.CharField(_("how it came"), max_length=7, choices=Channel)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField(_("received"))
    occurred_on = models.DateField(_("happened on"), null=True, blank=True)
    office = models.ForeignKey(Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(
        Product, verbose_name=_("product"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.TextField(_("what happened"), max_length=4000)
    wanted = models.TextField(_("what should be done"), max_length=2000, blank=True, default="")
    language = models.CharField(_("language"), max_length=20, blank=True, default="")
    anonymous = models.BooleanField(_("without a name"), default=False)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Whether the client's own officer wrote it down: much is not told to them.
    own_officer = models.BooleanField(_("written down by the own officer"), default=False)

    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, default=Severity.MEDIUM)
    sensitivity = models.PositiveSmallIntegerField(
        _("who may read it"), choices=Sensitivity, default=Sensitivity.ORDINARY
    )
    # Of whom it complains: an officer as core banking knows one, or anybody with an account.
    about_officer = models.ForeignKey(
        Officer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    about_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The path of the office where that person works: those in the line above do not handle it.
    about_path = models.CharField(max_length=255, blank=True, default="")

    rules = models.ForeignKey(
        HandlingRules, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    role = models.CharField(_("whose task"), max_length=10, choices=Role, default=Role.DESK)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The day from which its limits are counted.
    clock_from = models.DateField()
    interim_due_on = models.DateField(_("interim reply by"), null=True, blank=True)
    interim_on = models.DateField(_("interim reply on"), null=True, blank=True)
    level_due_on = models.DateField(_("handed on after"))
    due_on = models.DateField(_("to be answered by"))

    outcome = models.CharField(_("found"), max_length=8, choices=Finding, blank=True, default="")
    resolution = models.TextField(_("what was decided"), max_length=4000, blank=True, default="")
    compensation = models.DecimalField(
        _("compensation"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    told_on = models.DateField(_("client told on"), null=True, blank=True)
    told_how = models.CharField(_("how the client was told"), max_length=200, blank=True, default="")
    accepted = models.CharField(_("client accepts it"), max_length=7, choices=Answer, blank=True, default="")
    satisfied = models.CharField(
        _("client is satisfied with the handling"), max_length=7, choices=Answer, blank=True, default=""
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    # How often, and up to which level.
    reopened = models.PositiveSmallIntegerField(_("reopened"), default=0)
    escalated = models.PositiveSmallIntegerField(_("handed on"), default=0)
    appealed = models.PositiveSmallIntegerField(_("appeals"), default=0)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            # The desk looks for what is due among those that are open.
            models.Index(fields=["due_on", "id"], condition=~Q(state="closed"), name="complaint_open_by_due"),
            models.Index(
                fields=["level_due_on"],
                condition=Q(state__in=["received", "open"]),
                name="complaint_to_hand_on",
            ),
            models.Index(fields=["-received_at", "-id"], name="complaint_by_receipt"),
            models.Index(fields=["office", "received_at"], name="complaint_by_office"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["complaint", "suggestion"]), name="complaint_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    channel__in=[
                        "officer",
                        "branch",
                        "meeting",
                        "box",
                        "hotline",
                        "sms",
                        "mail",
                        "page",
                        "exit",
                    ]
                ),
                name="complaint_channel_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "open", "resolved", "closed"]),
                name="complaint_state_known",
            ),
            models.CheckConstraint(
                condition=Q(severity__in=[1, 2, 3], sensitivity__in=[0, 1, 2]), name="complaint_ranks_known"
            ),
            models.CheckConstraint(
                condition=Q(state="received") | Q(category__isnull=False),
                name="complaint_sorted_when_handled",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "open"])
                | Q(outcome__in=["upheld", "partly", "rejected"], resolved_at__isnull=False),
                name="complaint_outcome_when_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | Q(closed_at=None) & ~Q(state="closed"),
                name="complaint_closed_at_its_end",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("level_due_on"), level__gte=1), name="complaint_limits_in_order"
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("feedback:complaint-detail", args=[self.pk])


class OfComplaintQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(complaint__in=Complaint.objects.visible_to(user).order_by())


class ComplainantQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The desk's alone."""
        reached = Complaint.objects.visible_to(user, Can.COMPLAINTS_IDENTIFY).order_by()
        return self.filter(complaint__in=reached)


class Complainant(models.Model):
    """Who complained, where they said so: a client of ours, or a name and a way to answer."""

    class Privacy:
        personal = frozenset({"client", "name", "contact"})
        plain = frozenset({"id", "complaint"})

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="complainant")
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints_made"
    )
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    contact = models.CharField(_("how to answer"), max_length=200, blank=True, default="")

    objects = ComplainantQuerySet.as_manager()

    class Meta:
        ordering = ["complaint"]

    def __str__(self):
        return str(self.pk)


class ComplaintStep(models.Model):
    """One thing that happened to a complaint; all counts of a period are made of these."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Received")
        SORTED = "sorted", _("Sorted")
        ASSIGNED = "assigned", _("Given to somebody")
        INTERIM = "interim", _("Interim reply sent")
        ESCALATED = "escalated", _("Handed on to the next level")
        NOTE = "note", _("Note")
        RESOLVED = "resolved", _("Decided")
        RESUMED = "resumed", _("Taken up again")
        TOLD = "told", _("Client told")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Reopened")
        APPEALED = "appealed", _("Appeal")

    class Privacy:
        personal = frozenset({"by", "note"})
        plain = frozenset({"id", "complaint", "kind", "at", "level", "on_time"})

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=9, choices=Kind)
    at = models.DateTimeField()
    # Nobody where the clock or a stranger did it.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.PositiveSmallIntegerField(default=1)
    note = models.TextField(max_length=2000, blank=True, default="")
    # Of a closing: whether it came within the limit.
    on_time = models.BooleanField(null=True, blank=True)

    objects = OfComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["complaint", "at", "pk"]
        indexes = [models.Index(fields=["kind", "at", "complaint"], name="complaint_step_by_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "received",
                        "sorted",
                        "assigned",
                        "interim",
                        "escalated",
                        "note",
                        "resolved",
                        "resumed",
                        "told",
                        "closed",
                        "reopened",
                        "appealed",
                    ]
                ),
                name="complaint_step_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(on_time=None) | Q(kind="closed"), name="complaint_step_on_time_of_closings"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.at:%Y-%m-%d}"
