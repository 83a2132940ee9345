"""The audit trail only grows, whichever way Django offers to write to it."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from spm.models import AuditEvent
from spm.models.audit import AppendOnlyError

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(manager):
    return AuditEvent.record("tried", manager, by=manager, note="as it was")


def stored():
    return list(AuditEvent.objects.order_by("pk").values("pk", "verb", "target", "details", "by"))


def other(line):
    """Another line under the same key."""
    return AuditEvent(pk=line.pk, verb="forged", target="x", at=line.at)


def changed(line):
    line.verb = "forged"
    return line


ATTEMPTS = {
    "save": lambda line: changed(line).save(),
    "save some fields": lambda line: changed(line).save(update_fields=["verb"]),
    "save by force": lambda line: other(line).save(force_update=True),
    "delete": lambda line: line.delete(),
    "update all": lambda line: AuditEvent.objects.update(verb="forged"),
    "update some": lambda line: AuditEvent.objects.filter(pk=line.pk).update(verb="forged"),
    "update or create": lambda line: AuditEvent.objects.update_or_create(
        defaults={"verb": "forged"}, pk=line.pk
    ),
    "update many": lambda line: AuditEvent.objects.bulk_update([changed(line)], ["verb"]),
    "create over": lambda line: AuditEvent.objects.bulk_create(
        [other(line)], update_conflicts=True, unique_fields=["pk"], update_fields=["verb"]
    ),
    "delete all": lambda line: AuditEvent.objects.all().delete(),
    "delete some": lambda line: AuditEvent.objects.filter(pk=line.pk).delete(),
    "base manager update": lambda line: AuditEvent._base_manager.update(verb="forged"),
    "base manager delete": lambda line: AuditEvent._base_manager.all().delete(),
    "default manager update": lambda line: AuditEvent._default_manager.update(verb="forged"),
    "lines of a person": lambda line: line.by.audit_events.update(verb="forged"),
    "lines of a person deleted": lambda line: line.by.audit_events.all().delete(),
    "lines of a person taken away": lambda line: line.by.audit_events.clear(bulk=True),
    "lines of a person taken away one by one": lambda line: line.by.audit_events.clear(bulk=False),
    "lines given to a person": lambda line: line.by.audit_events.add(line),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_no_way_of_the_orm_changes_or_removes_a_line(attempt, line):
    before = stored()
    with pytest.raises(AppendOnlyError), transaction.atomic():
        attempt(line)
    assert stored() == before


def test_a_new_line_never_takes_the_place_of_another(line):
    before = stored()
    with pytest.raises(IntegrityError), transaction.atomic():
        other(line).save()
    assert stored() == before


def test_a_person_with_lines_is_not_deleted(line):
    with pytest.raises(ProtectedError):
        line.by.delete()
    assert len(stored()) == 1


def test_lines_are_added_one_by_one_and_many_at_once(manager):
    AuditEvent.record("first", manager, by=manager)
    AuditEvent.objects.bulk_create([AuditEvent(verb=verb, target="home") for verb in ("second", "third")])
    assert [row["verb"] for row in stored()] == ["first", "second", "third"]
