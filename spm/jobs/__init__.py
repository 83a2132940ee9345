"""Work longer than a page may take. The job table is the truth; Celery only rings (``spm.jobs.bell``).

An app registers work in its ``tasks.py`` and a screen asks for it::

    @jobs.work("clients.write_import", title=_("Import of a portfolio"))
    def write_import(progress, *, batch_id):
        actions.write_import(batch_id=batch_id, by=progress.by, progress=progress)
        return {"url": "/clients/imports/3/", "link": gettext_noop("See the report")}

    job = jobs.enqueue("clients.write_import", by=request.user, batch_id=3)   # row now, bell on commit
    job = jobs.run_now("exits.rebuild_spells", by=None)                       # commands: in this process

A work may run more than once: its process may be killed, or what it needs may fail. So it makes each change
in ``with progress.effect("key") as is_first:`` and only ``if is_first``; see ``docs/recipes.md``.

The words of a step and of a link are kept as they stand in the code (``gettext_noop``), those of a refusal
too (``spm.refusals``), and the page says them in its reader's language.
"""

from spm.jobs.progress import Cancelled, Progress, Quiet, TakenAway, live
from spm.jobs.runs import answer, cancel, enqueue, follow_up, note, run, run_now, start_all
from spm.jobs.sweeping import sweep
from spm.jobs.tries import try_again
from spm.jobs.works import Work, find, work

__all__ = [
    "Cancelled",
    "Progress",
    "Quiet",
    "TakenAway",
    "Work",
    "answer",
    "cancel",
    "enqueue",
    "find",
    "follow_up",
    "live",
    "note",
    "run",
    "run_now",
    "start_all",
    "sweep",
    "try_again",
    "work",
]
