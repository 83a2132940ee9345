"""The limits for complaints that come in from a day on."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.methods.limits import Limits
from feedback.models import HandlingLevel, HandlingRules
from spm.models import AuditEvent


@transaction.atomic
def define_limits(*, starts_on: dt.date, limits: Limits, template: str = "", by) -> HandlingRules:
    """Add a version. Complaints keep the limits that they came in under. ValidationError for a day that is
    over, and for levels that are not each later than the one before.
    """
    if starts_on < timezone.localdate():
        raise ValidationError({"starts_on": _("Limits begin today or later.")})
    if not limits.is_in_order():
        raise ValidationError(_("Each level must have more working days than the one before."))
    rules = HandlingRules(starts_on=starts_on, template=template, interim_days=limits.interim_days, by=by)
    rules.full_clean()
    rules.save()
    for number, level in enumerate(limits.levels, start=1):
        row = HandlingLevel(
            rules=rules, number=number, role=level.role, days=level.days, urgent_days=level.urgent_days
        )
        row.full_clean()
        row.save()
    AuditEvent.record("limits.defined", rules, by=by, starts_on=starts_on.isoformat(), template=template)
    return rules
