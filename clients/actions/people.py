"""People with an account: who they are, what they may do where, which officer of core banking they are."""

import datetime as dt
import re

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Membership, Office, Officer
from spm.models import AuditEvent, Institution, User


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
def grant_role(
    *, user: User, role: str, office: Office, by, valid_from: dt.date, valid_to: dt.date | None = None
) -> Membership:
    """Let the user act in a role at an office, and so at all below it, from a day to a day."""
    membership = Membership(user=user, role=role, office=office, valid_from=valid_from, valid_to=valid_to)
    membership.full_clean()
    membership.save()
    until = valid_to.isoformat() if valid_to else None
    AuditEvent.record(
        "role.granted",
        membership,
        by=by,
        user=str(user.pk),
        role=str(role),
        office=office.code,
        valid_from=valid_from.isoformat(),
        valid_to=until,
    )
    return membership


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


@transaction.atomic
def describe_institution(*, name: str, currency: str, by) -> Institution:
    """Name the institution and its one currency (ISO 4217). ValidationError for what is no such code."""
    if not re.fullmatch("[A-Z]{3}", currency):
        raise ValidationError(_("A currency is three capital letters, such as USD or PEN."))
    institution = Institution.get()
    institution.name, institution.currency = name, currency
    institution.full_clean()
    institution.save()
    AuditEvent.record("institution.described", institution, by=by, name=name, currency=currency)
    return institution
