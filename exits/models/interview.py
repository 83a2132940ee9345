import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from exits.models.reference import Initiative, Reason
from exits.models.sample import SampledLeaver
from spm.access import Can, can


class ExitInterviewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of the clients whose figures are in reach, and those that the user held."""
        reached = Q(client__in=Client.objects.visible_to(user, Can.EXITS_VIEW).order_by())
        if can(user, Can.EXITS_INTERVIEW):
            reached |= Q(by=user.pk)
        return self.filter(reached)


class ExitInterview(models.Model):
    """What somebody who left says about it, asked once or, of some, a second time by somebody else.

    Without consent only that is kept: no answer stands beside it. Two who asked the same person in the same
    round are both kept: what is counted is the earlier.
    """

    class Round(models.IntegerChoices):
        FIRST = 1, _("First interview")
        AGAIN = 2, _("Second interview")

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        UNSURE = "unsure", _("Not sure")
        NO = "no", _("No")

    class Repayment(models.TextChoices):
        EASY = "easy", _("Easy")
        HARD_AT_TIMES = "hard_at_times", _("Hard at times")
        HARD = "hard", _("Hard all along")

    class PaidWith(models.TextChoices):
        """Where the money for the end of the last loan came from: whether it was paid is in the records."""

        BUSINESS = "business", _("From the business")
        INCOME = "income", _("From wages or other income")
        SAVINGS = "savings", _("From savings")
        SOLD = "sold", _("By selling something")
        BORROWED = "borrowed", _("With a loan from elsewhere")
        FAMILY = "family", _("With help from family or friends")
        GROUP = "group", _("The group paid")

    class SavingsUse(models.TextChoices):
        """What savings were taken out for: how much was taken out is in the records."""

        LOAN = "loan", _("To pay back the loan")
        BUSINESS = "business", _("For the business")
        HOUSEHOLD = "household", _("For the household")
        ELSEWHERE = "elsewhere", _("To save elsewhere")
        NONE = "none", _("None were taken out")

    class Income(models.TextChoices):
        MORE = "more", _("More than before")
        SAME = "same", _("The same")
        LESS = "less", _("Less than before")

    class Privacy:
        personal = frozenset(
            {"by", "benefits", "meetings", "change", "complaint", "callback_contact", "place", "loan_use"}
        )
        plain = frozenset(
            {
                "id",
                "client",
                "start",
                "round",
                "sampled",
                "at",
                "language",
                "consent",
                "own_officer",
                "initiative",
                "repayment",
                "paid_with",
                "savings_use",
                "income",
                "competitor",
                "competitor_product",
                "competitor_better",
                "would_return",
                "would_recommend",
                "complaint_on",
                "callback",
                "may_contact",
            }
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="exit_interviews")
    # The day on which the stay began that ended.
    start = models.DateField(_("client since"))
    round = models.PositiveSmallIntegerField(choices=Round, default=Round.FIRST)
    sampled = models.ForeignKey(
        SampledLeaver, on_delete=models.PROTECT, null=True, blank=True, related_name="interviews"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("interviewer"), on_delete=models.PROTECT, related_name="+"
    )
    # Whether the interviewer was the client's own officer: people say less then.
    own_officer = models.BooleanField(_("asked by the own officer"))
    at = models.DateTimeField(_("when"))
    place = models.CharField(_("place"), max_length=100, blank=True, default="")
    language = models.CharField(_("language"), max_length=20, blank=True, default="")
    consent = models.BooleanField(_("agrees to be asked"))
    initiative = models.CharField(_("who wanted it"), max_length=8, choices=Initiative, blank=True)
    loan_use = models.TextField(_("what the loan was used for"), max_length=2000, blank=True)
    repayment = models.CharField(_("how repaying was"), max_length=13, choices=Repayment, blank=True)
    paid_with = models.CharField(
        _("how the end of the last loan was paid"), max_length=8, choices=PaidWith, blank=True, default=""
    )
    savings_use = models.CharField(
        _("what savings were taken out for"), max_length=9, choices=SavingsUse, blank=True, default=""
    )
    income = models.CharField(_("income since the first loan"), max_length=4, choices=Income, blank=True)
    benefits = models.TextField(_("what was good"), max_length=2000, blank=True)
    meetings = models.TextField(_("what the meetings were like"), max_length=2000, blank=True)
    competitor = models.CharField(_("other lender"), max_length=100, blank=True, default="")
    competitor_product = models.CharField(_("product there"), max_length=100, blank=True, default="")
    competitor_better = models.CharField(_("better there"), max_length=200, blank=True, default="")
    would_return = models.CharField(_("would return"), max_length=6, choices=Answer, blank=True)
    would_recommend = models.PositiveSmallIntegerField(
        _("would recommend us, 0 to 10"), null=True, blank=True, validators=[MaxValueValidator(10)]
    )
    change = models.TextField(_("what we should change"), max_length=2000, blank=True)
    complaint = models.TextField(_("complaint"), max_length=2000, blank=True)
    complaint_on = models.BooleanField(_("wishes the complaint to be handed on"), default=False)
    may_contact = models.BooleanField(_("agrees to be contacted again"), default=False)
    callback = models.BooleanField(_("wishes to be called back"), default=False)
    callback_contact = models.CharField(_("how to reach the person"), max_length=100, blank=True, default="")

    objects = ExitInterviewQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["client", "start"], name="exit_interview_by_stay")]
        constraints = [
            models.CheckConstraint(condition=Q(round__in=[1, 2]), name="exit_interview_round_known"),
            models.CheckConstraint(
                condition=Q(consent=True)
                | Q(initiative="", repayment="", income="", competitor="", would_return="", complaint="")
                & Q(would_recommend=None, callback=False, may_contact=False, complaint_on=False)
                & Q(paid_with="", savings_use="")
                & Q(loan_use="", benefits="", meetings="", change="", callback_contact="")
                & Q(competitor_product="", competitor_better="", place="", language=""),
                name="exit_interview_nothing_without_consent",
            ),
            models.CheckConstraint(
                condition=Q(would_recommend=None) | Q(would_recommend__gte=0, would_recommend__lte=10),
                name="exit_interview_recommend_range",
            ),
        ]

    def __str__(self):
        return f"{self.client} {self.at:%Y-%m-%d}"


class GivenReasonQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(interview__in=ExitInterview.objects.visible_to(user).order_by())


class GivenReason(models.Model):
    """A reason that the client gave: the main one, one that added to it, or what happened first."""

    class Part(models.TextChoices):
        PRIMARY = "primary", _("Main reason")
        CONTRIBUTING = "contributing", _("Added to it")
        FIRST = "first", _("Happened first")

    class Privacy:
        personal = frozenset({"text"})
        plain = frozenset({"id", "interview", "reason", "part"})

    interview = models.ForeignKey(ExitInterview, on_delete=models.CASCADE, related_name="reasons")
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Part)
    # What the client said, for a reason that the list does not have.
    text = models.CharField(max_length=200, blank=True, default="")

    objects = GivenReasonQuerySet.as_manager()

    class Meta:
        ordering = ["interview", "part", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "part", "reason"], name="given_reason_once"),
            models.UniqueConstraint(
                fields=["interview", "part"],
                condition=Q(part__in=["primary", "first"]),
                name="given_reason_one_primary_one_first",
            ),
            models.CheckConstraint(
                condition=Q(part__in=["primary", "contributing", "first"]), name="given_reason_part_known"
            ),
        ]

    def __str__(self):
        return f"{self.part} {self.reason}"
