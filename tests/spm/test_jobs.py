"""The job table, worked off in this process."""

import datetime as dt
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, gettext_noop

from spm import jobs
from spm.jobs import bell, processes, progress, sweeping, times, works
from spm.models import AuditEvent, Job
from tests.spm import works as _registered  # noqa: F401

pytestmark = pytest.mark.django_db

# A process that cannot be: pids end below this.
GONE = f"{processes.this_process().split(':')[0]}:99999999:1"
FAR = "elsewhere:1:1"


@pytest.fixture
def work(monkeypatch):
    """Registers a function as the work "tests.own" for one test."""

    def register(function, title="Own work"):
        monkeypatch.setitem(works._register, "tests.own", works.Work("tests.own", title, function))
        return "tests.own"

    return register


def state(job):
    job.refresh_from_db()
    return job.state


def test_a_job_is_written_in_the_callers_transaction_and_rung_on_commit(
    manager, silent_bell, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        job = jobs.enqueue("tests.steps", by=manager, count=2)
        assert (job.state, job.arguments, silent_bell) == ("queued", {"count": 2}, [])
    assert silent_bell == [job.pk]


def test_a_rolled_back_request_leaves_no_job_and_no_bell(
    manager, silent_bell, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        jobs.enqueue("tests.steps", by=manager, count=1)
        transaction.set_rollback(True)
    assert (Job.objects.count(), silent_bell) == (0, [])


def test_unknown_work_is_refused_when_asked_for(manager):
    with pytest.raises(LookupError, match=r"tasks\.py"):
        jobs.enqueue("tests.unheard_of", by=manager)
    assert Job.objects.count() == 0


def test_a_name_is_registered_once():
    with pytest.raises(ValueError, match=r"tests\.steps"):
        jobs.work("tests.steps", title="Again")(lambda progress: None)


def test_a_job_runs_to_its_result(manager, run_jobs):
    jobs.enqueue("tests.steps", by=manager, count=3)
    [job] = run_jobs()
    assert (job.state, job.result, job.done, job.total, job.message) == (
        "done",
        {"count": 3},
        3,
        3,
        "all steps",
    )
    assert (job.attempt, job.title, bool(job.finished_at)) == (1, "Some steps", True)


def test_a_job_runs_once_however_often_it_is_rung(manager):
    job = jobs.enqueue("tests.write", by=manager, count=1)
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert AuditEvent.objects.filter(verb="written").count() == 1


def test_a_job_asked_for_by_a_job_is_done_too(manager, run_jobs, work):
    name = work(lambda progress: jobs.start_all(["tests.steps"], by=progress.by) and {})
    jobs.enqueue(name, by=manager)
    assert [(job.work, job.by) for job in run_jobs()] == [(name, manager), ("tests.steps", manager)]


def test_run_now_does_the_work_before_it_returns(silent_bell, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.run_now("tests.steps", by=None, count=1)
    assert (job.state, job.result, silent_bell) == ("done", {"count": 1}, [])


def test_a_refusal_is_told_in_its_own_words(manager, run_jobs, work):
    def refuse(progress):
        raise ValidationError("The sheet loans is missing.")

    jobs.enqueue(work(refuse), by=manager)
    [job] = run_jobs()
    assert (job.state, job.error) == ("failed", "The sheet loans is missing.")


def test_the_log_and_a_command_tell_a_refusal_in_the_language_of_who_asked(manager, run_jobs, work):
    def refuse(progress):
        raise ValidationError(gettext_lazy("January"))

    with translation.override("es"):
        jobs.enqueue(work(refuse), by=manager)
    [job] = run_jobs()
    assert job.error == "enero"


def test_a_refusal_is_read_in_the_language_of_the_reader(manager, run_jobs, work):
    share = gettext_lazy("%(done)s of %(total)s")

    def refuse(progress):
        raise ValidationError(
            [
                ValidationError(share, params={"done": 2, "total": "Yes"}),
                ValidationError(share, params={"done": gettext_lazy("March"), "total": 3}),
                gettext_lazy("January"),
                "Cien % en su idioma.",
            ]
        )

    with translation.override("es"):
        jobs.enqueue(work(refuse), by=manager)
    [job] = run_jobs()
    read = {}
    for language in ("en", "es"):
        with translation.override(language):
            read[language] = job.error_words
    assert read == {
        "en": "2 of Yes March of 3 January Cien % en su idioma.",
        "es": "2 de Yes marzo de 3 enero Cien % en su idioma.",
    }


def test_a_refusal_is_forgotten_when_the_job_is_tried_again(manager, run_jobs, work):
    def refuse(progress):
        raise ValidationError(gettext_lazy("January"))

    jobs.enqueue(work(refuse), by=manager)
    [job] = run_jobs()
    jobs.try_again(job, by=manager)
    job.refresh_from_db()
    assert (job.result, job.error_words) == ({}, "")


def test_steps_and_links_are_read_in_the_language_of_the_reader(manager, run_jobs, work):
    def january(progress):
        progress.step(1, 1, gettext_noop("January"))
        return {"url": "/", "link": gettext_noop("March")}

    with translation.override("es"):
        jobs.enqueue(work(january), by=manager)
    [job] = run_jobs()
    read = {}
    for language in ("en", "es"):
        with translation.override(language):
            read[language] = job.message_words, job.link_words
    assert read == {"en": ("January", "March"), "es": ("enero", "marzo")}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("failed", "El servidor se detuvo mientras esto corría."),
        ("parked", "El servidor se detuvo mientras esto corría. Se intentó 5 veces y quedó apartado."),
        ("done", ""),
    ],
)
def test_why_a_job_came_to_nothing_is_read_in_the_language_of_the_reader(state, words):
    error = "" if state == "done" else "The server stopped while this ran."
    job = Job(work="tests.write", state=state, failures=5, error=error)
    with translation.override("es"):
        assert job.error_words.startswith(words)
        assert bool(job.error_words) == bool(words)


def test_a_waiting_job_that_is_cancelled_never_runs(manager):
    job = jobs.enqueue("tests.write", by=manager, count=1)
    jobs.cancel(job, by=manager)
    jobs.run(job.pk)
    assert (state(job), AuditEvent.objects.filter(verb="written").count()) == ("cancelled", 0)


def test_a_running_job_stops_at_its_next_step_and_its_transaction_is_rolled_back(manager, work):
    def write(progress):
        with transaction.atomic():
            AuditEvent.record("written", progress.job, by=manager)
            jobs.cancel(progress.job, by=manager)
            progress.step(1, 2)

    job = jobs.enqueue(work(write), by=manager)
    jobs.run(job.pk)
    assert (state(job), AuditEvent.objects.filter(verb="written").count()) == ("cancelled", 0)


def test_a_cancellation_from_another_process_is_seen_in_the_row(manager, work, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE", 0)

    def step(progress):
        progress.step(1, 3)
        Job.objects.update(cancel_asked=True)
        progress.step(2, 3)

    job = jobs.enqueue(work(step), by=manager)
    jobs.run(job.pk)
    assert (state(job), job.done) == ("cancelled", 1)


def test_cancelling_a_finished_job_changes_nothing(manager, run_jobs):
    job = jobs.enqueue("tests.steps", by=manager, count=1)
    run_jobs()
    jobs.cancel(job, by=manager)
    assert (state(job), job.cancel_asked, AuditEvent.objects.count()) == ("done", False, 0)


def test_steps_close_together_are_written_seldom(manager, work, django_assert_max_num_queries):
    def step(progress):
        for number in range(10_000):
            progress.step(number, 10_000)

    job = jobs.enqueue(work(step), by=manager)
    with django_assert_max_num_queries(10):
        jobs.run(job.pk)


def test_inside_its_own_transaction_a_step_writes_nothing_through_it(manager, work):
    seen = []

    def step(progress):
        progress.step(1, 4)
        with transaction.atomic():
            progress.step(4, 4, "last")
            seen.append(Job.objects.get().done)
            seen.append(jobs.live(Job.objects.get()).message)
        progress.step(4, 4, "last")
        seen.append(Job.objects.get().done)

    jobs.enqueue(work(step), by=manager)
    jobs.run(Job.objects.get().pk)
    assert seen == [1, "last", 4]


def test_the_mark_made_in_the_works_transaction_goes_with_it(manager, work):
    def fail_late(progress):
        with transaction.atomic():
            progress.finish({"kept": True})
            raise ValidationError("Too late.")

    def finish(progress):
        with transaction.atomic():
            progress.finish({"kept": True})
            progress.step(1, 2)

    first = jobs.enqueue(work(fail_late), by=manager)
    jobs.run(first.pk)
    second = jobs.enqueue(work(finish), by=manager)
    jobs.run(second.pk)
    assert (state(first), "kept" in first.result, state(second), second.result) == (
        "failed",
        False,
        "done",
        {"kept": True},
    )


def test_a_run_thought_dead_changes_nothing_more(manager, work):
    def slow(progress):
        Job.objects.update(attempt=2)
        with transaction.atomic():
            AuditEvent.record("written", progress.job, by=manager)
            progress.finish()

    job = jobs.enqueue(work(slow), by=manager)
    jobs.run(job.pk)
    assert (state(job), AuditEvent.objects.count()) == ("running", 0)


def test_a_step_of_a_run_thought_dead_ends_it(manager, work, caplog):
    def slow(progress):
        Job.objects.update(attempt=2)
        progress.step(1, 2)

    job = jobs.enqueue(work(slow), by=manager)
    jobs.run(job.pk)
    assert (state(job), job.done, "taken by another run" in caplog.text) == ("running", 0, True)


@pytest.mark.parametrize(
    ("fields", "after", "rung"),
    [
        ({"runner": GONE}, "queued", True),
        ({"runner": GONE, "attempt": 9, "failures": 3}, "queued", False),
        ({"runner": GONE, "failures": 4}, "parked", False),
        ({"runner": GONE, "cancel_asked": True}, "cancelled", False),
        ({"runner": processes.this_process()}, "running", False),
        ({"runner": processes.this_process(), "age": 31}, "queued", True),
        ({"runner": FAR, "age": 29}, "running", False),
        ({"runner": FAR, "locked_until": None}, "queued", True),
        ({"runner": FAR, "age": 31}, "queued", True),
        ({"runner": FAR, "age": 31, "failures": 4}, "parked", False),
    ],
)
def test_the_sweep_takes_back_running_jobs_whose_run_is_gone(fields, after, rung, manager, silent_bell):
    alive = timezone.now() - dt.timedelta(seconds=fields.get("age", 0))
    lease = {"heartbeat": alive, "locked_until": alive + dt.timedelta(seconds=times.lease())}
    fields = {"attempt": 1, **lease, **{name: value for name, value in fields.items() if name != "age"}}
    job = Job.objects.create(work="tests.steps", by=manager, state="running", **fields)
    jobs.sweep()
    assert (state(job), silent_bell) == (after, [job.pk] if rung else [])
    assert bool(job.finished_at) == (after in {"parked", "cancelled"})
    assert bool(job.error) == (after in {"parked", "queued"})
    assert job.failures == fields.get("failures", 0) + (after in {"parked", "queued"})


def test_the_sweep_rings_for_jobs_that_wait_longer_than_ten_seconds(manager, silent_bell):
    old, _new = (jobs.enqueue("tests.steps", by=manager, count=1) for _number in range(2))
    Job.objects.filter(pk=old.pk).update(due_at=timezone.now() - dt.timedelta(seconds=11))
    jobs.sweep()
    assert (silent_bell, times.patience()) == ([old.pk], 10.0)


@pytest.mark.parametrize(
    ("left", "listening"),
    [("queued", True), ("running", True), ("done", False), ("failed", False), ("cancelled", False)],
)
def test_a_starting_server_wakes_its_worker_only_for_unfinished_work(left, listening, monkeypatch):
    woken = []
    monkeypatch.setattr(bell, "listen", lambda: woken.append(True))
    Job.objects.create(work="tests.steps", state=left)
    sweeping.look_after_start()
    assert woken == [True] * listening


def test_a_broker_that_does_not_answer_fails_no_request(settings, monkeypatch, caplog):
    def refuse(*args, **kwargs):
        raise bell.OperationalError

    monkeypatch.undo()
    monkeypatch.setattr(bell.app, "send_task", refuse)
    settings.CELERY_BROKER_URL = "redis://"
    bell.ring("x")
    assert ["waits for the next sweep" in line.message for line in caplog.records] == [True]


def test_this_process_is_alive_and_here_and_a_reused_pid_is_not_it():
    me = processes.this_process()
    host, pid, _started = me.split(":")
    assert (processes.is_here(me), processes.is_alive(me), processes.is_here(FAR)) == (True, True, False)
    assert (processes.is_alive(f"{host}:{pid}:1"), processes.is_alive(GONE)) == (False, False)


def test_a_zombie_is_not_alive():
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        runner = f"{processes.this_process().split(':')[0]}:{child.pid}:{processes._started(child.pid)}"
        assert processes.is_alive(runner) is False
