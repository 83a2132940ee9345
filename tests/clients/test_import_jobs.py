"""An import whose jobs break off, are set aside and are asked for anew."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from clients import actions
from clients.models import Client, ImportBatch
from spm import jobs
from spm.models import AuditEvent, Job
from tests.clients.portfolio_files import portfolio, write_xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def confirmed(settings, tmp_path, manager, run_jobs) -> ImportBatch:
    """A file that is checked and confirmed; its writing has not begun."""
    settings.MEDIA_ROOT, settings.AFTER_IMPORT = tmp_path / "uploads", []
    book = ContentFile(
        write_xlsx(tmp_path / "portfolio.xlsx", portfolio()).read_bytes(), name="portfolio.xlsx"
    )
    kept = {"source": "portfolio.xlsx", "profile": "generic", "decimal": ".", "strict": False, "by": manager}
    batch = actions.upload_import(file=book, **kept)
    run_jobs()
    batch.refresh_from_db()
    assert actions.confirm_import(batch=batch, by=manager)
    return batch


def end(job: Job, state: str) -> None:
    Job.objects.filter(pk=job.pk).update(state=state, failures=5, error="The server stopped while this ran.")


def test_a_writing_that_was_set_aside_says_that_nothing_is_in_and_what_can_be_done(
    client, manager, confirmed
):
    end(confirmed.write_job, "parked")
    client.force_login(manager)
    page = client.get(confirmed.get_absolute_url()).text
    said = (
        "Nothing of this file was written.",
        "It was tried 5 times and is set aside.",
        reverse("clients:import-confirm", args=[confirmed.pk]),
        reverse("clients:import-discard", args=[confirmed.pk]),
    )
    assert [words in page for words in said] == [True] * 4


def test_an_old_writing_tried_again_leaves_the_import_to_the_one_that_was_asked_for_after_it(
    manager, confirmed, run_jobs
):
    old = confirmed.write_job
    end(old, "parked")
    assert actions.confirm_import(batch=ImportBatch.objects.get(), by=manager)
    assert jobs.try_again(old, by=manager)
    jobs.run(old.pk)
    old.refresh_from_db()
    assert (old.state, Client.objects.count()) == ("done", 0)
    run_jobs()
    assert (ImportBatch.objects.get().state, Client.objects.count()) == ("done", 3)
    assert AuditEvent.objects.filter(verb="import.written").count() == 1


def test_a_check_tried_again_for_a_file_that_was_discarded_ends_quietly(
    manager, confirmed, django_capture_on_commit_callbacks
):
    end(confirmed.write_job, "parked")
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.discard_import(batch=ImportBatch.objects.get(), by=manager)
    end(confirmed.check_job, "parked")
    assert jobs.try_again(confirmed.check_job, by=manager)
    jobs.run(confirmed.check_job_id)
    assert (Job.objects.get(pk=confirmed.check_job_id).state, ImportBatch.objects.get().state) == (
        "done",
        "discarded",
    )
