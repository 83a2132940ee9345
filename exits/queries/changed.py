"""Whose figures may differ from those of the last build: what has changed in the records since."""

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.db.models import Q

from clients.models import (
    BeforeImage,
    ChangeSet,
    Client,
    Loan,
    Office,
    SavingsAccount,
    SavingsMovement,
)
from exits.methods import DEFAULT_WINDOW
from exits.models import DecisionPoint, Spell, SpellBuild

# Raise it when the same records come to be counted in another way: all is then counted once more.
WAY_OF_COUNTING = 1
OF_CLIENTS = (Spell, DecisionPoint)
LOAN_DATES = ("disbursed_on", "closed_on", "written_off_on")


def basis(*, savings: bool) -> dict:
    """What the records hold now, kept with a build to compare at the next. Ask before reading them."""
    read = (Client, Loan, SavingsAccount, SavingsMovement) if savings else (Client, Loan)
    sets = ChangeSet.objects.order_by()
    paths = "".join(f"{pk}{path}" for pk, path in Office.objects.order_by("pk").values_list("pk", "path"))
    return {
        "way": WAY_OF_COUNTING,
        "changes": sets.order_by("-pk").values_list("pk", flat=True).first() or 0,
        "sets": sets.count(),
        "undone": sets.filter(undone_at__isnull=False).count(),
        "offices": hashlib.sha256(paths.encode()).hexdigest(),
        "rows": {model._meta.model_name: model.objects.count() for model in read},
    }


def clients_to_count(last: SpellBuild | None, now: SpellBuild, *, most: float) -> list[int] | None:
    """Ids of the clients whose figures may differ from the last build's; None where all must be counted.

    That is so where the definition or the offices have changed, an import was taken back, records or spells
    came or went in another way than by an import or a build, the day of the data lies before the last
    build's, or where more than the share `most` of all clients are concerned.
    """
    if last is None or not _is_counted_alike(last, now) or not _rows_agree(last.basis, now.basis):
        return None
    if last.basis["built"] != {model._meta.model_name: model.objects.count() for model in OF_CLIENTS}:
        return None  # what went with a removed record still stands in the cubes
    limit = most * now.basis["rows"]["client"]
    found = set()
    for ids in _concerned(last, now):
        found.update(ids)
        if len(found) > limit:
            return None
    found.discard(None)
    return sorted(found)


def _is_counted_alike(last, now):
    same = ("way", "offices", "undone")
    return (
        bool(last.basis)
        and last.definition_id == now.definition_id
        and last.as_of <= now.as_of
        and all(last.basis[name] == now.basis[name] for name in same)
    )


def _rows_agree(last, now):
    """Did all rows that came or went do so in change sets which can be asked for what stood before?"""
    if ChangeSet.objects.filter(pk__lte=last["changes"]).count() != last["sets"]:
        return False  # one that was being written at the last build has come in since
    since = ChangeSet.objects.filter(pk__gt=last["changes"], pk__lte=now["changes"])
    expected = dict(last["rows"])
    for counts, is_final in since.values_list("counts", "is_final"):
        if is_final:
            return False
        for name in expected:
            numbers = counts.get(name, {})
            expected[name] += numbers.get("created", 0) - numbers.get("removed", 0)
    return expected == now["rows"]


def _concerned(last, now) -> Iterable[Iterable[int]]:
    since = last.basis["changes"]
    changed = Q(changed_in=None) | Q(changed_in__gt=since)
    days = (last.as_of, now.as_of)
    yield Client.objects.filter(changed | _within("status_on", days)).order_by().values_list("pk", flat=True)
    yield _of_client(Loan, changed | _turning(last, now))
    yield _before(Loan, since, "client_id")
    if now.as_of > last.as_of:
        over = now.as_of - dt.timedelta(days=min(_windows(now).values()))
        yield _of_client(Spell, Q(resting=True, last_day__lt=over))
    if "savingsmovement" in now.basis["rows"]:
        yield _of_client(SavingsAccount, changed)
        yield _before(SavingsAccount, since, "client_id")
        yield _of_client(SavingsMovement, changed | _within("on", days), "account__client")
        left = set(_before(SavingsMovement, since, "account_id"))
        yield _of_client(SavingsAccount, Q(pk__in=left)) if left else ()


def _of_client(model, condition, client="client"):
    return model.objects.filter(condition).order_by().values_list(client, flat=True).distinct()


def _before(model, since, column):
    """What the column held in rows that were changed since; the row itself tells what it holds now."""
    images = BeforeImage.objects.filter(changes__gt=since, model=model._meta.model_name)
    return images.order_by().values_list(f"values__{column}", flat=True).distinct()


def _turning(last, now):
    """Loans that the days between the builds make known, or over by more than their window."""
    turning = Q()
    for name in LOAN_DATES:
        turning |= _within(name, (last.as_of, now.as_of))
    windows = _windows(now)
    named = [product for product in windows if product is not None]
    for product, days in windows.items():
        of_product = ~Q(product__code__in=named) if product is None else Q(product__code=product)
        ended = (day - dt.timedelta(days=days + 1) for day in (last.as_of, now.as_of))
        turning |= _within("closed_on", tuple(ended)) & (of_product if named else Q())
    return turning


def _within(name, days):
    """After the first of two days, up to the second."""
    return Q(**{f"{name}__gt": days[0], f"{name}__lte": days[1]})


def _windows(build) -> dict[str | None, int]:
    window = build.definition.windows if build.definition else DEFAULT_WINDOW
    return window if isinstance(window, dict) else {None: window}
