"""All analyses made anew for every office."""

from django.utils.translation import gettext_noop

from exits.models import Analysis
from exits.queries.analyses import read_everybody
from spm.jobs.progress import Quiet
from spm.models import AuditEvent


def analyse_exits(*, by, progress=None) -> int:
    """Make every analysis of every office what the records say; how many there are.

    All are replaced at once or, when `progress` says stop, none.
    """
    progress = progress or Quiet()
    progress.step(0, 100, gettext_noop("Reading loans"))
    everybody = read_everybody()
    rows = list(_rows(everybody, progress)) if everybody else []
    with progress.effect("analyses made") as is_first:
        if is_first:
            Analysis.objects.all().delete()
            Analysis.objects.bulk_create(rows, batch_size=200)
            AuditEvent.record("exit.analysed", Analysis._meta.label, by=by, rows=len(rows))
    return len(rows)


def _rows(everybody, progress):
    definition = everybody.definition if everybody.definition.pk else None
    for number, (of, offices) in enumerate(everybody.offices.items()):
        progress.step(
            20 + 75 * number // len(everybody.offices), 100, gettext_noop("Looking at who left, and when")
        )
        for found in everybody.answers(of):
            for office in offices:
                yield Analysis(
                    office_id=office,
                    kind=found.kind,
                    by=found.by,
                    as_of=found.as_of,
                    known_until=found.known_until,
                    definition=definition,
                    read_at=found.read_at,
                    found=found.found,
                )
