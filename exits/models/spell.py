from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Group, Loan, Office, Officer, Product
from exits.models.definition import ExitDefinition
from spm.access import Can, scopes


def of_clients_in_reach(user) -> Q:
    """What keeps rows of clients to those whose figures the user sees."""
    # Whoever reaches all of the head office sees everybody: nobody needs looking up.
    reach = scopes(user, Can.EXITS_VIEW)
    if any(scope.whole and not scope.own_only for scope in reach):
        return Q()
    return Q(client__in=Client.objects.visible_to(user, Can.EXITS_VIEW).order_by())


class OfClientQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(of_clients_in_reach(user))


class SpellBuild(models.Model):
    """The last time that spells and rollup were made: from data as of which day, by which definition."""

    class Privacy:
        personal = frozenset()
        plain = frozenset(
            {"id", "as_of", "definition", "window", "longest_window", "built_at", "warnings", "basis"}
        )

    as_of = models.DateField()
    definition = models.ForeignKey(ExitDefinition, on_delete=models.PROTECT, null=True, related_name="+")
    window = models.PositiveSmallIntegerField()
    longest_window = models.PositiveSmallIntegerField()
    built_at = models.DateTimeField(auto_now_add=True)
    # Statuses that no spell holds, so that the definition ignores them: [client number, ...], at most 1,000.
    warnings = models.JSONField(default=list, blank=True)
    # What the records held, so that the next build can tell what has changed (exits.queries.changed).
    basis = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.as_of}"


class ClientFacts(models.Model):
    """What spells and decision points are counted by; office, sex, area are the client's as known now.

    Such rows are made from the records, so they never hold a record back that is to be removed.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="%(class)ss")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    # Whose portfolio the client is in now: it rules who may see; ``officer`` is whom the figure counts for.
    portfolio = models.ForeignKey(Officer, on_delete=models.CASCADE, null=True, related_name="+")
    sex = models.CharField(max_length=1, default="", blank=True)
    area = models.CharField(max_length=5, default="", blank=True)
    age = models.CharField(_("age at the start"), max_length=5, default="", blank=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, null=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, related_name="+")
    cycle = models.PositiveSmallIntegerField(_("loan cycle"), default=0)

    class Meta:
        abstract = True


FACTS = frozenset(
    {"client", "office", "portfolio", "sex", "area", "age", "product", "officer", "group", "cycle"}
)


class Spell(ClientFacts):
    """One unbroken time of being a client; rebuilt from the records, never edited."""

    class Cause(models.TextChoices):
        CLIENT = "client", _("Own choice")
        MFI = "mfi", _("Ended by us")
        DEATH = "death", _("Death")

    class Privacy:
        personal = frozenset({"age"})
        plain = (FACTS - {"age"}) | frozenset(
            {"id", "start", "last_day", "left_on", "cause", "first", "loans", "resting", "last_loan"}
        )

    # Its index is that of the constraint below.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="spells", db_index=False)
    start = models.DateField(_("from"))
    last_day = models.DateField(_("last day"), null=True)
    left_on = models.DateField(_("left on"), null=True)
    cause = models.CharField(_("cause"), max_length=6, choices=Cause, default="", blank=True)
    first = models.BooleanField(_("first time"))
    loans = models.PositiveSmallIntegerField(_("loans"))
    resting = models.BooleanField(_("resting"), default=False)
    last_loan = models.ForeignKey(Loan, on_delete=models.CASCADE, null=True, related_name="+")

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["client", "start"]
        indexes = [
            models.Index(fields=["left_on", "office"], name="spell_by_left_on"),
            # With what else says who was a client on a day: it is read instead of the table.
            models.Index(fields=["start", "left_on", "office"], name="spell_by_start"),
            # Whose stay goes on: as short as it can be, as lists look into it for each row that they count.
            models.Index(fields=["client"], condition=Q(left_on=None), name="spell_ongoing"),
            # The watch list is in the order of the last day.
            models.Index(fields=["resting", "last_day", "office"], name="spell_resting_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["client", "start"], name="spell_once_a_start"),
            models.CheckConstraint(
                condition=Q(left_on=None, cause="")
                | Q(left_on__gte=F("start"), cause__in=["client", "mfi", "death"]),
                name="spell_left_with_a_cause",
            ),
        ]

    def __str__(self):
        return f"{self.client} {self.start}"


class DecisionPoint(ClientFacts):
    """A repaid loan after which the client had to decide: a follow-on loan or not (see `exits.methods`)."""

    class Privacy:
        personal = frozenset({"age"})
        plain = (FACTS - {"age"}) | frozenset(
            {"id", "loan", "ended_on", "next_ended_on", "last_of_month", "followed"}
        )

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="+")
    ended_on = models.DateField(_("repaid on"))
    # The client's next decision point: a period counts each client once, by the last one in it.
    next_ended_on = models.DateField(null=True)
    # Whether the client decides next in a later month or never: then the month counts this one.
    last_of_month = models.BooleanField()
    followed = models.BooleanField(_("took a follow-on loan"))

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["client", "ended_on"]
        # With what else says whether a period counts it: it is read instead of the table.
        indexes = [models.Index(fields=["ended_on", "next_ended_on", "office"], name="decision_by_days")]

    def __str__(self):
        return f"{self.client} {self.ended_on}"
