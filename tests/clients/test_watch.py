"""Exports in a watched folder come in by themselves, whole and once."""

import json
import os
import time

import pytest
from django.core import mail

from clients.actions import watch
from clients.models import Client, ImportBatch
from clients.tasks import watch_imports
from spm.models import Job
from tests.clients.portfolio_files import client as client_row
from tests.clients.portfolio_files import portfolio, write_csv, write_xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings):
    folder = tmp_path / "inbox"
    folder.mkdir()
    settings.IMPORT_WATCH_DIR = str(folder)
    settings.AFTER_IMPORT = []
    return folder


def aged(path, seconds=300):
    """Nobody has written to it for so long."""
    then = time.time() - seconds
    for file in [path, *path.rglob("*")] if path.is_dir() else [path]:
        os.utime(file, (then, then))
    return path


def names(folder) -> list[str]:
    return sorted(path.relative_to(folder).as_posix().partition("_")[2] for path in folder.glob("*/*"))


def test_a_whole_export_comes_in_and_is_put_away_with_its_report(folder, run_jobs):
    aged(write_xlsx(folder / "night.xlsx", portfolio()))
    watch_imports()
    assert [job.state for job in run_jobs()] == ["done"]

    assert Client.objects.count() == 3
    assert names(folder) == ["night.xlsx", "night.xlsx.report.json"]
    (report,) = (folder / "done").glob("*.json")
    assert json.loads(report.read_text())["sheets"]["clients"]["created"] == 3


def test_a_folder_of_files_is_one_export(folder, run_jobs):
    aged(write_csv(folder / "night", portfolio()))
    watch_imports()
    run_jobs()
    assert Client.objects.count() == 3


def test_what_is_still_being_written_waits_unless_a_mark_says_that_it_is_whole(folder, run_jobs):
    write_xlsx(folder / "night.xlsx", portfolio())
    watch_imports()
    assert run_jobs() == []

    (folder / "night.xlsx.done").touch()
    watch_imports()
    run_jobs()
    assert Client.objects.count() == 3
    assert not (folder / "night.xlsx.done").exists()


def test_the_same_content_comes_in_once_whatever_it_is_called(folder, run_jobs):
    for name in ("one.xlsx", "two.xlsx"):
        path = folder / name
        if name == "one.xlsx":
            kept = write_xlsx(path, portfolio()).read_bytes()
        path.write_bytes(kept)
        aged(path)
        watch_imports()
        run_jobs()
    assert ImportBatch.objects.count() == 1
    assert names(folder) == ["one.xlsx", "one.xlsx.report.json", "two.xlsx", "two.xlsx.report.json"]


def test_a_run_that_died_after_writing_only_puts_the_file_away(folder, run_jobs, monkeypatch):
    aged(write_xlsx(folder / "night.xlsx", portfolio()))
    with monkeypatch.context() as patch:
        patch.setattr(watch, "put_away", lambda *_: 1 / 0)
        watch_imports()
        run_jobs()
    assert (Client.objects.count(), (folder / "night.xlsx").exists()) == (3, True)
    watch_imports()
    run_jobs()
    assert (ImportBatch.objects.count(), (folder / "night.xlsx").exists()) == (1, False)


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("", "Import of night.xlsx", "Nothing was written."),
        ("es", "Importación de night.xlsx", "No se guardó nada."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_managers_are_told_in_their_language(
    language, subject, words, folder, run_jobs, manager
):
    manager.reads(language)
    aged(write_xlsx(folder / "night.xlsx", {"clients": [client_row()]}))
    watch_imports()
    run_jobs()
    assert ImportBatch.objects.get().state == "refused"
    assert [path.parent.name for path in folder.glob("*/*.xlsx")] == ["refused"]
    (told,) = mail.outbox
    assert (told.to, told.subject) == ([manager.email], subject)
    assert words in told.body


def test_an_export_is_asked_for_once_while_its_job_waits(folder):
    aged(write_xlsx(folder / "night.xlsx", portfolio()))
    watch_imports()
    watch_imports()
    assert Job.objects.count() == 1


def test_without_the_setting_nothing_happens(folder, settings):
    aged(write_xlsx(folder / "night.xlsx", portfolio()))
    settings.IMPORT_WATCH_DIR = ""
    watch_imports()
    assert Job.objects.count() == 0
