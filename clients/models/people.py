from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clients.models.changes import Recorded
from clients.models.offices import Office
from spm.access import Can, scopes


class OfficerQuerySet(models.QuerySet):
    def visible_to(self, user, permission=Can.CLIENTS_VIEW):
        """Oneself; with a wider scope, the officers who have a client in it."""
        within = Q(pk__in=[])
        clients = apps.get_model("clients", "Client").objects.order_by()
        for scope in scopes(user, permission):
            if scope.own_only:
                within |= Q(user_id=user.pk)
            else:
                with_client = clients.filter(officer=OuterRef("pk"))
                if not scope.whole:
                    offices = Office.objects.filter(path__startswith=scope.office_path)
                    with_client = with_client.filter(office__in=offices)
                within |= Q(Exists(with_client))
        return self.filter(within)


class Officer(Recorded):
    """A field officer as core banking knows one; perhaps with an account here."""

    class Privacy:
        personal = frozenset({"name", "user"})
        plain = frozenset({"id", "code", "changed_in"})

    code = models.CharField(_("code"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="officer"
    )

    objects = OfficerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]

    def __str__(self):
        return self.name


class GroupQuerySet(models.QuerySet):
    def visible_to(self, user, permission=Can.CLIENTS_VIEW):
        """Groups with a client whom the user may see."""
        clients = apps.get_model("clients", "Client").objects.visible_to(user, permission)
        return self.filter(pk__in=clients.values("group"))


class Group(Recorded):
    """A solidarity group, centre or village bank."""

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "code", "name", "changed_in"})

    code = models.CharField(_("code"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]

    def __str__(self):
        return self.name
