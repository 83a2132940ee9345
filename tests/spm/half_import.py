"""An import in a process that a test kills: ``python -m tests.spm.half_import STEP ROAD FOLDER``.

``write`` takes the portfolio in FOLDER/inbox in by this road (``web``, ``watched``, ``command``) and stops
half-way within the transaction; a file named ``half`` says so. ``resume`` does what comes next: by itself or,
for the command, by whoever types it again. It prints as JSON what the records and the page hold before
and after.
"""

import json
import sys
import time
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

django.setup()

from django.core.files import File  # noqa: E402
from django.test import Client as Browser  # noqa: E402

from clients.actions import confirm_import, upload_import  # noqa: E402
from clients.actions.watch import watch_folder  # noqa: E402
from clients.models import (  # noqa: E402
    Client,
    ImportBatch,
    Loan,
    Office,
)
from spm import jobs  # noqa: E402
from spm.jobs import bell  # noqa: E402
from spm.jobs.progress import Quiet  # noqa: E402
from spm.models import AuditEvent, Job, User  # noqa: E402
from tests.conftest import member  # noqa: E402

bell.ring = lambda pk: None
# The works that write an import, of which each road has one or none.
WRITING = ("clients.write_import", "clients.import_watched")
WORDS = (
    "It starts again from the beginning by itself.",
    "The server stopped while this ran.",
    "try 2 starts by itself soon",
    "The file is in",
)


def by_web(file: Path) -> None:
    manager = member("reader", "manager", Office.head())
    with file.open("rb") as opened:
        batch = upload_import(
            file=File(opened, file.name),
            source=file.name,
            profile="generic",
            decimal=".",
            strict=False,
            by=manager,
        )
    jobs.run(batch.check_job_id)
    batch.refresh_from_db()
    confirm_import(batch=batch, by=manager)
    jobs.run(batch.write_job_id)


def by_watched_folder(file: Path) -> None:
    member("reader", "admin", Office.head())
    (job,) = watch_folder()
    jobs.run(job.pk)


def by_command(file: Path) -> None:
    call_command("import_portfolio", str(file))


ROADS = {"web": by_web, "watched": by_watched_folder, "command": by_command}


def write(road: str, folder: Path) -> None:
    for progress in (jobs.Progress, Quiet):
        progress.step = stopping_half_way(progress.step, folder)
    ROADS[road](folder / "inbox" / "portfolio.zip")


def stopping_half_way(plain, folder: Path):
    def step(progress, done, total, message=""):
        plain(progress, done, total, message)
        if connection.in_atomic_block and done >= total / 2:
            (folder / "half").write_text(str(Client.objects.count()))
            time.sleep(600)

    return step


def resume(road: str, folder: Path) -> None:
    jobs.sweep()
    look()
    if road == "command":
        by_command(folder / "inbox" / "portfolio.zip")
    else:
        jobs.run(Job.objects.get(work__in=WRITING).pk)
    look()


def look() -> None:
    states = list(ImportBatch.objects.values_list("state", flat=True))
    records = [model.objects.count() for model in (Client, Loan)]
    written = AuditEvent.objects.filter(verb="import.written").count()
    follow_ups = Job.objects.filter(work="exits.rebuild_spells").count()
    sys.stdout.write(json.dumps([states, *records, written, follow_ups, told()]) + "\n")


def told() -> list[str]:
    """The words of interest on the page that says how far the import is: its own, or else its job's."""
    pages = [*ImportBatch.objects.all(), *Job.objects.filter(work__in=WRITING)]
    reader = User.objects.filter(username="reader").first()
    if not (pages and reader):
        return []
    browser = Browser(SERVER_NAME="localhost")
    browser.force_login(reader)
    page = browser.get(pages[0].get_absolute_url()).text
    return [words for words in WORDS if words in page]


if __name__ == "__main__":
    step, road, folder = sys.argv[1:]
    {"write": write, "resume": resume}[step](road, Path(folder))
