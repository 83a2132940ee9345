"""Exports that core banking puts into a folder come in by themselves, each once."""

import json
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.utils import timezone, translation

from clients.actions.import_portfolio import take_in
from clients.methods import watched
from clients.models import ImportBatch, Membership
from clients.queries.imports import in_one_sentence, report_in_words
from clients.queries.mappings import profile_named
from spm import jobs, mail
from spm.access import Role
from spm.models import Job, User

WORK = "clients.import_watched"


def watch_folder() -> list[Job]:
    """Ask for the import of every whole export in the folder; nothing where no folder is watched."""
    if not settings.IMPORT_WATCH_DIR:
        return []
    asked = Job.objects.filter(work=WORK, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    busy = {arguments["export"] for arguments in asked.values_list("arguments", flat=True)}
    exports = watched.whole_exports(Path(settings.IMPORT_WATCH_DIR))
    return [jobs.enqueue(WORK, by=None, export=path.name) for path in exports if path.name not in busy]


def import_watched(*, export: str, progress) -> ImportBatch | None:
    """Take one export in and put it away with its report; None if it is gone or came in before.

    A run that dies leaves the file where it is: what it wrote by then is known by its content.
    """
    path = Path(settings.IMPORT_WATCH_DIR) / export
    if not path.exists():
        return None
    day, content = timezone.localdate().isoformat(), watched.fingerprint(path)
    known = ImportBatch.objects.filter(content=content).order_by("-pk").first()
    if known:
        put_away(path, known, day)
        return None
    batch = batch_for(export, content)

    def then():
        jobs.start_all(settings.AFTER_IMPORT, by=None)

    take_in(batch, path, by=None, progress=progress, then=then)
    put_away(path, batch, day)
    tell_managers(batch)
    return batch


def batch_for(name: str, content: str) -> ImportBatch:
    """How the setting says that the folder's files are read: a profile of ours, or saved columns."""
    profile, decimal = settings.IMPORT_WATCH_PROFILE, settings.IMPORT_WATCH_DECIMAL
    batch = ImportBatch(source=name[:255], content=content, decimal=decimal)
    if profile in {ImportBatch.Profile.GENERIC, ImportBatch.Profile.FINERACT}:
        batch.profile = profile
        return batch
    batch.profile, batch.mapping = ImportBatch.Profile.MAPPED, profile_named(profile)
    if batch.mapping is None:
        raise LookupError(f"IMPORT_WATCH_PROFILE: no columns are saved under the name {profile!r}.")
    return batch


def put_away(path: Path, batch: ImportBatch, day: str) -> None:
    taken = batch.state != ImportBatch.State.REFUSED
    target = watched.put_away(path, watched.TAKEN if taken else watched.REFUSED, day)
    text = json.dumps(report_in_words(batch.report), ensure_ascii=False, indent=1)
    target.with_name(target.name + ".report.json").write_text(text, encoding="utf-8")


def tell_managers(batch: ImportBatch) -> None:
    """A mail to each manager at the head office, in the language of each; the list of imports shows it in any
    case.
    """
    here = Membership.objects.in_force(timezone.localdate()).filter(
        role=Role.MANAGER, office__parent=None, user__is_active=True
    )
    managers = User.objects.filter(memberships__in=here).exclude(email="").order_by("-pk")
    for address, person in {person.email: person for person in managers}.items():
        with suppress(mail.NotSent), translation.override(mail.language_of(person)):
            mail.send("import_watched", to=address, batch=batch, sentence=in_one_sentence(batch))
