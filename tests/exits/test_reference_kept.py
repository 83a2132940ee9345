"""Keeping the institution's own lists: no word that somebody was asked by is ever written over."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from exits.actions import change_exit, confirm_exit, record_interview
from exits.models import LeaverType, Reason
from exits.queries.reference import confirmations, named_by_clients, named_by_staff
from spm.models import AuditEvent
from spm.models.versioned import Stale
from spm.reference import counting, in_list_order, with_standing
from spm.reference_edits import add_entry, bring_back_entry, move_entry, reword_entry, withdraw_entry
from tests.factories import ClientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]

DAY = dt.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


def entry(code, kind=Reason):
    """The latest wording under this code."""
    return kind.objects.filter(code=code).order_by("-starts_on", "-pk").first()


def reword(row, words, day, by, **given):
    return reword_entry(entry=row, version=row.version, words={"en": words}, starts_on=day, by=by, **given)


def spans(code, kind=Reason):
    rows = kind.objects.filter(code=code).order_by("pk")
    return [(str(row), row.starts_on, row.ends_on) for row in rows]


def said_by_standing(day):
    rows = with_standing(Reason.objects.filter(code="delay"), day).order_by("pk")
    return {str(row): row.standing for row in rows}


# --- adding ------------------------------------------------------------------------------------------------


def test_an_added_reason_stands_last_under_its_head(manager, today):
    words = {"en": "Branch closed early", "qu": "Wisqasqa"}
    added = add_entry(kind=Reason, words=words, head="process", starts_on=today, by=manager)
    under = in_list_order(counting(Reason).filter(head="process"))
    assert [row.code for row in under] == [
        *("delay", "paperwork", "meetings", "distance"),
        "branch_closed_early",
    ]
    assert (added.words, added.starts_on, added.by) == (words, today, manager)


def test_a_code_is_of_the_first_words_and_never_given_twice(manager, today):
    said = [{"en": "Fire"}, {"en": "Fire!"}, {"am": "እሳት"}]
    rows = [add_entry(kind=Reason, words=words, starts_on=today, by=manager) for words in said]
    assert [row.code for row in rows] == ["fire", "fire_2", "entry"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (
            {"words": {"qu": "x", "es": "el dinero LLEGA tarde"}, "head": "process"},
            "The list says this already",
        ),
        ({"words": {"en": "Fire"}, "head": "delay"}, "This head is not in the list any more"),
        ({"words": {"en": "Fire"}, "days": -1}, "Choose today or a later day"),
    ],
)
def test_what_cannot_be_added_is_refused_in_words(manager, today, given, why):
    starts_on = today + given.pop("days", 0) * DAY
    with pytest.raises(ValidationError, match=why):
        add_entry(kind=Reason, starts_on=starts_on, by=manager, **given)
    assert Reason.objects.count() == 46


def test_the_same_words_may_stand_under_two_heads(manager, today):
    words = {"en": "Money comes too late"}
    add_entry(kind=Reason, words=words, head="product", starts_on=today, by=manager)
    assert counting(Reason).filter(words__en="Money comes too late").count() == 2


# --- other words -------------------------------------------------------------------------------------------


def test_other_words_follow_under_the_same_code_and_the_old_ones_stay(manager, today):
    old = entry("delay")
    new = reword(old, "Waits for the money", today, manager)
    assert spans("delay") == [
        ("Money comes too late", dt.date(2000, 1, 1), today),
        ("Waits for the money", today, None),
    ]
    assert (new.position, new.head) == (old.position, "process")
    assert Reason.objects.in_force(today).get(code="delay") == new


def test_words_of_today_are_not_written_over_either(manager, today):
    reword(entry("delay"), "Wiats", today, manager)
    reword(entry("delay"), "Waits", today, manager)
    assert spans("delay")[1:] == [("Wiats", today, today), ("Waits", today, None)]
    assert str(Reason.objects.in_force(today).get(code="delay")) == "Waits"


def test_words_that_have_yet_to_start_are_changed_themselves(manager, today):
    reword(entry("delay"), "Wiats", today + DAY, manager)
    reword(entry("delay"), "Waits", today + DAY, manager)
    assert spans("delay")[1:] == [("Waits", today + DAY, None)]
    assert str(Reason.objects.in_force(today).get(code="delay")) == "Money comes too late"


def test_what_is_usual_with_a_type_changes_with_its_words(manager, today):
    new = reword(entry("moved", LeaverType), "Moved", today, manager, initiative="client", tone="positive")
    assert (new.initiative, new.tone) == ("client", "positive")
    old = LeaverType.objects.exclude(pk=new.pk).get(code="moved")
    assert (old.initiative, old.tone) == ("external", "neutral")


def test_saving_the_same_words_writes_nothing(manager, today):
    row = entry("delay")
    reword_entry(entry=row, version=1, words=row.words, starts_on=today, by=manager)
    assert (len(spans("delay")), AuditEvent.objects.filter(verb="list.reworded").count()) == (1, 0)


def test_words_start_no_earlier_than_those_that_they_follow(manager, today):
    reword(entry("delay"), "Waits", today + 3 * DAY, manager)
    with pytest.raises(ValidationError, match="These words start on"):
        reword(entry("delay"), "Waits long", today, manager)


def test_whoever_is_second_overwrites_nothing(manager, today):
    mine, theirs = entry("delay"), entry("delay")
    reword(theirs, "Waits", today, manager)
    for do, given in (
        (reword_entry, {"words": {"en": "Mine"}, "starts_on": today}),
        (withdraw_entry, {"ends_on": today}),
    ):
        with pytest.raises(Stale):
            do(entry=mine, version=mine.version, by=manager, **given)
    assert [words for words, *_span in spans("delay")] == ["Money comes too late", "Waits"]


def test_an_entry_says_on_each_day_what_it_is(manager, today):
    reword(entry("delay"), "Waits", today, manager)
    reword(entry("delay"), "Waits long", today + DAY, manager)
    assert said_by_standing(today) == {
        "Money comes too late": "earlier",
        "Waits": "in_force",
        "Waits long": "planned",
    }
    assert said_by_standing(today + DAY) == {
        "Money comes too late": "earlier",
        "Waits": "earlier",
        "Waits long": "in_force",
    }


# --- withdrawing, bringing back, moving --------------------------------------------------------------------


def withdraw(code, day, by):
    row = entry(code)
    return withdraw_entry(entry=row, version=row.version, ends_on=day, by=by)


def bring_back(code, by):
    row = entry(code)
    return bring_back_entry(entry=row, version=row.version, by=by)


def test_what_is_withdrawn_is_offered_no_more_and_comes_back_as_it_was(manager, today):
    withdraw("delay", today, manager)
    assert not Reason.objects.in_force(today).filter(code="delay").exists()
    assert said_by_standing(today) == {"Money comes too late": "withdrawn"}
    back = bring_back("delay", manager)
    assert spans("delay") == [
        ("Money comes too late", dt.date(2000, 1, 1), today),
        ("Money comes too late", today, None),
    ]
    assert (back.words["es"], back.head, back.by) == ("El dinero llega tarde", "process", manager)


def test_what_was_to_be_withdrawn_later_simply_stays(manager, today):
    withdraw("delay", today + 9 * DAY, manager)
    bring_back("delay", manager)
    assert spans("delay") == [("Money comes too late", dt.date(2000, 1, 1), None)]


def test_a_head_goes_after_its_reasons_and_comes_back_before_them(manager, today):
    with pytest.raises(ValidationError, match="Withdraw what stands under it first"):
        withdraw("debt", today, manager)
    for code in ("too_much_debt", "other_lender", "debt"):
        withdraw(code, today, manager)
    with pytest.raises(ValidationError, match="Bring back the head first"):
        bring_back("other_lender", manager)
    bring_back("debt", manager)
    assert bring_back("other_lender", manager).head == "debt"


def test_what_is_withdrawn_is_neither_reworded_nor_withdrawn_again_and_what_is_not_stays(manager, today):
    with pytest.raises(ValidationError, match="not withdrawn"):
        bring_back("delay", manager)
    withdraw("delay", today, manager)
    with pytest.raises(ValidationError, match="bring it back first"):
        reword(entry("delay"), "Waits", today, manager)
    with pytest.raises(ValidationError, match="withdrawn already"):
        withdraw("delay", today, manager)


def test_an_entry_changes_places_with_its_neighbour_on_its_level(manager):
    for code, up in (("meetings", True), ("delay", True), ("distance", False), ("debt", True)):
        move_entry(entry=entry(code), up=up, by=manager)
    under = in_list_order(counting(Reason).filter(head="process"))
    heads = in_list_order(counting(Reason).filter(head=""))
    assert [row.code for row in under] == ["delay", "meetings", "paperwork", "distance"]
    assert [row.code for row in heads][4:8] == ["business", "debt", "household", "competition"]
    assert AuditEvent.objects.filter(verb="list.moved").count() == 2


def test_reasons_stand_beneath_their_heads_wherever_those_are_moved(manager):
    move_entry(entry=entry("process"), up=True, by=manager)
    codes = [row.code for row in in_list_order(Reason.objects.all())]
    assert codes[:7] == ["process", "delay", "paperwork", "meetings", "distance", "product", "loan_size"]


# --- what was recorded -------------------------------------------------------------------------------------


def test_what_was_recorded_keeps_its_words_and_is_counted_across_them(manager, officer, today):
    stay = {"start": dt.date(2025, 1, 1), "at": timezone.now(), "by": manager}
    first = record_interview(client=ClientFactory(), consent=True, primary=entry("delay"), **stay)
    new = reword(entry("delay"), "Waits", today, manager)
    both = {"primary": new, "first": new}
    second = record_interview(client=ClientFactory(), consent=True, **both, **stay)
    said = [str(row.reasons.get(part="primary").reason) for row in (first, second)]
    assert said == ["Money comes too late", "Waits"]
    assert named_by_clients(manager) == {"delay": 2, "process": 2}
    assert named_by_clients(officer) == {}


def test_confirmed_exits_are_counted_by_type_and_by_what_staff_name(manager, officer, today):
    stay = {"start": dt.date(2025, 1, 1), "at": timezone.now(), "by": manager}
    kind, delay, health = entry("moved", LeaverType), entry("delay"), entry("health")
    said = ({}, {"staff_first": delay}, {"staff_reason": delay, "staff_first": delay})
    for given in (*said, {"staff_reason": delay, "staff_first": health}):
        confirm_exit(client=ClientFactory(), leaver_type=kind, **given, **stay)
    assert confirmations(manager) == {"moved": 4}
    assert named_by_staff(manager) == {"delay": 3, "health": 1, "process": 3, "household": 1}
    assert (confirmations(officer), named_by_staff(officer), named_by_clients(officer)) == ({}, {}, {})


def test_an_exit_changed_later_keeps_the_type_as_it_was_worded(manager, today):
    stay = {"start": dt.date(2025, 1, 1), "at": timezone.now(), "by": manager}
    row = confirm_exit(client=ClientFactory(), leaver_type=entry("moved", LeaverType), **stay)
    reword(entry("moved", LeaverType), "Gone", today, manager, initiative="client", tone="positive")
    change_exit(confirmed=row, version=1, leaver_type=row.leaver_type, note="Called", by=manager)
    assert str(row.leaver_type) == "Moved away"
