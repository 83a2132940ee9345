"""The institution is never left without somebody who may give every role: a head-office administrator."""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Membership, Office


@contextmanager
def a_chief_stays():
    """Around a change: ValidationError if it leaves nobody who may give every role, and has no last day.

    Two administrators who send each other away at the same moment do so one after the other.
    """
    list(Office.objects.select_for_update().filter(parent=None).values_list("pk"))
    chiefs = Membership.objects.chief(timezone.localdate())
    was_there = chiefs.exists()
    yield
    if was_there and not chiefs.all().exists():
        raise ValidationError(
            _(
                "Nobody could give roles after that. An administrator at the head office, without a last day,"
                " must stay."
            )
        )
