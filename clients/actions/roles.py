"""Roles given, changed and ended. Nobody gives what is not theirs to give, nor anything to themselves."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.actions.chiefs import a_chief_stays
from clients.models import Membership, Office
from spm.access import may_grant
from spm.models import AuditEvent, User


@transaction.atomic
def grant_role(
    *, user: User, role: str, office: Office, by, valid_from: dt.date, valid_to: dt.date | None = None
) -> Membership:
    """Let the user act in a role at an office, and so at all below it, from a day to a day.

    ``by`` is None for a command. PermissionDenied where the role is not theirs to give, or it is for
    themselves; ValidationError for dates that cannot be.
    """
    _refuse_beyond_own(by, user, role, office)
    membership = Membership(user=user, role=role, office=office, valid_from=valid_from, valid_to=valid_to)
    membership.full_clean()
    membership.save()
    AuditEvent.record("role.granted", membership, by=by, **_in_plain_values(membership))
    return membership


@transaction.atomic
def change_role(
    *,
    membership: Membership,
    office: Office,
    by,
    valid_from: dt.date,
    valid_to: dt.date | None,
    version: int,
) -> Membership:
    """Move the role to another office, or give it other days; what it was before stays on record.

    The old one ends the day before ``valid_from``, or at once if that is today or past. PermissionDenied
    as for granting, at either office; ValidationError too where no administrator would be left; Stale where
    another change came after ``version``.
    """
    user, role = membership.user, membership.role
    _refuse_beyond_own(by, user, role, membership.office)
    _refuse_beyond_own(by, user, role, office)
    before = _in_plain_values(membership)
    changed = Membership(
        user=user, role=role, office=office, valid_from=valid_from, valid_to=valid_to, follows=membership
    )
    with a_chief_stays():
        membership.take(version)
        _refuse_if_over(membership)
        _close(membership, before=valid_from)
        changed.full_clean()
        changed.save()
    AuditEvent.record("role.changed", changed, by=by, **_in_plain_values(changed), before=before)
    return changed


@transaction.atomic
def end_role(*, membership: Membership, by) -> Membership:
    """End it at once; a role of one's own, too.

    PermissionDenied as for granting; ValidationError where no administrator would be left.
    """
    if by is not None and by != membership.user:
        _refuse_beyond_own(by, membership.user, membership.role, membership.office)
    with a_chief_stays():
        _refuse_if_over(membership)
        membership.ended_at = timezone.now()
        membership.save(update_fields=["ended_at"])
    AuditEvent.record("role.ended", membership, by=by, **_in_plain_values(membership))
    return membership


def _refuse_beyond_own(by, user: User, role: str, office: Office) -> None:
    if by is not None and (by == user or not may_grant(by, role, office)):
        raise PermissionDenied


def _refuse_if_over(membership: Membership) -> None:
    if not Membership.objects.open(timezone.localdate()).filter(pk=membership.pk).exists():
        raise ValidationError(_("This role has ended already."))


def _close(membership: Membership, *, before: dt.date) -> None:
    """The role as it was goes on until the day before, or ends now."""
    last = before - dt.timedelta(days=1)
    if before <= timezone.localdate() or last < membership.valid_from:
        membership.ended_at = timezone.now()
    elif membership.valid_to is None or membership.valid_to > last:
        membership.valid_to = last
    membership.save(update_fields=["ended_at", "valid_to"])


def _in_plain_values(membership: Membership) -> dict:
    return {
        "user": str(membership.user_id),
        "role": str(membership.role),
        "office": membership.office.code,
        "valid_from": membership.valid_from.isoformat(),
        "valid_to": membership.valid_to.isoformat() if membership.valid_to else None,
    }
