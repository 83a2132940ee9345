"""Invitations: offering a role to an e-mail address, once more or no more, and taking it up."""

import datetime as dt
import secrets

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.actions.people import add_user
from clients.actions.roles import grant_role
from clients.models import Invitation, Membership, Office
from clients.models.invitations import hash_of
from spm.access import may_grant
from spm.models import AuditEvent, User

GOOD_FOR = dt.timedelta(hours=72)


@transaction.atomic
def invite(
    *, email: str, role: str, office: Office, language: str, by, valid_to: dt.date | None = None
) -> tuple[Invitation, str]:
    """Offer the role; returns the invitation and the token for the link, which is kept nowhere.

    PermissionDenied where the role is not theirs to give; ValidationError for dates that cannot be, for
    one's own address, and where the same invitation waits already.
    """
    email = email.lower()
    _refuse_beyond_own(by, role, office)
    if email == by.email.lower():
        raise ValidationError(_("Nobody can invite themselves."))
    Membership(role=role, valid_from=timezone.localdate(), valid_to=valid_to).clean()
    now, token = timezone.now(), secrets.token_urlsafe(32)
    if Invitation.objects.waiting(now).filter(email=email, role=role, office=office).exists():
        raise ValidationError(_("This invitation waits already. Send it once more from the list."))
    invitation = Invitation(
        email=email, role=role, office=office, language=language, valid_to=valid_to, by=by,
        token_hash=hash_of(token), sent_at=now, expires_at=now + GOOD_FOR,
    )  # fmt: skip
    invitation.full_clean()
    invitation.save()
    AuditEvent.record("invitation.sent", invitation, by=by, **_in_plain_values(invitation))
    return invitation, token


@transaction.atomic
def resend(*, invitation: Invitation, by) -> str:
    """A new token for 72 hours more; the old one no longer works. ValidationError once it is answered."""
    _refuse_beyond_own(by, invitation.role, invitation.office)
    now, token = timezone.now(), secrets.token_urlsafe(32)
    invitation.by, invitation.token_hash = by, hash_of(token)
    invitation.sent_at, invitation.expires_at = now, now + GOOD_FOR
    _change_unanswered(invitation, by=by, token_hash=hash_of(token), sent_at=now, expires_at=now + GOOD_FOR)
    AuditEvent.record("invitation.resent", invitation, by=by, **_in_plain_values(invitation))
    return token


@transaction.atomic
def withdraw(*, invitation: Invitation, by) -> None:
    """Its link no longer works. ValidationError once it is answered."""
    _refuse_beyond_own(by, invitation.role, invitation.office)
    _change_unanswered(invitation, withdrawn_at=timezone.now())
    AuditEvent.record("invitation.withdrawn", invitation, by=by, **_in_plain_values(invitation))


@transaction.atomic
def join(*, invitation: Invitation, full_name: str, password: str) -> User:
    """Make the account of who was invited, with the role; mails to it speak the language of the invitation
    until another is chosen. ValidationError for a weak password.
    """
    user = add_user(
        username=invitation.email,
        email=invitation.email,
        full_name=full_name,
        password=password,
        by=invitation.by,
    )
    user.reads(invitation.language)
    _take_up(invitation, user)
    return user


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by) -> None:
    """Add the role to an account of the invited address; PermissionDenied for any other account."""
    if by.email.lower() != invitation.email:
        raise PermissionDenied
    _take_up(invitation, by)


def _take_up(invitation: Invitation, user: User) -> None:
    now = timezone.now()
    _change_unanswered(invitation, accepted_at=now, user=user)
    today = timezone.localdate(now)
    offered = {name: getattr(invitation, name) for name in ("role", "office", "valid_to")}
    if not user.memberships.in_force(today).filter(**offered).exists():
        grant_role(user=user, valid_from=today, by=invitation.by, **offered)
    AuditEvent.record("invitation.accepted", invitation, by=user, **_in_plain_values(invitation))


def _change_unanswered(invitation: Invitation, **values) -> None:
    """Whoever comes second finds it answered."""
    unanswered = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if not unanswered.update(**values):
        raise ValidationError(_("This invitation was accepted or withdrawn."))
    invitation.refresh_from_db()


def _refuse_beyond_own(by, role: str, office: Office) -> None:
    if not may_grant(by, role, office):
        raise PermissionDenied


def _in_plain_values(invitation: Invitation) -> dict:
    """Not the address: the trail names people by their accounts alone."""
    return {
        "role": str(invitation.role),
        "office": invitation.office.code,
        "valid_to": invitation.valid_to.isoformat() if invitation.valid_to else None,
    }
