"""The doorbell: a Celery message that says which job waits. A lost one only costs time: ``sweep`` rings."""

import logging

from django.conf import settings
from kombu.exceptions import OperationalError

from spm.celery import app
from spm.jobs import embedded

log = logging.getLogger(__name__)

TASK = "spm.tasks.run_job"


def listen() -> None:
    """With ``memory://``, start this process's worker if it is not there yet; it sweeps the table at once."""
    if settings.CELERY_BROKER_URL.startswith("memory"):
        embedded.start()


def ring(pk) -> None:
    """Tell a worker. With ``memory://`` it is a thread of this process, started when there is work."""
    listen()
    try:
        app.send_task(TASK, [str(pk)], retry=False)
    except OperationalError:
        log.warning("The broker does not answer; job %s waits for the next sweep.", pk, exc_info=True)
