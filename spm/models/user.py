from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q

from spm.access import Can, scopes


class UserQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Oneself, and whoever holds or held a role at an office where the user manages people."""
        managed = scopes(user, Can.PEOPLE_MANAGE)
        if any(scope.whole for scope in managed):
            return self
        within = Q(pk=user.pk)
        for scope in managed:
            there = self.model.objects.filter(memberships__office__path__startswith=scope.office_path)
            within |= Q(pk__in=there.values("pk"))
        return self.filter(within)


class People(UserManager.from_queryset(UserQuerySet)):
    use_in_migrations = False


class User(AbstractUser):
    """A person who signs in. What they may do is in their memberships, never in flags here."""

    class Privacy:
        personal = frozenset({"username", "first_name", "last_name", "email", "password"})
        plain = frozenset(
            {
                "id",
                "last_login",
                "is_superuser",
                "is_staff",
                "is_active",
                "date_joined",
                "groups",
                "user_permissions",
                "sessions_ended",
                "language",
            }
        )

    # How often all sessions were ended; a session of before no longer fits.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)
    # What the person chose on a page last, before that what the invitation was in: mails to them go in it.
    language = models.CharField(max_length=7, choices=settings.LANGUAGES, default="", editable=False)

    objects = People()

    def get_session_auth_hash(self):
        return f"{super().get_session_auth_hash()}-{self.sessions_ended}"

    def end_sessions(self) -> None:
        """Whoever is signed in as this person is not any more, on any device, from the next request on."""
        type(self).objects.filter(pk=self.pk).update(sessions_ended=F("sessions_ended") + 1)
        self.refresh_from_db(fields=["sessions_ended"])

    def reads(self, language: str) -> None:
        """Keep the language that this person has chosen."""
        if language != self.language:
            type(self).objects.filter(pk=self.pk).update(language=language)
            self.language = language

    def __str__(self):
        return self.get_full_name() or self.username
