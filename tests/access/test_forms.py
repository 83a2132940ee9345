"""A form changes what it has a field for, and nothing else that somebody writes into the request."""

from collections import Counter

import pytest
from django.apps import apps
from django.db import models, transaction

from clients.actions.merges import CHOSEN
from spm.policy import Relation
from tests.access.canaries import OURS
from tests.access.visits import ROUTES, address

# A good answer to every field that some form of ours has.
GIVEN = dict.fromkeys(CHOSEN, "one") | {
    "office": 11,
    "role": "officer",
    "valid_from": "2030-01-01",
    "valid_to": "2031-05-05",
    "email": "eva@example.org",
    "language": "es",
    "starts_on": "2030-01-01",
    "ends_on": "2031-05-05",
    "window": 33,
    "formula": "exit_closing",
    "counts_savings": "on",
    "version": 1,
    "day": "2031-05-06",
    "every_year": "on",
    "keep": "one",
}
# The audit trail says what was done; the others are compared.
MODELS = [
    model
    for app in OURS
    for model in apps.get_app_config(app).get_models()
    if not model.__name__.startswith("Audit")
]


def unasked(world) -> dict:
    """A value for every field of every model of ours that no form asks for."""
    fields = [field for model in MODELS for field in model._meta.concrete_fields]
    found = {name: hostile(field, world) for field in fields for name in (field.name, field.attname)}
    return {name: value for name, value in found.items() if name not in GIVEN}


def hostile(field, world):
    match field:
        case models.ForeignKey():
            return world.colleagues[111].user.pk
        case models.BooleanField():
            return "on"
        case models.DateField():
            return "2031-05-05"
        case models.JSONField():
            return '{"x": 1}'
        case models.IntegerField():
            return 4
    return "hostile"


def keys() -> dict:
    return {model: set(model.objects.values_list("pk", flat=True)) for model in MODELS}


def rows(before: dict) -> Counter:
    """Every row as plain values; of what is new since ``before`` the key is the database's own."""
    found = Counter()
    for model, fields in COMPARED.items():
        for values in model.objects.values_list(*fields):
            kept = tuple(
                (name, str(value))
                for (name, of), value in zip(fields.items(), values, strict=True)
                if of not in before or value is None or value in before[of]
            )
            found[model._meta.label, kept] += 1
    return found


def compared(model) -> dict:
    """The columns whose values are compared, each with the model whose key it holds, or None."""
    fields = [
        field
        for field in sorted(model._meta.concrete_fields, key=lambda field: field.attname)
        # The hash of a token is another one each time.
        if not isinstance(field, models.DateTimeField) and field.name != "token_hash"
    ]
    keys_of = {field.attname: field.model for field in fields if field.primary_key}
    keys_of |= {field.attname: field.related_model for field in fields if field.is_relation}
    return {field.attname: keys_of.get(field.attname) for field in fields}


COMPARED = {model: compared(model) for model in MODELS}


def sent(browser, path: str, query: dict, data: dict, before: dict) -> tuple[int, Counter]:
    """The answer, and all that is in the database after it; nothing of it stays."""
    with transaction.atomic():
        response = browser.client.post(path, data, query_params=query)
        found = rows(before)
        transaction.set_rollback(True)
    return response.status_code, found


@pytest.mark.parametrize("name", ["manager at head", "admin at head"])
def test_every_field_of_every_model_sent_along_changes_nothing_more(name, world, visitor):
    browser, before, more = visitor(name), keys(), unasked(world)
    differing, changing = [], set()
    assert len(more) >= 60
    begun = rows(before)
    for route in ROUTES.values():
        if "POST" not in route.methods or not browser.person.holds(route.view.needs):
            continue
        row = world.row(route, browser.person, Relation.SAME_OFFICE) if route.takes_row else None
        query = {"other": world.colleagues[11].rows["Client"].pk}
        path = address(route.name, row)
        asked, with_more = (sent(browser, path, query, data, before) for data in (GIVEN, GIVEN | more))
        if asked != with_more:
            differing.append(
                (route.name, asked[0], with_more[0], asked[1] - with_more[1], with_more[1] - asked[1])
            )
        if asked[1] != begun:
            changing.add(route.name)
    assert differing == []
    # Forms that were not well filled in would prove nothing.
    assert changing >= {"clients:role-add", "clients:role-change", "clients:invitation-new"}
