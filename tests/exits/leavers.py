"""Somebody who left, and who is to ask why."""

import datetime as dt

from django.utils import timezone

from exits.actions import confirm_exit, record_interview
from exits.models import LeaverSample, LeaverType, Reason, SampledLeaver
from tests.exits.pages import built
from tests.factories import ClientFactory, LoanFactory

TODAY = timezone.localdate()
START = TODAY - dt.timedelta(days=400)


def left(office, officer=None, *, days=10, **given):
    """A client of the officer's of whom so many days ago it became known that they have left."""
    client = ClientFactory(office=office, officer=officer and officer.officer, **given)
    repaid_on = TODAY - dt.timedelta(days=days + 90)
    LoanFactory(client=client, status="repaid", disbursed_on=START, closed_on=repaid_on)
    return client


def counted():
    """The stays as of today."""
    built(TODAY)


def sample_of(office, by):
    return LeaverSample.objects.create(
        name="First quarter",
        office=office,
        left_from=TODAY,
        left_until=TODAY,
        margin=0.1,
        size=1,
        reserve=0,
        seed=1,
        data_as_of=TODAY,
        drawn_at=timezone.now(),
        by=by,
    )


def drawn(client, by, interviewer=None, **given):
    """The client drawn into a sample, to be asked by somebody."""
    sample = sample_of(client.office, by)
    said = {"sample": sample, "client": client, "start": START, "state": "drawn"}
    return SampledLeaver.objects.create(**said, interviewer=interviewer, **given)


def confirmed_and_asked(client, by):
    """The client's exit confirmed, and the interview about it."""
    listed = {"starts_on": START, "words": {"en": "x"}}
    kind = LeaverType.objects.create(code=f"t{client.pk}", initiative="mfi", tone="neutral", **listed)
    why = Reason.objects.create(code=f"r{client.pk}", **listed)
    stay = {"client": client, "start": START, "at": timezone.now(), "by": by}
    return confirm_exit(**stay, leaver_type=kind), record_interview(**stay, consent=True, primary=why)


def reason(code):
    return Reason.objects.filter(code=code).latest("starts_on")


def leaver_type(code):
    return LeaverType.objects.filter(code=code).latest("starts_on")
