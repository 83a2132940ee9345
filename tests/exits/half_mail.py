"""A report by mail in a process that a test kills: ``python -m tests.exits.half_mail STEP FOLDER``.

``send`` sets the report up for two people and sends it; with ``--hold`` it stops after the mail server has
answered to the second mail, before that is committed, and a file named ``held`` in FOLDER says so. ``resume``
does what comes next by itself, and prints as JSON what the records hold before and after.
"""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from clients.models import Office  # noqa: E402
from exits import actions  # noqa: E402
from exits.actions import schedules  # noqa: E402
from spm import jobs  # noqa: E402
from spm.jobs import bell  # noqa: E402
from spm.models import AuditEvent, Job  # noqa: E402
from tests.conftest import member  # noqa: E402
from tests.exits import pages  # noqa: E402
from tests.factories import (  # noqa: E402
    ClientFactory,
    OfficeFactory,
    ReportScheduleFactory,
)

bell.ring = lambda pk: None
DUE = pages.AS_OF + 5 * pages.DAY


def send(folder: Path, *, hold: bool) -> None:
    head = Office.head()
    near = ClientFactory(office=OfficeFactory(parent=head))
    pages.repaid(near, pages.AS_OF - 300 * pages.DAY, pages.AS_OF - 200 * pages.DAY)
    pages.built()
    people = [member(name, "manager", head) for name in ("first", "second")]
    for person in people:
        person.email = f"{person.username}@example.org"
        person.save()
    ReportScheduleFactory(due_on=DUE, form="json", recipients=people, by=people[0])
    actions.queue_due_reports(DUE)
    if hold:
        schedules.mail.send = holding(schedules.mail.send, folder)
    jobs.run(Job.objects.get(work=schedules.WORK).pk)


def holding(plain, folder: Path):
    def sent(name, *, to, **more):
        plain(name, to=to, **more)
        if to.startswith("second"):
            (folder / "held").touch()
            time.sleep(600)

    return sent


def resume() -> None:
    jobs.sweep()
    look()
    jobs.run(Job.objects.get(work=schedules.WORK).pk)
    look()


def look() -> None:
    lines = AuditEvent.objects.filter(verb="report.sent").count()
    sys.stdout.write(json.dumps([Job.objects.get(work=schedules.WORK).state, lines]) + "\n")


if __name__ == "__main__":
    step, folder, *more = sys.argv[1:]
    if step == "send":
        send(Path(folder), hold="--hold" in more)
    else:
        resume()
