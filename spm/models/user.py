from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F


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
            }
        )

    # How often all sessions were ended; a session of before no longer fits.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    def get_session_auth_hash(self):
        return f"{super().get_session_auth_hash()}-{self.sessions_ended}"

    def end_sessions(self) -> None:
        """Whoever is signed in as this person is not any more, on any device, from the next request on."""
        type(self).objects.filter(pk=self.pk).update(sessions_ended=F("sessions_ended") + 1)
        self.refresh_from_db(fields=["sessions_ended"])

    def __str__(self):
        return self.get_full_name() or self.username
