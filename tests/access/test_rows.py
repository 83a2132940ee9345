"""The rows of every table that each of the cast reaches, whatever page asks for them."""

import json

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder

from exits.actions.analyses import analyse_exits
from spm.access import Can
from tests.access.canaries import OURS, RULES, near, of_client

MODELS = {
    model._meta.label: model
    for app in OURS
    for model in apps.get_app_config(app).get_models()
    if hasattr(model.objects, "visible_to")
}
# No loan of the matrix has ended.
EMPTY = {"exits.DecisionPoint", "exits.DecisionCount"}


def of_managed_account(person, mark) -> bool:
    """One's own; of others who hold or held a role near; of everybody for the head office."""
    there = near(person, mark.owner) and "Membership" in mark.owner.rows
    manages = person.holds(Can.PEOPLE_MANAGE) and (there or person.as_policy.at_head)
    return person is mark.owner or manages


# Where reaching a row asks for less or more than what the pages about it ask for.
REACHED = RULES | {
    "spm.User": of_managed_account,
    "spm.Job": lambda person, mark: person is mark.owner or person.holds(Can.JOBS_VIEW_ALL),
    "spm.PreparedFile": lambda person, mark: person is mark.owner,
    "clients.Office": lambda person, mark: person.holds(Can.CLIENTS_VIEW) and near(person, mark.owner),
    "clients.Officer": of_client,
    "clients.Product": lambda person, mark: True,
    "exits.Contact": lambda person, mark: person.holds(Can.EXITS_CONTACT) and of_client(person, mark),
    "exits.RegisteredExit": lambda person, mark: person.holds(Can.EXITS_VIEW) and of_client(person, mark),
}


def owners(marks) -> set[str]:
    return {mark.owner.name for mark in marks}


def test_everybody_reaches_the_rows_that_the_rule_says_and_no_others(world):
    signed_in = [person for person in world.cast.values() if person.signed_in]
    found, ruled = {}, {}
    for label in MODELS.keys() & REACHED.keys():
        marks = [mark for mark in world.canaries.marks if mark.model == label]
        for person in signed_in:
            rows = list(MODELS[label].objects.visible_to(person.user).values())
            found[label, person.name] = owners(world.canaries.seen(json.dumps(rows, cls=DjangoJSONEncoder)))
            ruled[label, person.name] = owners(mark for mark in marks if REACHED[label](person, mark))
    assert found == ruled


def test_whoever_holds_no_role_reaches_no_row_but_their_own(world):
    analyse_exits(by=None)
    assert {label for label, model in MODELS.items() if not model.objects.exists()} == EMPTY
    nobody = world.cast["nobody"].user
    reached = {label: model.objects.visible_to(nobody).count() for label, model in MODELS.items()}
    own = dict.fromkeys(("spm.User", "spm.Job", "spm.PreparedFile", "spm.WorkItem"), 1)
    assert reached == dict.fromkeys(MODELS, 0) | own | {"clients.Product": 1}
