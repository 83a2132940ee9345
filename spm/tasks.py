"""What Celery carries: a job's id, and the clock's tick."""

from celery import shared_task
from django.db import close_old_connections

from spm import audit_check, jobs, observed


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
