"""Reads of invitations: the one that a link stands for, and those on the list."""

from django.utils import timezone

from clients.models import Invitation
from clients.models.invitations import hash_of
from spm.access import may_grant
from spm.models import User


def usable(token: str) -> Invitation | None:
    """The invitation of this token, if it can be accepted now and its sender could still send it."""
    waiting = Invitation.objects.waiting(timezone.now()).select_related("office", "by")
    found = waiting.filter(token_hash=hash_of(token)).first()
    return found if found and may_grant(found.by, found.role, found.office) else None


def account_for(invitation: Invitation) -> User | None:
    """The account that has the invited address, the open one first."""
    accounts = User.objects.filter(email__iexact=invitation.email)
    return accounts.order_by("-is_active", "pk").first()


def for_list(invitations):
    return invitations.select_related("office", "by")
