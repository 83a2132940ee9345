import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.offices import Office
from spm.access import TERMS, Can, Held, Role, scopes
from spm.models.versioned import Versioned


def is_in_force(valid_from, valid_to, ended_at, day) -> bool:
    """As the query of that name has it."""
    return not ended_at and valid_from <= day and (valid_to is None or valid_to >= day)


class MembershipQuerySet(models.QuerySet):
    def in_force(self, day):
        return self.open(day).filter(valid_from__lte=day)

    def held(self, day) -> list[Held]:
        """Those in force. Every request asks: putting days into the query costs more than old ones."""
        where = ("office__name", "office__path", "office__parent")
        rows = self.values_list("role", *where, "valid_to", "valid_from", "ended_at")
        return [
            Held(role, office, path, above is None, until)
            for role, office, path, above, until, since, ended_at in rows
            if is_in_force(since, until, ended_at, day)
        ]

    def open(self, day):
        """In force, or to be."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), ended_at=None)

    def visible_to(self, user):
        """One's own, and those at offices where the user manages people."""
        within = Q(user_id=user.pk)
        for scope in scopes(user, Can.PEOPLE_MANAGE):
            within |= Q(office__path__startswith=scope.office_path)
        return self.filter(within)

    def chief(self, day):
        """Those of head-office administrators who can sign in, in force that day and without an end."""
        chiefs = self.in_force(day).filter(role=Role.ADMIN, office__parent=None, valid_to=None)
        return chiefs.filter(user__is_active=True)


class Membership(Versioned):
    """A role that a person holds at an office, and so at every office below it, from a day to a day."""

    class Standing(models.TextChoices):
        NOW = "now", _("in force")
        LATER = "later", _("not begun")
        OVER = "over", _("ended")
        SHUT = "shut", _("rests while the account is shut")

    class Privacy:
        personal = frozenset({"user"})
        plain = frozenset(
            {"id", "role", "office", "valid_from", "valid_to", "ended_at", "version", "follows"}
        )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="memberships")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    # Set where somebody ended it at once, whatever the dates say.
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True, editable=False)
    # The role as it was before a change, of which this one came.
    follows = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, editable=False, related_name="followed_by"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("roles of people")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["admin", "manager", "officer", "assessor", "desk", "protection"]),
                name="membership_role_known",
            ),
            models.CheckConstraint(
                condition=~Q(role="assessor") | Q(valid_to__isnull=False),
                name="membership_of_an_assessor_ends",
            ),
            models.UniqueConstraint(
                "user",
                "role",
                "office",
                "valid_from",
                condition=Q(ended_at=None),
                name="membership_once",
            ),
        ]

    def __str__(self):
        return f"{self.user} – {self.get_role_display()}, {self.office}"

    def in_words(self) -> str:
        """The role, where, and its last day if it has one."""
        head = self.office.parent_id is None
        return Held(self.role, self.office.name, self.office.path, head, self.valid_to).in_words()

    def standing(self, day) -> Standing:
        if self.ended_at or (self.valid_to and self.valid_to < day):
            return self.Standing.OVER
        if not self.user.is_active:
            return self.Standing.SHUT
        return self.Standing.NOW if self.valid_from <= day else self.Standing.LATER

    def clean(self):
        """A role that is held for a time only says until when, and not too far away."""
        term = TERMS.get(self.role)
        if (
            term
            and self.valid_from
            and not (self.valid_to and self.valid_to <= self.valid_from + dt.timedelta(days=term.most))
        ):
            said = _("This role ends at most %(days)s days after it begins.") % {"days": term.most}
            raise ValidationError({"valid_to": said})
