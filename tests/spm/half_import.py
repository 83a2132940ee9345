"""An import in a process of its own, for a test to kill: ``python -m tests.spm.half_import WORD FOLDER``.

``write`` sends, checks and confirms the portfolio in FOLDER, then writes it and stops within the transaction;
a file named ``half`` says so. ``resume`` does what the clock and a worker do next, and prints as JSON what
the records and the import's page hold before and after.
"""

import json
import sys
import time
from pathlib import Path

import django
from django.db import connection

django.setup()

from django.core.files import File  # noqa: E402
from django.test import Client as Browser  # noqa: E402

from clients.actions import confirm_import, upload_import  # noqa: E402
from clients.models import (  # noqa: E402
    Client,
    ImportBatch,
    Loan,
    Office,
)
from spm import jobs  # noqa: E402
from spm.jobs import bell  # noqa: E402
from spm.models import AuditEvent, Job, User  # noqa: E402
from tests.conftest import member  # noqa: E402

bell.ring = lambda pk: None


def write(folder: Path) -> None:
    manager = member("manager", "manager", Office.head())
    with (folder / "portfolio.zip").open("rb") as file:
        batch = upload_import(
            file=File(file, "portfolio.zip"),
            source="portfolio.zip",
            profile="generic",
            decimal=".",
            strict=False,
            by=manager,
        )
    jobs.run(batch.check_job_id)
    batch.refresh_from_db()
    confirm_import(batch=batch, by=manager)
    plain = jobs.Progress.step

    def stop_half_way(progress, done, total, message=""):
        plain(progress, done, total, message)
        if connection.in_atomic_block and done >= total / 2:
            (folder / "half").write_text(str(Client.objects.count()))
            time.sleep(600)

    jobs.Progress.step = stop_half_way
    jobs.run(batch.write_job_id)


def resume() -> None:
    jobs.sweep()
    look()
    jobs.run(ImportBatch.objects.get().write_job_id)
    look()


def look() -> None:
    batch, browser = ImportBatch.objects.get(), Browser(SERVER_NAME="localhost")
    browser.force_login(User.objects.get())
    page = browser.get(batch.get_absolute_url()).text
    told = ("It starts again from the beginning by itself.", "try 2 starts by itself soon", "The file is in")
    records = [model.objects.count() for model in (Client, Loan)]
    written = AuditEvent.objects.filter(verb="import.written").count()
    follow_ups = Job.objects.filter(work="exits.rebuild_spells").count()
    seen = [batch.state, *records, written, follow_ups, [words in page for words in told]]
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]))
    else:
        resume()
