from django.contrib.auth.models import AbstractUser


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
            }
        )

    def __str__(self):
        return self.get_full_name() or self.username
