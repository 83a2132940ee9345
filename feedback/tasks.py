from celery import shared_task

from feedback import actions


@shared_task
def escalate_overdue() -> None:
    actions.escalate_overdue()
