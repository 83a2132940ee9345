"""Who may be about to leave: clients who have repaid everything and whose window runs."""

import datetime as dt

from django.db.models import OuterRef, Subquery

from exits.models import Contact, SpellBuild
from spm.access import Can, reaches_all

CALLED = ("at", "result", "next_on")


def with_calls(spells, user):
    """Spells that the user may see, with the latest call or visit of each (`called_at`, `called_result`,
    `called_next_on`), where the user may see calls; None where nobody has called.
    """
    # Who sees the stay sees its calls as well, as a rule: then nobody needs looking up for each of them.
    all_seen = reaches_all(user, Can.EXITS_CONTACT, of=Can.EXITS_VIEW)
    seen = Contact.objects.all() if all_seen else Contact.objects.visible_to(user)
    latest = seen.filter(client=OuterRef("client"), start=OuterRef("start")).order_by("-at", "-pk")
    return spells.annotate(**{f"called_{name}": Subquery(latest.values(name)[:1]) for name in CALLED})


def days_left(last_day: dt.date, product: str | None, made: SpellBuild) -> int:
    """Days until a resting client counts as gone, as of the data; 0 on the last.

    The client may rest as long as after a loan of this product, by its code.
    """
    windows = made.definition.product_windows if made.definition else {}
    return windows.get(product, made.window) - (made.as_of - last_day).days


def days_late(last_day: dt.date, due_on: dt.date | None) -> int | None:
    """How many days after its due day the last loan was repaid; None where that day is not recorded."""
    return None if due_on is None else max((last_day - due_on).days, 0)
