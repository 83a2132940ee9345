"""Uploaded files do not outlive their import."""

import datetime as dt
import os

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from clients import actions
from clients.models import ImportBatch
from spm.jobs import embedded
from spm.models import AuditEvent, Job

pytestmark = pytest.mark.django_db
State = ImportBatch.State


@pytest.fixture(autouse=True)
def uploads_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def batch(manager):
    """Makes an upload in this state, so many days old."""

    def make(state, days=0):
        made = actions.upload_import(
            file=ContentFile(b"x", name="p.zip"),
            source="p.zip",
            profile="generic",
            decimal=".",
            strict=False,
            by=manager,
        )
        sent = timezone.now() - dt.timedelta(days=days)
        ImportBatch.objects.filter(pk=made.pk).update(state=state, created_at=sent, report={"a": "Eva"})
        return made

    return make


def kept_files(settings) -> list[str]:
    return sorted(file.name for file in settings.MEDIA_ROOT.rglob("*") if file.is_file())


def sweep(on_commit):
    with on_commit(execute=True):
        actions.sweep_uploads()


def test_uploading_and_confirming_ask_for_the_work(batch, manager):
    made = batch(State.CHECKED)

    assert actions.confirm_import(batch=made, by=manager)

    made = ImportBatch.objects.get()
    assert [(job.work, job.arguments, job.by) for job in (made.check_job, made.write_job)] == [
        ("clients.check_import", {"batch_id": made.pk}, manager),
        ("clients.write_import", {"batch_id": made.pk}, manager),
    ]
    assert not actions.confirm_import(batch=made, by=manager)
    assert Job.objects.count() == 2


@pytest.mark.parametrize("state", [State.UPLOADED, State.CHECKED])
def test_a_file_that_nobody_answers_for_two_weeks_is_discarded(
    batch, state, settings, django_capture_on_commit_callbacks
):
    batch(state, days=13)
    old = batch(state, days=15)

    sweep(django_capture_on_commit_callbacks)

    assert list(ImportBatch.objects.order_by("pk").values_list("state", "report")) == [
        (state, {"a": "Eva"}),
        ("discarded", {}),
    ]
    event = AuditEvent.objects.get(verb="import.discarded")
    assert (event.by, event.details) == (None, {"unanswered_for_days": 15})
    assert kept_files(settings) == [name_of(ImportBatch.objects.exclude(pk=old.pk).get())]


def name_of(batch) -> str:
    return batch.upload.name.rpartition("/")[2]


@pytest.mark.parametrize("state", [State.DONE, State.REFUSED, State.DISCARDED])
def test_the_file_of_a_finished_import_is_deleted_and_its_report_stays(
    batch, state, settings, django_capture_on_commit_callbacks
):
    batch(state)

    sweep(django_capture_on_commit_callbacks)

    kept = ImportBatch.objects.get()
    assert (kept.state, kept.upload.name, kept.report) == (state, "", {"a": "Eva"})
    assert kept_files(settings) == []


def test_a_file_being_written_stays(batch, settings, django_capture_on_commit_callbacks):
    batch(State.CONFIRMED, days=20)

    sweep(django_capture_on_commit_callbacks)

    assert ImportBatch.objects.get().state == State.CONFIRMED
    assert len(kept_files(settings)) == 1


def test_a_file_of_no_import_is_deleted_when_it_is_a_day_old(batch, settings):
    batch(State.CHECKED)
    for name, days in (("new.zip", 0), ("old.zip", 2)):
        file = settings.MEDIA_ROOT / "imports" / name
        file.write_bytes(b"x")
        then = timezone.now().timestamp() - days * 86400
        os.utime(file, (then, then))

    actions.sweep_uploads()

    assert kept_files(settings) == ["new.zip", name_of(ImportBatch.objects.get())]


def test_nothing_uploaded_ever_is_nothing_to_sweep(db):
    actions.sweep_uploads()


def test_the_embedded_worker_does_what_the_schedule_asks_for_each_at_its_pace(monkeypatch, settings):
    done, clock = [], [100.0]

    def failing():
        done.append("failing")
        raise OSError

    tasks = {"often": lambda: done.append("often"), "failing": failing}
    monkeypatch.setattr(embedded, "app", type("App", (), {"tasks": tasks}))
    monkeypatch.setattr(embedded.connections, "close_all", lambda: None)
    monkeypatch.setattr(embedded.time, "monotonic", lambda: clock[0])
    settings.CELERY_BEAT_SCHEDULE = {
        "a": {"task": "failing", "schedule": 3600.0},
        "b": {"task": "often", "schedule": 30.0},
    }
    due = {}
    for seconds in (0, 30, 3600):
        clock[0] = 100.0 + seconds
        embedded.tick(due)

    assert done == ["failing", "often", "often", "failing", "often"]


def test_the_schedule_sweeps_uploads(settings):
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {task for task in scheduled if "uploads" in task} == {"clients.tasks.sweep_uploads"}
