"""What holds for the whole institution: its name, logo, currency, languages, mails and days off."""

import datetime as dt

from django.db import transaction

from spm.models import AuditEvent, Holiday, Institution, Logo
from spm.pictures import Picture


@transaction.atomic
def describe_institution(*, name: str, currency: str, by) -> Institution:
    """Name the institution and its one currency (ISO 4217). ValidationError for what is no such code."""
    institution = _stored()
    institution.take(institution.version)
    institution.name, institution.currency = name, currency
    institution.full_clean()
    institution.save()
    AuditEvent.record("institution.described", institution, by=by, name=name, currency=currency)
    return institution


@transaction.atomic
def change_institution(*, by, version: int, **values) -> Institution:
    """Set fields of the institution to new values. Stale where another change came after ``version``;
    ValidationError for a value that cannot be.
    """
    institution = _stored()
    institution.take(version)
    before = {name: getattr(institution, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    for name, value in changed.items():
        setattr(institution, name, value)
    institution.full_clean()
    institution.save()
    was = {name: before[name] for name in changed}
    AuditEvent.record("institution.changed", institution, by=by, before=was, after=changed)
    return institution


@transaction.atomic
def set_logo(*, picture: Picture | None, by, version: int) -> Logo:
    """Show this picture beside the institution's name, or None: no picture any more. Stale as above."""
    _stored()
    Logo.objects.bulk_create([Logo(pk=1)], ignore_conflicts=True)
    logo = Logo.objects.get(pk=1)
    logo.take(version)
    logo.show(picture)
    logo.save()
    AuditEvent.record("logo.set" if picture else "logo.removed", logo, by=by)
    return logo


@transaction.atomic
def add_holiday(*, day: dt.date, name: str, every_year: bool, by) -> Holiday:
    """A day off, once or each year. ValidationError where the day is one already."""
    holiday = Holiday(day=day, name=name, every_year=every_year)
    holiday.full_clean()
    holiday.save()
    AuditEvent.record("holiday.added", holiday, by=by, **_told(holiday))
    return holiday


@transaction.atomic
def change_holiday(*, holiday: Holiday, day: dt.date, name: str, every_year: bool, by, version: int) -> None:
    """Stale where another change came after ``version``; ValidationError as for adding one."""
    holiday.take(version)
    before = _told(holiday)
    holiday.day, holiday.name, holiday.every_year = day, name, every_year
    holiday.full_clean()
    holiday.save()
    AuditEvent.record("holiday.changed", holiday, by=by, **_told(holiday), before=before)


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by) -> None:
    told, label = _told(holiday), AuditEvent.label(holiday)
    holiday.delete()
    AuditEvent.record("holiday.removed", label, by=by, **told)


def _stored() -> Institution:
    """The institution's row, made where there is none."""
    Institution.objects.bulk_create([Institution(pk=1)], ignore_conflicts=True)
    return Institution.objects.get(pk=1)


def _told(holiday: Holiday) -> dict:
    return {"name": holiday.name, "day": holiday.day.isoformat(), "every_year": holiday.every_year}
