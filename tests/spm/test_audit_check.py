"""What is done to the audit trail beside the product is found and said with its number, time and kind."""

import datetime as dt
import subprocess
import sys

import pytest
from django.conf import settings as in_force
from django.core.management import call_command
from django.utils import timezone

from spm import audit_check, chain
from spm.audit_check import verify
from spm.chain import Flaw
from spm.models import AuditEvent
from spm.models.audit import AuditHead
from spm.tasks import verify_audit
from tests.spm import chains

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(manager):
    return chains.lines(9, by=manager)


def found():
    verdict = verify()
    return (verdict.broken_at, verdict.flaw)


def test_an_untouched_trail_is_whole(trail):
    verdict = verify()
    assert (verdict.is_whole, verdict.lines, verdict.digest) == (True, 9, trail[-1].digest)
    assert [line.previous for line in trail] == [chain.BEGINNING, *(line.digest for line in trail[:-1])]


def test_a_trail_without_a_line_is_whole():
    assert (verify().is_whole, verify().lines) == (True, 0)


def later(line):
    return line.at + dt.timedelta(microseconds=1)


ALTERED = {
    "number": (lambda line, admin: 50, Flaw.REORDERED),
    "verb": (lambda line, admin: "forged", Flaw.ALTERED),
    "target": (lambda line, admin: "clients:client-list", Flaw.ALTERED),
    "details": (lambda line, admin: '{"turn": 5, "words": "ñ."}', Flaw.ALTERED),
    "by_id": (lambda line, admin: admin.pk, Flaw.ALTERED),
    "at": (lambda line, admin: later(line), Flaw.ALTERED),
    "key": (lambda line, admin: "00000000", Flaw.NO_KEY),
    "previous": (lambda line, admin: "1" * 64, Flaw.ALTERED),
    "digest": (lambda line, admin: "1" * 64, Flaw.ALTERED),
}


@pytest.mark.parametrize("column", ALTERED)
def test_a_change_to_any_field_of_a_line_is_found(column, trail, admin):
    value, flaw = ALTERED[column]
    chains.alter(5, column, value(trail[4], admin))
    assert found() == (5, flaw)


def test_every_field_of_a_line_is_tried():
    assert ALTERED.keys() == {field.column for field in AuditEvent._meta.fields}


@pytest.mark.parametrize("number", [1, 5, 9])
def test_an_altered_line_is_named_with_its_time(number, trail):
    chains.alter(number, "verb", "forged")
    verdict = verify()
    assert (verdict.broken_at, verdict.flaw, verdict.at) == (number, Flaw.ALTERED, trail[number - 1].at)


@pytest.mark.parametrize("first", [1, 4, 9])
def test_a_line_taken_away_is_found(first, trail):
    chains.remove(first, first)
    assert found() == (first, Flaw.REMOVED)


def test_several_lines_taken_away_are_found_at_the_first(trail):
    chains.remove(4, 6)
    assert found() == (4, Flaw.REMOVED)


def test_a_line_taken_away_is_found_where_the_others_close_the_gap(trail):
    chains.remove(4, 4)
    chains.renumber(5, -1)
    assert found() == (4, Flaw.REMOVED)


def test_an_end_cut_off_is_found(trail):
    chains.remove(8, 9)
    assert found() == (8, Flaw.REMOVED)


def test_a_trail_emptied_is_found(trail):
    chains.remove(1, 9)
    assert found() == (1, Flaw.REMOVED)


def test_an_end_cut_off_is_found_after_the_next_lines_too(trail, manager):
    chains.remove(8, 9)
    chains.lines(2, by=manager)
    assert found() == (8, Flaw.REMOVED)


def test_a_head_set_back_with_the_end_cut_off_is_found_for_ever(trail, manager):
    chains.remove(8, 9)
    chains.set_head(lines=7, digest=trail[6].digest)
    assert found() == (8, Flaw.HEAD)
    chains.lines(2, by=manager)
    assert found() == (8, Flaw.HEAD)
    assert AuditEvent.objects.get(number=8).verb == AuditEvent.HEAD_LOST


def test_a_head_taken_away_with_the_end_is_found_for_ever(trail, manager):
    chains.remove(8, 9)
    AuditHead.objects.all().delete()
    assert found() == (8, Flaw.HEAD)
    chains.lines(2, by=manager)
    assert found() == (8, Flaw.HEAD)


def test_a_line_put_in_between_is_found(trail):
    chains.renumber(4, 1)
    chains.forge(4, like=5)
    assert found() == (4, Flaw.INSERTED)


def test_a_line_put_at_the_end_is_found(trail):
    chains.forge(10, like=9, previous=trail[8].digest)
    assert found() == (10, Flaw.INSERTED)


def test_a_line_put_before_the_first_is_found(trail):
    chains.forge(0, like=1)
    assert found() == (1, Flaw.INSERTED)


def test_two_lines_that_changed_places_are_found(trail):
    chains.swap(4, 7)
    assert found() == (4, Flaw.REORDERED)


def test_a_line_moved_to_the_end_is_found(trail):
    chains.renumber(4, 100)
    chains.renumber(105, -101)
    assert found() == (4, Flaw.REORDERED)


def test_a_line_of_ours_that_comes_from_another_history_is_found(trail):
    """As from a backup of a time that was taken back: sealed by us under its number, after another line."""
    line = trail[4]
    line.previous = "1" * 64
    chains.alter(5, "previous", line.previous)
    chains.alter(5, "digest", line.expected_digest())
    assert found() == (5, Flaw.ALTERED)


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_the_walk_goes_from_batch_to_batch(batch, trail, monkeypatch):
    monkeypatch.setattr(audit_check, "BATCH", batch)
    assert verify().lines == 9
    chains.swap(4, 5)
    assert found() == (4, Flaw.REORDERED)


def test_the_walk_asks_one_query_for_a_batch(trail, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(audit_check, "BATCH", 3)
    # Three batches and the end; then, in a savepoint, the head under its lock and the end again.
    with django_assert_num_queries(4 + 2 + 2):
        assert verify().is_whole


# Keys


def test_lines_of_an_earlier_key_are_checked_with_it(trail, settings):
    settings.AUDIT_KEY, settings.AUDIT_KEY_FALLBACKS = "another", [settings.AUDIT_KEY]
    chains.lines(2)
    assert (verify().is_whole, len(set(AuditEvent.objects.values_list("key", flat=True)))) == (True, 2)
    settings.AUDIT_KEY_FALLBACKS = []
    assert found() == (1, Flaw.NO_KEY)


def test_who_has_not_the_key_cannot_seal(trail, settings):
    line = AuditEvent.objects.get(number=5)
    line.verb, settings.AUDIT_KEY = "forged", "guessed"
    line.key = chain.key_in_use()
    chains.alter(5, "verb", line.verb)
    chains.alter(5, "key", line.key)
    chains.alter(5, "digest", line.expected_digest())
    settings.AUDIT_KEY = in_force.SECRET_KEY
    assert found() == (5, Flaw.NO_KEY)


def test_the_audit_key_is_the_secret_key_unless_it_has_one_of_its_own():
    code = "from django.conf import settings as s; print(s.AUDIT_KEY, s.AUDIT_KEY_FALLBACKS)"
    for own, said in (("", "the-secret"), ("its-own", "its-own")):
        environment = {"SECRET_KEY": "the-secret", "AUDIT_KEY": own, "AUDIT_KEY_FALLBACKS": "a,b"}
        run = subprocess.run(
            [sys.executable, "-c", code],
            cwd=in_force.BASE_DIR,
            env=environment | {"DJANGO_SETTINGS_MODULE": "spm.settings"},
            capture_output=True,
            text=True,
        )
        assert run.stdout == f"{said} ['a', 'b']\n"


# The command


def run(capsys, *arguments) -> tuple[str, int]:
    try:
        call_command("audit_verify", *arguments)
        code = 0
    except SystemExit as end:
        code = end.code
    return capsys.readouterr().out, code


def test_the_command_says_in_one_sentence_that_the_trail_is_whole(trail, capsys):
    said = f"The audit trail is whole: 9 lines, and the seal of the last is {trail[-1].digest}.\n"
    assert run(capsys) == (said, 0)


def test_the_command_names_the_first_broken_line_and_fails(trail, capsys):
    chains.alter(5, "at", dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC))
    chains.remove(7, 7)
    said = "The audit trail is broken at line 5 (1 March 2026, 08:30): this line was altered.\n"
    assert run(capsys) == (said, 1)


def test_a_seal_noted_elsewhere_is_held_against_the_trail(trail, capsys):
    noted = f"7:{trail[6].digest}"
    assert run(capsys, "--anchor", noted)[1] == 0
    assert run(capsys, "--anchor", f"7:{'0' * 64}")[0].endswith("its seal is not the one noted.\n")


def test_a_database_set_back_to_an_earlier_state_is_found_by_a_seal_noted_elsewhere(trail, manager, capsys):
    earlier = chains.head()
    noted = chains.lines(3, by=manager)[-1]
    chains.remove(10, 12)
    chains.set_head(**dict(zip(("lines", "digest", "key", "seal"), earlier, strict=True)))
    assert run(capsys)[1] == 0
    said, code = run(capsys, "--anchor", f"{noted.number}:{noted.digest}")
    assert (said, code) == ("The audit trail is broken at line 10: this line was removed.\n", 1)


# Each night


def test_the_nightly_check_leaves_its_result_as_a_line_and_comes_once_a_day(trail, caplog):
    verify_audit()
    verify_audit()
    (line,) = AuditEvent.objects.filter(verb="audit.verified")
    assert (line.by, line.details) == (None, {"lines": 9})
    assert audit_check.last_check() == audit_check.Checked(line.at, 9, "")
    assert not audit_check.is_due()


def test_the_check_is_due_again_on_the_next_day(trail, monkeypatch):
    audit_check.check()
    tomorrow = timezone.now() + dt.timedelta(days=1)
    monkeypatch.setattr(audit_check.timezone, "now", lambda: tomorrow)
    assert audit_check.is_due()


def test_a_broken_trail_is_a_line_of_its_own_and_an_error_in_the_servers_log(trail, caplog):
    chains.alter(5, "verb", "forged")
    verify_audit()
    line = AuditEvent.objects.get(verb="audit.verified")
    assert line.details == {"lines": 4, "flaw": "altered", "broken_at": 5}
    found = audit_check.last_check()
    assert (found.lines, found.flaw) == (4, "Line 5: this line was altered.")
    (logged,) = caplog.records
    assert (logged.levelname, logged.getMessage()[:36]) == ("ERROR", "The audit trail is broken at line 5 ")


def test_the_clock_knows_the_nightly_check():
    nightly = in_force.CELERY_BEAT_SCHEDULE["audit-verify"]
    assert (nightly["task"], nightly["schedule"]) == (verify_audit.name, 24 * 3600)
