"""What Celery carries: a job's id, and the clock's tick."""

from celery import shared_task
from django.db import close_old_connections
from django.utils.translation import gettext_lazy as _

from spm import audit_check, jobs, observed, prepared
from spm.access import Can


@jobs.work(prepared.WORK, title=_("A long table as a file"), needs=Can.JOBS_VIEW)
def prepare_file(progress, *, prepared_id: str) -> dict:
    return prepared.prepare(progress, prepared_id=prepared_id)


@shared_task(acks_late=True)
def run_job(pk: str) -> None:
    close_old_connections()
    jobs.answer(pk)
    close_old_connections()


@shared_task
def sweep_jobs() -> None:
    jobs.sweep()


@shared_task
def verify_audit() -> None:
    """Once a day, though a worker inside the web process begins its clock anew with each start."""
    observed.bring_in()
    if audit_check.is_due():
        audit_check.check()


@shared_task
def sweep_prepared() -> None:
    prepared.sweep()
