"""What a person sends about complaints, for the tests of routes."""

import uuid

from feedback.models import Category
from tests.feedback.steps import category, receive


def add(scene) -> None:
    given = {
        "kind": "complaint",
        "channel": "branch",
        "office": scene.office.pk,
        "text": "It takes too long.",
    }
    scene.post("feedback:complaint-add", uuid=uuid.uuid4(), **given)


def sort(scene) -> None:
    row, kind = receive(office=scene.office), category()
    scene.post("feedback:complaint-change", row.pk, version=row.version, category=kind.pk)


LISTED = {"feedback:category-entry": Category}
# What a category is sent beside its words.
USUAL = {"severity": 2, "sensitivity": 0}
COMPLAINTS = {
    "feedback:complaint-add": (add, "complaint.received"),
    "feedback:complaint-change": (sort, "complaint.sorted"),
}
