"""A job's changes are made once, and a job that breaks off is tried again, but not for ever."""

import datetime as dt
import itertools
import logging
import threading
import time

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from spm import jobs
from spm.jobs import sweeping, times, works
from spm.jobs.company import company
from spm.jobs.progress import Quiet
from spm.models import AuditEvent, Job, JobEffect

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(monkeypatch):
    """Registers a function as the work "tests.own" for one test."""

    def register(function):
        monkeypatch.setitem(works._register, "tests.own", works.Work("tests.own", "Own work", function))
        return "tests.own"

    return register


def write(progress):
    with progress.effect("written") as is_first:
        if is_first:
            AuditEvent.record("written", progress.job, by=progress.by)


def written() -> int:
    return AuditEvent.objects.filter(verb="written").count()


def take_away():
    """What the sweep and the next worker do to a run that they think dead."""
    Job.objects.update(attempt=99)


# Effects


def test_a_change_is_found_done_by_the_run_after_the_one_that_died_before_its_mark(manager, work):
    def die_after(progress):
        write(progress)
        raise KeyboardInterrupt

    job = jobs.enqueue(work(die_after), by=manager)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(job.pk)
    Job.objects.update(state="queued")
    work(write)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, written()) == ("done", 2, 1)
    assert list(job.effects.values_list("key", "attempt")) == [("written", 1)]


def test_a_change_that_was_rolled_back_is_made_by_the_next_run(manager, work):
    def die_within(progress):
        with progress.effect("written"):
            AuditEvent.record("written", progress.job, by=progress.by)
            raise KeyboardInterrupt

    job = jobs.enqueue(work(die_within), by=manager)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(job.pk)
    assert (written(), JobEffect.objects.count()) == (0, 0)
    Job.objects.update(state="queued")
    work(write)
    jobs.run(job.pk)
    assert written() == 1


def test_two_changes_of_one_job_have_each_its_key_and_two_jobs_each_their_own(manager, work, run_jobs):
    def two(progress):
        for key in ("one", "other"):
            with progress.effect(key) as is_first:
                assert is_first

    for _number in range(2):
        jobs.enqueue(work(two), by=manager)
    assert [job.state for job in run_jobs()] == ["done", "done"]
    assert JobEffect.objects.count() == 4


def test_a_run_that_lost_its_job_writes_no_change(manager, work, caplog):
    def slow(progress):
        with progress.effect("written"):
            AuditEvent.record("written", progress.job, by=progress.by)
            take_away()

    job = jobs.enqueue(work(slow), by=manager)
    jobs.run(job.pk)
    assert (written(), JobEffect.objects.count(), "taken by another run" in caplog.text) == (0, 0, True)


def test_a_job_asked_to_stop_within_its_change_makes_none(manager, work):
    def slow(progress):
        with progress.effect("written"):
            AuditEvent.record("written", progress.job, by=progress.by)
            Job.objects.update(cancel_asked=True)

    job = jobs.enqueue(work(slow), by=manager)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, written()) == ("cancelled", 0)


def test_a_change_and_the_jobs_end_can_be_one_transaction(manager, work):
    def end(progress):
        with progress.effect("written"):
            progress.finish({"kept": True})

    job = jobs.enqueue(work(end), by=manager)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"kept": True})


def test_a_change_within_another_transaction_is_refused(manager):
    job = Job.objects.create(work="tests.own", by=manager, state="running")
    with (
        jobs.Progress(job) as progress,
        transaction.atomic(),
        pytest.raises(RuntimeError, match="of its own"),
        progress.effect("written"),
    ):
        pass
    assert JobEffect.objects.count() == 0


def test_without_a_job_a_change_is_a_transaction_all_the_same():
    def refused():
        with Quiet().effect("written") as is_first:
            assert is_first
            AuditEvent.record("written", "screen", by=None)
            raise ValidationError("no")

    with pytest.raises(ValidationError):
        refused()
    assert written() == 0


# Tries


def fail(progress):
    raise ZeroDivisionError


def pause_is_over():
    Job.objects.update(due_at=timezone.now())


def test_what_breaks_off_is_tried_again_after_growing_pauses_and_set_aside_after_five(manager, work, caplog):
    job = jobs.enqueue(work(fail), by=manager)
    seen = []
    for _number in range(5):
        pause_is_over()
        jobs.run(job.pk)
        job.refresh_from_db()
        seen.append((job.state, job.failures, round((job.due_at - timezone.now()).total_seconds())))
    assert seen[:4] == [("queued", 1, 5), ("queued", 2, 10), ("queued", 3, 20), ("queued", 4, 40)]
    assert seen[4][:2] == ("parked", 5)
    assert job.error_words == (
        "Something went wrong on our side; the server's log says what. It was tried 5 times and is set aside."
        " The last try left nothing behind. Tell your administrator, then try again."
    )
    assert [(line.levelno, line.exc_info[0]) for line in caplog.records] == [
        (logging.ERROR, ZeroDivisionError)
    ] * 5


def test_a_bell_within_the_pause_starts_nothing(manager, work):
    job = jobs.enqueue(work(fail), by=manager)
    jobs.run(job.pk)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.attempt, job.failures) == (1, 1)


def test_the_sweep_rings_when_the_pause_is_over(manager, work, silent_bell):
    job = jobs.enqueue(work(fail), by=manager)
    jobs.run(job.pk)
    jobs.sweep()
    assert silent_bell == []
    pause_is_over()
    jobs.sweep()
    assert silent_bell == [job.pk]


def test_a_try_that_succeeds_ends_the_job(manager, work):
    job = jobs.enqueue(work(fail), by=manager)
    jobs.run(job.pk)
    work(write)
    pause_is_over()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, written()) == ("done", "", 1)


def test_a_refusal_is_not_tried_again(manager, work):
    def refuse(progress):
        raise ValidationError("The sheet loans is missing.")

    job = jobs.enqueue(work(refuse), by=manager)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.failures, job.error) == ("failed", 0, "The sheet loans is missing.")


def test_a_command_is_told_at_once_and_tries_nothing_again(work):
    job = jobs.run_now(work(fail), by=None)
    assert (job.state, job.error.startswith("Something went wrong")) == ("failed", True)


def test_a_lost_job_is_taken_up_within_a_minute_at_the_default_lease():
    # its lease has just begun, the sweep has just been, and so the bell of the sweep
    assert times.lease() + times.sweep() + times.patience() <= 60


def test_a_lease_outlives_two_lost_signs_of_life():
    assert times.lease() >= 3 * times.beat()


def test_a_bell_brings_first_the_jobs_that_lost_their_run(manager, work, monkeypatch):
    order = []
    name = work(lambda progress: order.append(progress.job.pk))
    monkeypatch.setattr(sweeping, "_last", None)
    rung, waiting, lost, paused = (jobs.enqueue(name, by=manager) for _number in range(4))
    # the worker itself finds it, as the clock's call waits behind the bells too
    Job.objects.filter(pk=lost.pk).update(state="running", attempt=1, runner="far:1:1")
    later = timezone.now() + dt.timedelta(minutes=1)
    Job.objects.filter(pk=paused.pk).update(failures=1, due_at=later)
    jobs.answer(rung.pk)
    assert order == [lost.pk, rung.pk]
    # this bell comes too late for its job
    jobs.answer(rung.pk)
    assert order == [lost.pk, rung.pk, waiting.pk]


# Trying again by hand


def set_aside(by, **fields) -> Job:
    fields = {"state": "parked", "attempt": 5, "failures": 5, "error": "Broken.", **fields}
    return Job.objects.create(work="tests.steps", by=by, finished_at=timezone.now(), **fields)


def retry(client, job):
    return client.post(reverse("job-retry", args=[job.pk]))


@pytest.mark.parametrize("state", ["parked", "failed"])
def test_a_job_that_came_to_nothing_is_shown_with_its_reason_and_a_button(client, manager, state):
    job = set_aside(manager, state=state)
    client.force_login(manager)
    button = f'action="{reverse("job-retry", args=[job.pk])}"'
    # both on the page and in the part of it that a running job's page asks for
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(job.get_absolute_url(), headers=headers).text
        assert ("Broken." in page, button in page) == (True, True)


@pytest.mark.parametrize("state", ["queued", "running", "done", "cancelled"])
def test_a_job_that_did_not_come_to_nothing_cannot_be_tried_again(client, manager, state, silent_bell):
    job = set_aside(manager, state=state)
    client.force_login(manager)
    assert reverse("job-retry", args=[job.pk]) not in client.get(job.get_absolute_url()).text
    assert retry(client, job).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.failures, silent_bell, AuditEvent.objects.count()) == (state, 5, [], 0)


def test_trying_again_gives_five_new_tries_under_a_new_run_and_is_audited(
    client, manager, admin, silent_bell, django_capture_on_commit_callbacks
):
    job = set_aside(manager)
    client.force_login(admin)
    with django_capture_on_commit_callbacks(execute=True):
        answer = retry(client, job)
    job.refresh_from_db()
    line = AuditEvent.objects.get()
    assert (answer.url, job.state, job.failures, job.attempt) == (job.get_absolute_url(), "queued", 0, 5)
    assert (job.by, silent_bell, job.finished_at) == (manager, [job.pk], None)
    assert (line.verb, line.target, line.by) == ("job.retried", f"spm.Job:{job.pk}", admin)


def test_somebody_elses_job_is_not_tried_again(client, manager, officer):
    job = set_aside(officer)
    client.force_login(manager)
    assert retry(client, job).status_code == 404
    job.refresh_from_db()
    assert job.state == "parked"


def test_the_page_says_that_the_job_starts_again_by_itself(client, manager):
    job = set_aside(manager, state="queued", failures=1, error="The server stopped while this ran.")
    client.force_login(manager)
    page = client.get(job.get_absolute_url()).text
    assert (
        "The server stopped while this ran. Nothing of that try was kept; try 2 starts by itself soon."
        in page
    )


@pytest.mark.parametrize(("failures", "is_said"), [(0, False), (1, True)])
def test_the_page_says_that_the_job_runs_anew_after_it_broke_off(client, manager, failures, is_said):
    job = set_aside(manager, state="running", failures=failures, error="")
    client.force_login(manager)
    page = client.get(job.get_absolute_url()).text
    assert ("This is try 2. Nothing was kept of the one that broke off." in page) == is_said


def test_what_a_job_did_last_is_not_said_of_one_that_is_done(client, manager):
    job = set_aside(manager, state="done", failures=0, error="", message="Reading loans")
    client.force_login(manager)
    assert "Reading loans" not in client.get(job.get_absolute_url()).text


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([], "Stopped as asked. Nothing was changed."),
        (["one"], "Stopped as asked. What was done before stays."),
    ],
)
def test_a_stopped_job_says_whether_it_changed_something(client, manager, keys, words):
    job = set_aside(manager, state="cancelled")
    for key in keys:
        JobEffect.objects.create(job=job, key=key, attempt=1)
    client.force_login(manager)
    assert words in client.get(job.get_absolute_url()).text


def test_the_time_of_another_try_is_kept_in_the_row(manager, work):
    job = jobs.enqueue(work(fail), by=manager)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.due_at > timezone.now() + dt.timedelta(seconds=3)


def test_a_job_that_broke_off_twice_waits_until_it_is_alone_in_its_process_and_others_wait_for_it():
    order, go = [], threading.Event()

    def join(name, failures, held=None):
        with company(failures):
            order.append(f"{name} in")
            if held:
                held.wait(10)
            order.append(f"{name} out")

    threads = [
        threading.Thread(target=join, args=args)
        for args in [("first", 0, go), ("suspect", 2), ("third", 0), ("other suspect", 3)]
    ]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    assert order == ["first in"]
    go.set()
    for thread in threads:
        thread.join(10)
    pairs = list(itertools.batched(order, 2))
    assert [enter.removesuffix(" in") for enter, _leave in pairs] == [
        leave.removesuffix(" out") for _enter, leave in pairs
    ]


def test_after_a_second_loss_a_job_waits_before_it_takes_another_process_along(manager, silent_bell):
    job = Job.objects.create(work="tests.steps", by=manager, state="running", attempt=1, runner="far:1:1")
    waits = []
    for _number in range(4):
        jobs.sweep()
        job.refresh_from_db()
        waits.append(max(0, round((job.due_at - timezone.now()).total_seconds())))
        Job.objects.update(state="running")
    assert (waits, silent_bell) == ([0, 5, 10, 20], [job.pk])
