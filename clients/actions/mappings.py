"""How the files of other systems are read: saved mappings, and the uploads that wait for one."""

from django.db import transaction

from clients.actions.import_portfolio import still
from clients.methods.mapping import without_labels
from clients.models import ImportBatch, ImportProfile
from spm import jobs
from spm.models import AuditEvent

State = ImportBatch.State


@transaction.atomic
def save_profile(*, name: str, mapping: dict, by) -> ImportProfile:
    """Keep a mapping under a name: as a new version where the name's latest one says something else."""
    latest = ImportProfile.objects.select_for_update().filter(name=name).order_by("-version").first()
    if latest and without_labels(latest.mapping) == without_labels(mapping):
        return latest
    version = latest.version + 1 if latest else 1
    profile = ImportProfile.objects.create(name=name, version=version, mapping=mapping, by=by)
    AuditEvent.record("profile.saved", profile, by=by, name=name, version=version)
    return profile


@transaction.atomic
def map_import(*, batch: ImportBatch, profile: ImportProfile, by) -> bool:
    """Read a waiting upload by this profile, and ask for its check; False if it waits no more."""
    if not still(batch, State.UNMAPPED):
        return False
    batch.mapping, batch.state = profile, State.UPLOADED
    batch.check_job = jobs.enqueue("clients.check_import", by=by, batch_id=batch.pk)
    batch.save(update_fields=["mapping", "state", "check_job"])
    AuditEvent.record("import.mapped", batch, by=by, name=profile.name, version=profile.version)
    return True
