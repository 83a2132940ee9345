"""The institution's own lists: types of leavers and reasons, as of a day."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from exits.models import LeaverType, Reason

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]

START, CHANGE = dt.date(2000, 1, 1), dt.date(2026, 5, 1)


def test_an_institution_starts_with_eleven_types_and_twelve_heads_in_both_languages():
    types, reasons = LeaverType.objects.in_force(START), Reason.objects.in_force(START)
    assert (types.count(), reasons.filter(head="").count(), reasons.exclude(head="").count()) == (11, 12, 34)
    assert {frozenset(row.words) for row in [*types, *reasons]} == {frozenset({"en", "es"})}


def test_every_reason_stands_under_a_head():
    heads = set(Reason.objects.filter(head="").values_list("code", flat=True))
    assert set(Reason.objects.exclude(head="").values_list("head", flat=True)) <= heads


def test_an_entry_counts_from_its_first_day_until_the_day_before_its_end():
    Reason.objects.filter(code="delay").update(ends_on=CHANGE)
    later = Reason.objects.create(code="delay", head="process", words={"en": "Waits"}, starts_on=CHANGE)
    on = {day: Reason.objects.in_force(day).get(code="delay") for day in (CHANGE - dt.timedelta(1), CHANGE)}
    assert [str(reason) for reason in on.values()] == ["Money comes too late", "Waits"]
    assert on[CHANGE] == later


def test_of_one_code_only_one_entry_is_in_force_without_an_end():
    with pytest.raises(IntegrityError), transaction.atomic():
        Reason.objects.create(code="delay", words={"en": "Waits"}, starts_on=CHANGE)


def test_an_entry_is_shown_in_the_language_of_the_page():
    with translation.override("es"):
        assert str(LeaverType.objects.get(code="moved")) == "Se mudó"


def test_nobody_without_a_role_reads_the_lists(manager, officer, nobody):
    seen = {user.username: Reason.objects.visible_to(user).exists() for user in (manager, officer, nobody)}
    assert seen == {"manager": True, "officer": True, "nobody": False}
