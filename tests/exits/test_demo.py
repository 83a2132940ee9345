"""What the demo knows of those who left: plausible, and asked as the house asks."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from exits.methods import agreement
from exits.models import Contact, ExitInterview, LeaverSample, RegisteredExit, SampledLeaver
from exits.queries import ExitFilter, build, reasons
from spm.models import User

Round = ExitInterview.Round
NOW = dt.datetime(2026, 11, 24, 15, tzinfo=dt.UTC)


@pytest.fixture
def autumn(monkeypatch):
    """The demo of one day, as chance goes by the day and the seed."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def said(user, **kept):
    """Interviews with those who left since the beginning of last year, and how far they speak for all."""
    build_, this_year = build(), timezone.localdate().year
    only = ExitFilter(dt.date(this_year - 1, 1, 1), build_.as_of.replace(day=1), **kept.pop("only", {}))
    of = reasons.LeaverFilter(only, **kept)
    return reasons.interviews(user, of, made=build_), reasons.response(user, of, made=build_)


@pytest.mark.django_db
def test_the_demo_tells_who_left_why_and_how_far_that_can_be_relied_on(first_lists, autumn):
    call_command("seed_demo", clients=1200, seed=7)
    manager, listed = User.objects.get(username="manager"), reasons.listed_reasons()
    rows, told = said(manager)
    named = {one.head: one.n for one in reasons.by_reason(rows, reasons.PRIMARY, listed)}
    assert 20 < told.interviews < told.exits
    assert named.get("other", 0) < 0.1 * told.interviews
    assert told.refusals > 0 < told.rate < 1
    assert reasons.competitors(rows)

    pairs = [pair for pair, n in reasons.as_staff_see_it(rows, listed).items() for _time in range(n)]
    assert 0.1 < agreement(*zip(*pairs, strict=True)).kappa < 0.9
    assert sum(reasons.as_told_again(rows, listed).values()) > 0

    of_young_women = {"only": {"office": "VN", "alone": True, "sex": "F"}, "young": reasons.UNDER}
    rows, told = said(manager, **of_young_women)
    assert told.interviews >= 3
    at_fault = {one.head for one in reasons.by_reason(rows, reasons.PRIMARY, listed)[:2]}
    assert at_fault & {"process", "staff"}

    assert not ExitInterview.objects.filter(own_officer=True).exists()
    assert not ExitInterview.objects.filter(at__gt=timezone.now()).exists()
    assert not RegisteredExit.objects.filter(at__gt=timezone.now()).exists()
    assert RegisteredExit.objects.count() > 20
    assert Contact.objects.exists()
    assert {"en", "es"} <= set(ExitInterview.objects.values_list("language", flat=True))


@pytest.mark.django_db
def test_its_sample_has_stand_ins_and_a_tenth_is_asked_again_by_somebody_else(first_lists, autumn):
    call_command("seed_demo", clients=400, seed=7)
    sample = LeaverSample.objects.get()
    year = timezone.localdate().year - 1
    assert (sample.left_from, sample.left_until) == (dt.date(year, 1, 1), dt.date(year, 12, 31))
    replaced = sample.members.filter(state=SampledLeaver.State.REPLACED)
    assert replaced.exists()
    assert not replaced.filter(interviews__isnull=False).exists()
    again = ExitInterview.objects.filter(round=Round.AGAIN)
    assert again.exists()
    for second in again:
        first = ExitInterview.objects.get(sampled=second.sampled, round=Round.FIRST)
        assert first.by != second.by
        assert first.at < second.at


@pytest.mark.django_db
def test_filling_again_adds_nothing(first_lists):
    def kept():
        return [model.objects.count() for model in (RegisteredExit, ExitInterview, LeaverSample, Contact)]

    call_command("seed_demo", clients=120, seed=3)
    first = kept()
    assert all(first)
    call_command("seed_demo", clients=120, seed=3)
    assert kept() == first
