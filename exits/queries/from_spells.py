"""Sums counted from spells and decision points themselves: of an own portfolio, or under several filters."""

from collections import Counter, defaultdict

from django.db.models import Count, Q

from exits.methods import CAUSES
from exits.models import DecisionPoint, Spell
from exits.queries.conditions import conditions, decision_condition, spell_conditions
from exits.queries.figures import ExitFilter, month_of

FLOWS = ("new", "returned", *(f"left_{cause}" for cause in CAUSES))


def flows(user, only: ExitFilter, start, end, dimension: str | None) -> dict:
    """By the dimension's value: {"opening": B, "new": ..., "left_client": ...}."""
    behind = spell_conditions(start, end)
    named = {"opening": "B", "new": "new", "returned": "returned"} | {
        f"left_{cause}": cause for cause in CAUSES
    }
    sums = {name: Count("pk", filter=behind[count]) for name, count in named.items()}
    rows = Spell.objects.visible_to(user).filter(conditions(only), start__lte=end)
    return grouped(rows.exclude(left_on__lt=start), dimension, sums)


def decisions(user, only: ExitFilter, start, end, dimension: str | None) -> dict:
    """By the dimension's value: {"D": ..., "F": ...}."""
    rows = DecisionPoint.objects.visible_to(user).filter(conditions(only), decision_condition(start, end))
    return grouped(rows, dimension, {"D": Count("pk"), "F": Count("pk", filter=Q(followed=True))})


def monthly_flows(user, only: ExitFilter, end) -> dict:
    """By month, from the first spell on: {"new": ..., "returned": ..., "left_client": ...}."""
    spells = Spell.objects.visible_to(user).filter(conditions(only), start__lte=end).order_by()
    table = defaultdict(Counter)
    for day, first, number in spells.values_list("start", "first").annotate(Count("pk")):
        table[month_of(day)]["new" if first else "returned"] += number
    left = spells.filter(left_on__lte=end)
    for day, cause, number in left.values_list("left_on", "cause").annotate(Count("pk")):
        table[month_of(day)][f"left_{cause}"] += number
    return table


def monthly_decisions(user, only: ExitFilter, start, end) -> dict:
    """By month: {"D": ..., "F": ...}, of each client the last decision of the month."""
    rows = DecisionPoint.objects.visible_to(user).filter(
        conditions(only), ended_on__gte=start, ended_on__lte=end, last_of_month=True
    )
    table = defaultdict(Counter)
    for day, followed, number in rows.order_by().values_list("ended_on", "followed").annotate(Count("pk")):
        table[month_of(day)] += Counter(D=number, F=number if followed else 0)
    return table


def grouped(rows, dimension: str | None, sums: dict) -> dict:
    """The sums by value of the dimension; without one, all under None."""
    if dimension is None:
        return {None: rows.aggregate(**sums)}
    return {row.pop(dimension): row for row in rows.order_by().values(dimension).annotate(**sums)}
