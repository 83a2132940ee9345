"""People with an account: who they are, what they may do where, which officer of core banking they are."""

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Membership, Office, Officer
from spm.models import AuditEvent, Institution, User


@transaction.atomic
def add_user(*, username: str, password: str, by, full_name: str = "", email: str = "") -> User:
    """Make an account; it may do nothing until a role is granted. ValidationError for a weak password."""
    first, _blank, last = full_name.partition(" ")
    user = User(username=username, first_name=first, last_name=last, email=email)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    AuditEvent.record("user.added", user, by=by, username=username)
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
        user=user.pk,
        role=str(role),
        office=office.code,
        valid_from=valid_from.isoformat(),
        valid_to=until,
    )
    return membership


@transaction.atomic
def identify_officer(*, officer: Officer, by, name: str = "", user: User | None = None) -> Officer:
    """Say who an officer of core banking is: the name, the account. ValidationError for a taken account."""
    if user and Officer.objects.exclude(pk=officer.pk).filter(user=user).exists():
        raise ValidationError(_("This account belongs to another officer."))
    officer.name = name or officer.name
    officer.user = user or officer.user
    officer.save(update_fields=["name", "user"])
    AuditEvent.record("officer.identified", officer, by=by, user=officer.user_id)
    return officer


@transaction.atomic
def describe_institution(*, name: str, currency: str, by) -> Institution:
    """Name the institution and its one currency (ISO 4217)."""
    institution = Institution.get()
    institution.name, institution.currency = name, currency
    institution.full_clean()
    institution.save()
    AuditEvent.record("institution.described", institution, by=by, name=name, currency=currency)
    return institution
