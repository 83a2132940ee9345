from celery import shared_task
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clients import actions
from clients.actions import watch
from clients.models import ImportBatch
from spm import jobs
from spm.access import Can


@jobs.work("clients.check_import", title=_("Check of a portfolio"), needs=Can.PORTFOLIO_IMPORT)
def check_import(progress, *, batch_id: int) -> dict:
    batch = ImportBatch.objects.get(pk=batch_id)
    actions.check_import(batch=batch, by=progress.by, progress=progress)
    return {"url": batch.get_absolute_url(), "link": gettext_noop("See what would change")}


@jobs.work("clients.write_import", title=_("Import of a portfolio"), needs=Can.PORTFOLIO_IMPORT)
def write_import(progress, *, batch_id: int) -> dict:
    batch = ImportBatch.objects.get(pk=batch_id)
    result = {"url": batch.get_absolute_url(), "link": gettext_noop("See the report")}
    if batch.write_job_id != progress.job.pk:
        # the import was confirmed anew, and that job writes it
        return result

    def within_the_same_transaction():
        jobs.start_all(settings.AFTER_IMPORT, by=progress.by)
        progress.finish(result)

    actions.write_import(batch=batch, by=progress.by, progress=progress, then=within_the_same_transaction)
    return result


@jobs.work("clients.undo_import", title=_("Import taken back"), needs=Can.PORTFOLIO_IMPORT)
def undo_import(progress, *, batch_id: int) -> dict:
    batch = ImportBatch.objects.get(pk=batch_id)
    result = {"url": batch.get_absolute_url(), "link": gettext_noop("See the report")}

    def within_the_same_transaction():
        jobs.start_all(settings.AFTER_IMPORT, by=progress.by)
        progress.finish(result)

    actions.undo_import(batch=batch, by=progress.by, progress=progress, then=within_the_same_transaction)
    return result


@jobs.work("clients.import_watched", title=_("Import from the watched folder"), needs=Can.PORTFOLIO_IMPORT)
def import_watched(progress, *, export: str) -> dict:
    batch = watch.import_watched(export=export, progress=progress)
    return {"url": batch.get_absolute_url(), "link": gettext_noop("See the report")} if batch else {}


@shared_task
def watch_imports() -> None:
    watch.watch_folder()


@shared_task
def sweep_uploads() -> None:
    actions.sweep_uploads()
