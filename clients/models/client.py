from functools import cache

from django.db import models
from django.db.models import Q
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from clients.models.changes import Recorded
from clients.models.offices import Office
from clients.models.people import Group, Officer
from spm.access import Can, scopes


class ClientQuerySet(models.QuerySet):
    def visible_to(self, user, permission=Can.CLIENTS_VIEW):
        """The clients whom the permission reaches today; only this and ``is_reached`` know the rule."""
        reach = scopes(user, permission)
        # Every office is below the head office: its path needs no comparing, and long lists no join.
        if any(scope.whole and not scope.own_only for scope in reach):
            return self.all()
        within = Q(pk__in=[])
        for scope in reach:
            offices = Office.objects.filter(path__startswith=scope.office_path)
            inside = Q() if scope.whole else Q(office__in=offices)
            own = Q(officer__in=Officer.objects.filter(user_id=user.pk))
            within |= inside & own if scope.own_only else inside
        return self.filter(within)


class Client(Recorded):
    class Sex(models.TextChoices):
        FEMALE = "F", _("Woman")
        MALE = "M", _("Man")

    class Area(models.TextChoices):
        RURAL = "rural", _("Rural")
        URBAN = "urban", _("Urban")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        DECEASED = "deceased", _("Deceased")
        EXPELLED = "expelled", _("Expelled")

    class Privacy:
        personal = frozenset({"name", "search_name", "phone", "birth_date"})
        plain = frozenset(
            {
                "id",
                "external_id",
                "office",
                "officer",
                "group",
                "sex",
                "area",
                "joined_on",
                "status",
                "status_on",
                "changed_in",
            }
        )

    external_id = models.CharField(_("client number"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    # The name without accents, case and double spaces: what the search looks in (clients.methods.fold).
    search_name = models.CharField(max_length=200, default="", editable=False)
    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="clients"
    )
    officer = models.ForeignKey(
        Officer,
        verbose_name=_("officer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
    )
    group = models.ForeignKey(
        Group,
        verbose_name=_("group"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="clients",
    )
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, default="", blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    area = models.CharField(_("area"), max_length=5, choices=Area, default="", blank=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=50, default="", blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.ACTIVE)
    status_on = models.DateField(_("status since"), null=True, blank=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        # As people look for names: Ávila stands before Zapata.
        ordering = ["search_name", "pk"]
        indexes = [
            models.Index(fields=["office", "officer"], name="client_by_office_officer"),
            # The search reads this instead of the table, in the order of the list.
            models.Index(fields=["search_name", "id"], name="client_by_name"),
            models.Index(fields=["joined_on", "id"], name="client_by_day_joined"),
            # Few have a status but the usual one.
            models.Index(
                fields=["status", "search_name", "id"],
                condition=Q(status_on__isnull=False),
                name="client_by_status",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=["", "F", "M"]), name="client_sex_known"),
            models.CheckConstraint(condition=Q(area__in=["", "rural", "urban"]), name="client_area_known"),
            models.CheckConstraint(
                condition=Q(status="active")
                | Q(status__in=["deceased", "expelled"], status_on__isnull=False),
                name="client_status_has_its_date",
            ),
        ]

    def __str__(self):
        return self.external_id

    def get_absolute_url(self):
        return client_url(self.pk)

    def is_visible_to(self, user, permission=Can.CLIENTS_VIEW) -> bool:
        """``visible_to`` for a client at hand; with its office and officer loaded it asks no query."""
        return is_reached(user, permission, self.office.path, self.officer and self.officer.user_id)


def is_reached(user, permission: Can, office_path: str, officer_user: int | None) -> bool:
    """Does the permission reach a client of this office, whose officer has this account?"""
    return any(
        office_path.startswith(scope.office_path) and (not scope.own_only or officer_user == user.pk)
        for scope in scopes(user, permission)
    )


def client_url(pk: int) -> str:
    before, after = _detail_url(get_script_prefix())
    return f"{before}{pk}{after}"


@cache
def _detail_url(_root: str) -> list[str]:
    """What stands before and after the key in the address of a client's page: a list has fifty of them."""
    return reverse("clients:client-detail", args=[0]).rsplit("0", 1)


class ClientPostingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(client__in=Client.objects.visible_to(user))


class ClientPosting(Recorded):
    """The office and officer that a client belonged to from a day on; the latest is today's."""

    class Privacy:
        personal = frozenset()
        plain = frozenset({"id", "client", "office", "officer", "since", "changed_in"})

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="postings")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField(_("since"))

    objects = ClientPostingQuerySet.as_manager()

    class Meta:
        ordering = ["client", "since", "pk"]

    def __str__(self):
        return f"{self.client} {self.office} {self.since}"
