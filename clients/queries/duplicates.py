"""Clients who may be one person: found by what two records share, never by comparing all with all."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Count, Func, TextField, Value
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from spm.access import Can

# So many pairs are shown; once these are settled, the next ones follow.
SHOWN = 200
# A name or phone that more records share says nothing of any two of them.
MOST_ALIKE = 5
REASONS = {
    "person": _("same name and birth date"),
    "phone": _("same phone and name"),
    "number": _("numbers that differ in zeros and signs alone"),
}


@dataclass(frozen=True)
class Pair:
    """Two records, the older one first, and why they may be one person."""

    one: Client
    other: Client
    reasons: list[str]


def bare_number():
    """The client number without signs between and zeros in front."""
    text = Lower("external_id")
    for sign in ("-", ".", " ", "/"):
        text = Replace(text, Value(sign), Value(""))
    return Func(text, Value("0"), function="LTRIM", output_field=TextField())


def alike(clients, *names: str) -> list[list[int]]:
    """The clients, by primary key, of each value of these fields together that a few of them share."""
    counted = clients.order_by().values_list(*names).annotate(n=Count("pk"))
    few = counted.filter(n__gt=1, n__lte=MOST_ALIKE).order_by(*names)[:SHOWN]
    found: dict[tuple, list[int]] = {tuple(key): [] for *key, _n in few}
    wanted = {f"{name}__in": {key[at] for key in found} for at, name in enumerate(names)}
    for pk, *key in clients.filter(**wanted).order_by("pk").values_list("pk", *names):
        if tuple(key) in found:
            found[tuple(key)].append(pk)
    return list(found.values())


def pairs_of(user) -> list[Pair]:
    """The pairs among the clients whom the user may merge, those with most reasons first."""
    clients = Client.objects.visible_to(user, Can.CLIENTS_MERGE)
    why: dict[tuple[int, int], list[str]] = defaultdict(list)
    groups = {
        "person": alike(clients.exclude(birth_date=None), "search_name", "birth_date"),
        "phone": alike(clients.exclude(phone=""), "phone", "search_name"),
        "number": alike(clients.annotate(bare=bare_number()), "bare"),
    }
    for reason, found in groups.items():
        for pair in (pair for group in found for pair in combinations(group, 2)):
            why[pair].append(str(REASONS[reason]))
    chosen = sorted(why, key=lambda pair: (-len(why[pair]), pair))[:SHOWN]
    loaded = clients.select_related("office", "officer").in_bulk({pk for pair in chosen for pk in pair})
    return [Pair(loaded[one], loaded[other], why[one, other]) for one, other in chosen]
