"""Two records of one person become one, and two again if it was a mistake."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clients.actions.changes import Changes, is_made_anew, links_to
from clients.actions.undo import obstacles_in_records, take_back
from clients.methods.names import search_name
from clients.models import BeforeImage, Client, ClientAlias, ClientMerge, Recorded
from spm import jobs
from spm.jobs.progress import Quiet
from spm.models import AuditEvent

# What the person who merges may take from either record.
CHOSEN = (
    *("name", "sex", "birth_date", "area", "office", "officer", "group", "joined_on", "phone"),
    *("status", "status_on"),
)


@transaction.atomic
def merge_clients(*, survivor: Client, other: Client, take: frozenset[str], by) -> ClientMerge:
    """Give the survivor all that the other has, and of the fields ``take`` the other's value.

    The other's number stays known: imports find the survivor by it. ValidationError for a client and itself.
    """
    if survivor.pk == other.pk or not take <= set(CHOSEN):
        raise ValidationError(_("Choose two clients."))
    changes = Changes()
    changes.about_to_change(Client.objects.filter(pk=survivor.pk))
    changes.about_to_remove(Client.objects.filter(pk=other.pk))
    move_rows(survivor, other, changes)
    for name in take:
        setattr(survivor, name, getattr(other, name))
    survivor.search_name = search_name(survivor.name)
    survivor.changed_in = changes.kept
    survivor.save()
    Client.objects.filter(pk=other.pk).delete()
    ClientAlias.objects.create(
        external_id=other.external_id, was=other.pk, client=survivor, changed_in=changes.kept
    )
    changes.created(ClientAlias, 1)
    numbers = {"survivor": survivor.external_id, "merged": other.external_id}
    merge = ClientMerge.objects.create(changes=changes.close(), by=by, **numbers)
    AuditEvent.record("client.merged", merge, by=by, **numbers)
    jobs.start_all(settings.AFTER_IMPORT, by=by)
    return merge


def move_rows(survivor: Client, other: Client, changes: Changes) -> None:
    """What belongs to the other goes over to the survivor, unless the survivor has the like already."""
    known = survivor.attendance.values("on")
    remove(other.attendance.filter(on__in=known), changes)
    first = survivor.postings.order_by("since").values_list("since", flat=True).first()
    # The survivor's own history holds from its first day on.
    if first:
        remove(other.postings.filter(since__gte=first), changes)
    for model, name in links_to(Client):
        rows = model._base_manager.filter(**{name: other}).order_by()
        if is_made_anew(model):
            rows.delete()
        elif issubclass(model, Recorded):
            changes.about_to_change(rows)
            rows.update(**{name: survivor}, changed_in=changes.kept)
        elif made_way(model, survivor, other) + rows.update(**{name: survivor}):
            changes.cannot_be_undone()


def made_way(model, survivor: Client, other: Client) -> int:
    """How many rows of the other are gone, of a model that keeps one of a kind for a client (`make_way`)."""
    return model.make_way(survivor, other) if hasattr(model, "make_way") else 0


def remove(rows, changes: Changes) -> None:
    changes.about_to_remove(rows)
    rows.delete()


@transaction.atomic
def undo_merge(*, merge: ClientMerge, by) -> bool:
    """Make the one two again; False if they are. ValidationError where something newer has changed them."""
    changes = type(merge.changes).objects.select_for_update().get(pk=merge.changes_id)
    if changes.undone_at:
        return False
    if changes.is_final:
        raise ValidationError(_("What stood before is not kept any more."))
    if BeforeImage.objects.filter(was=changes).exists():
        raise ValidationError(_("Something newer has changed these clients. Take that back first."))
    obstacles = obstacles_in_records(changes)
    if obstacles:
        raise ValidationError(obstacles)
    take_back(changes, Quiet())
    AuditEvent.record("client.unmerged", merge, by=by, survivor=merge.survivor, merged=merge.merged)
    jobs.start_all(settings.AFTER_IMPORT, by=by)
    return True
