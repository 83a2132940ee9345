"""People with an account: who they are, what they may do where, which officer of core banking they are."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clients.actions.chiefs import a_chief_stays
from clients.models import Officer
from clients.queries.people import may_manage
from spm import second_factor
from spm.accounts import reset_path
from spm.models import AuditEvent, User


@transaction.atomic
def add_user(*, username: str, password: str | None, by, full_name: str = "", email: str = "") -> User:
    """Make an account; it may do nothing until a role is granted. ValidationError for a weak password.

    Without a password nobody can sign in until the person has chosen one by a reset link.
    """
    first, _blank, last = full_name.partition(" ")
    user = User(username=username, first_name=first, last_name=last, email=email)
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    AuditEvent.record("user.added", user, by=by)
    return user


@transaction.atomic
def deactivate(*, user: User, by) -> None:
    """Shut the account and end its sessions: from the next request on it opens nothing.

    PermissionDenied where the account is not theirs to manage; ValidationError where no administrator
    would be left.
    """
    if by != user:
        _refuse_unless_managed(by, user)
    with a_chief_stays():
        user.is_active = False
        user.save(update_fields=["is_active"])
    user.end_sessions()
    AuditEvent.record("user.deactivated", user, by=by)


@transaction.atomic
def reactivate(*, user: User, by) -> None:
    """Open the account again, with the roles that are still in force. PermissionDenied as above."""
    _refuse_unless_managed(by, user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    AuditEvent.record("user.reactivated", user, by=by)


@transaction.atomic
def reset_second_factor(*, user: User, by) -> None:
    """Take the second step of signing in away from who lost the phone, and end the sessions."""
    _refuse_unless_managed(by, user)
    second_factor.forget(user)
    user.end_sessions()
    AuditEvent.record("second_factor.reset", user, by=by)


@transaction.atomic
def make_password_link(*, user: User, by) -> str:
    """The address, without the host, by which the person chooses a new password: to be mailed to them.

    PermissionDenied as above; ValidationError where the account is shut or has no e-mail address.
    """
    _refuse_unless_managed(by, user)
    if not (user.email and user.is_active):
        raise ValidationError(_("A link goes to an open account with an e-mail address only."))
    AuditEvent.record("password.link_made", user, by=by)
    return reset_path(user)


def _refuse_unless_managed(by, user: User) -> None:
    if by is not None and not may_manage(by, user):
        raise PermissionDenied


@transaction.atomic
def identify_officer(*, officer: Officer, by, name: str = "", user: User | None = None) -> Officer:
    """Say who an officer of core banking is: name, account. ValidationError where either has another."""
    if user and Officer.objects.exclude(pk=officer.pk).filter(user=user).exists():
        raise ValidationError(_("This account belongs to another officer."))
    if user and officer.user_id not in {None, user.pk}:
        raise ValidationError(_("This officer has another account."))
    officer.name = name or officer.name
    officer.user = user or officer.user
    # What an import has made of it is not the whole story any more.
    officer.changed_in = None
    officer.save(update_fields=["name", "user", "changed_in"])
    account = officer.user_id and str(officer.user_id)
    AuditEvent.record("officer.identified", officer, by=by, user=account)
    return officer
