"""The audit trail only grows, whichever way Django offers to write to it."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone

from spm.audit_check import verify
from spm.models import AuditEvent, AuditHead
from spm.models.audit import AppendOnlyError
from tests.spm import chains

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(manager):
    return AuditEvent.record("tried", manager, by=manager, note="as it was")


def stored():
    return list(AuditEvent.objects.order_by("number").values("number", "verb", "target", "details", "by"))


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
    "create many": lambda line: AuditEvent.objects.bulk_create([AuditEvent(verb="forged", target="x")]),
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
    other(line).save()
    assert [stored()[0], stored()[1]["verb"]] == [*before, "forged"]


def test_a_person_with_lines_is_not_deleted(line):
    with pytest.raises(ProtectedError):
        line.by.delete()
    assert len(stored()) == 1


def test_lines_are_added_one_by_one(manager):
    for verb in ("first", "second", "third"):
        AuditEvent.record(verb, manager, by=manager)
    assert [(row["number"], row["verb"]) for row in stored()] == [(1, "first"), (2, "second"), (3, "third")]


def test_a_line_of_a_transaction_that_is_undone_leaves_no_gap(manager):
    AuditEvent.record("first", manager, by=manager)
    with transaction.atomic():
        AuditEvent.record("undone", manager, by=manager)
        transaction.set_rollback(True)
    AuditEvent.record("second", manager, by=manager)
    assert ([row["verb"] for row in stored()], verify().is_whole) == (["first", "second"], True)


DETAILS = {
    "tuple": (1, 2),
    "names": {10: "ten", 9: "nine"},
    "whole": 2.0,
    "parts": [0.1, 1.5e-7, -0.0, 10**15 + 0.5],
    "large": 2**70,
    "words": "Ñandú • 你好 \U0001f600 \x00",
    "none": None,
    "truth": True,
    "empty": [{}, "", []],
}


def test_details_of_every_kind_come_back_as_they_were_sealed(manager):
    AuditEvent.record("tried", manager, by=manager, **DETAILS)
    kept = AuditEvent.objects.get().details
    assert kept == {
        "tuple": [1, 2],
        "names": {"10": "ten", "9": "nine"},
        "whole": 2,
        "parts": [0.1, 1.5e-7, 0, 10**15 + 0.5],
        "large": 2**70,
        "words": "Ñandú • 你好 \U0001f600 \N{REPLACEMENT CHARACTER}",
        "none": None,
        "truth": True,
        "empty": [{}, "", []],
    }
    assert verify().is_whole


@pytest.mark.parametrize("value", [1e300, float("nan"), float("inf"), -(2.0**53)])
def test_a_number_that_a_database_would_change_is_refused(value, manager):
    with pytest.raises(ValueError, match=r"Out of range float|too large"):
        AuditEvent.record("tried", manager, by=manager, value=value)
    assert stored() == []


def test_lines_from_before_the_chain_are_numbered_and_sealed_as_they_stand(manager):
    """By the migration, which finds lines with gaps between their numbers and without a seal."""
    for number in (3, 4, 17):
        chains.sql(
            "INSERT INTO spm_auditevent (number, verb, target, details, by_id, at, key, previous, digest)"
            " VALUES (%s, 'old', 'home', %s, %s, %s, '', '', '')",
            *(number, f'{{"was": {number}}}', manager.pk, timezone.now()),
        )
    chains.sql("DELETE FROM spm_audithead")
    plain = {model.__name__: SimpleNamespace(objects=QuerySet(model)) for model in (AuditEvent, AuditHead)}
    then = SimpleNamespace(get_model=lambda app, name: plain[name])
    import_module("spm.migrations.0005_chain_audit_lines").chain_lines(then, None)
    assert [(row["number"], row["details"]) for row in stored()] == [
        (1, {"was": 3}),
        (2, {"was": 4}),
        (3, {"was": 17}),
    ]
    AuditEvent.record("new", manager, by=manager)
    assert (verify().is_whole, verify().lines) == (True, 4)
