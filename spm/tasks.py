"""What Celery carries: a job's id, and the clock's tick."""

from celery import shared_task
from django.db import close_old_connections

from spm import jobs


@shared_task(acks_late=True)
def run_job(pk: str) -> None:
    close_old_connections()
    jobs.run(pk)
    close_old_connections()


@shared_task
def sweep_jobs() -> None:
    jobs.sweep()
