import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.offices import Office
from spm.access import Can, Role, scopes


def hash_of(token: str) -> str:
    """What is kept of a token: who reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those to offices where the user manages people."""
        within = Q(pk__in=[])
        for scope in scopes(user, Can.PEOPLE_MANAGE):
            within |= Q(office__path__startswith=scope.office_path)
        return self.filter(within)

    def waiting(self, now):
        """Neither accepted nor withdrawn, and neither the link nor the role is over."""
        in_time = Q(valid_to=None) | Q(valid_to__gte=timezone.localdate(now))
        return self.filter(in_time, accepted_at=None, withdrawn_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """A role offered to an e-mail address: a link by mail, good once and for 72 hours."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    class Privacy:
        personal = frozenset({"email", "by", "user", "token_hash"})
        plain = frozenset(
            {
                "id",
                "role",
                "office",
                "valid_to",
                "language",
                "created_at",
                "sent_at",
                "expires_at",
                "accepted_at",
                "withdrawn_at",
            }
        )

    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="invitations"
    )
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=10)
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        on_delete=models.PROTECT,
        related_name="invitations_sent",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("good until"))
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations_accepted",
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["admin", "manager", "officer", "assessor", "desk", "protection"]),
                name="invitation_role_known",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="invitation_accepted_or_withdrawn",
            ),
        ]

    def __str__(self):
        return f"{self.email} – {self.get_role_display()}, {self.office}"

    def state(self, now) -> State:
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        over = self.expires_at <= now or (self.valid_to and self.valid_to < timezone.localdate(now))
        return self.State.EXPIRED if over else self.State.WAITING
