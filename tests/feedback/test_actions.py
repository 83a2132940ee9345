"""What is done to complaints: each rule by an example."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from feedback import actions
from feedback.actions.intake import SIGNS, new_number
from feedback.methods.limits import TEMPLATES, Level, Limits
from feedback.models import Category, Complainant, Complaint, ComplaintStep, HandlingRules
from spm.access import Role
from spm.models import AuditEvent, WorkItem
from spm.models.versioned import Stale
from tests.conftest import member
from tests.factories import ClientFactory, HolidayFactory
from tests.feedback.steps import category, closed_one, go, receive, resolved_one, sorted_one

pytestmark = pytest.mark.django_db

# A Friday.
AT = dt.datetime(2026, 5, 1, 15, tzinfo=dt.UTC)


def test_a_number_is_of_signs_that_nobody_takes_for_another_in_three_groups_of_four():
    assert set(SIGNS) & set("O0I1L5S8B2ZAEU") == set()
    assert re.fullmatch(rf"[{SIGNS}]{{4}}(-[{SIGNS}]{{4}}){{2}}", new_number())
    assert len({new_number() for _time in range(500)}) == 500


def test_what_comes_in_has_its_clock_from_its_own_day_in_working_days(first_lists, office):
    HolidayFactory(day=dt.date(2026, 5, 4))
    complaint = receive(office=office, at=AT)
    assert (complaint.state, complaint.level, complaint.role) == ("received", 1, Role.MANAGER)
    assert complaint.clock_from == dt.date(2026, 5, 1)
    assert complaint.level_due_on == dt.date(2026, 5, 11)
    assert complaint.due_on == dt.date(2026, 5, 25)
    assert [step.kind for step in complaint.steps.all()] == ["received"]


def test_who_complains_stands_apart_and_what_the_own_officer_wrote_down_is_known(office, officer, manager):
    client = ClientFactory(office=office, officer=officer.officer)
    own, by_other = receive(client=client, by=officer), receive(client=client, by=manager)
    unnamed = receive(by=officer)
    assert [row.own_officer for row in (own, by_other, unnamed)] == [True, False, False]
    assert [row.anonymous for row in (own, by_other, unnamed)] == [False, False, True]
    assert set(Complainant.objects.values_list("complaint", flat=True)) == {own.pk, by_other.pk}


def test_the_trail_says_nothing_of_what_it_is_about():
    complaint = sorted_one()
    line = AuditEvent.objects.filter(verb="complaint.sorted").get()
    assert (line.target, line.details) == (
        f"feedback.Complaint:{complaint.pk}",
        {"state": "open", "level": 1},
    )


def test_what_is_not_said_of_severity_and_readers_is_what_the_category_says():
    theft = category("theft", severity=3, sensitivity=1)
    complaint = go(receive(at=AT), "sort_complaint", category=theft, by=None)
    assert (complaint.severity, complaint.sensitivity) == (3, 1)
    assert complaint.level_due_on == dt.date(2026, 5, 5)
    # Managers do not read it, so it is the desk's.
    assert complaint.role == Role.DESK


def test_nobody_lets_more_people_read_it_than_its_category():
    theft = category("theft", sensitivity=1)
    with pytest.raises(ValidationError, match="read by fewer people"):
        go(receive(), "sort_complaint", category=theft, sensitivity=0, by=None)
    assert go(receive(), "sort_complaint", category=theft, sensitivity=2, by=None).sensitivity == 2


def test_it_goes_neither_to_whom_it_names_nor_to_their_line(office, officer, branch_manager, desk, manager):
    complaint = receive(office=office)
    about = go(complaint, "sort_complaint", category=category(), about_officer=officer.officer, by=None)
    assert (about.about_user, about.about_path, about.role) == (officer, office.path, Role.DESK)
    for person in (officer, branch_manager):
        with pytest.raises(ValidationError, match="may not handle"):
            go(complaint, "assign", to=person, by=None)
    assert go(complaint, "assign", to=manager, by=None).handler == manager


def test_where_it_names_the_only_one_of_the_desk_somebody_else_has_it(office, desk, protection):
    about = go(receive(office=office), "sort_complaint", category=category(), about_user=desk, by=None)
    assert about.role == Role.PROTECTION
    member("second-desk", Role.DESK, office.parent.parent)
    about = go(about, "sort_complaint", category=category(), about_user=desk, by=None)
    assert about.role == Role.DESK


def test_who_has_it_loses_it_when_it_turns_out_to_be_about_them(desk, office, branch_manager):
    complaint = receive(office=office)
    go(complaint, "assign", to=branch_manager, by=desk)
    assert [item.user for item in WorkItem.objects.open()] == [branch_manager]
    about = go(complaint, "sort_complaint", category=category(), about_user=branch_manager, by=desk)
    assert (about.handler, list(WorkItem.objects.open())) == (None, [])


def test_the_clock_hands_on_once_through_all_levels_that_are_over():
    ladder = Limits((Level("manager", 2, 1), Level("desk", 4, 2), Level("protection", 30, 9)))
    rules = HandlingRules.objects.create(starts_on="2020-01-01")
    for number, level in enumerate(ladder.levels, start=1):
        rules.levels.create(number=number, role=level.role, days=level.days, urgent_days=level.urgent_days)
    complaint = receive(at=AT)
    assert actions.escalate_overdue(dt.datetime(2026, 5, 5, 12, tzinfo=dt.UTC)) == 0
    later = dt.datetime(2026, 5, 8, 12, tzinfo=dt.UTC)
    assert [actions.escalate_overdue(later) for _ring in range(2)] == [2, 0]
    complaint.refresh_from_db()
    assert (complaint.level, complaint.role, complaint.escalated) == (3, Role.PROTECTION, 2)
    assert actions.escalate_overdue(later + dt.timedelta(days=300)) == 0


def test_at_the_last_level_nobody_hands_on():
    complaint = go(sorted_one(), "escalate", by=None)
    with pytest.raises(ValidationError, match="no level above"):
        go(complaint, "escalate", by=None)


def test_deciding_stops_no_clock_and_closing_says_whether_it_was_in_time(office):
    complaint = go(receive(at=AT), "sort_complaint", category=category(), by=None)
    due = complaint.due_on
    decided = go(complaint, "resolve", outcome="partly", resolution="Half is paid back.", by=None)
    assert decided.due_on == due
    noon = dt.datetime.combine(due, dt.time(12), dt.UTC)
    late = go(decided, "close", at=noon + dt.timedelta(days=1), by=None)
    again = go(late, "reopen", note="Not paid.", at=noon + dt.timedelta(days=2), by=None)
    again = go(again, "resolve", outcome="upheld", resolution="Paid.", by=None)
    go(again, "close", at=noon + dt.timedelta(days=3), by=None)
    closings = ComplaintStep.objects.filter(kind="closed").values_list("on_time", flat=True)
    assert list(closings) == [False, True]


def test_who_can_be_told_is_told_before_it_is_closed_or_somebody_says_why_not():
    named = receive(name="Rosa", contact="555")
    named = go(named, "sort_complaint", category=category(), by=None)
    named = go(named, "resolve", outcome="rejected", resolution="It was right.", by=None)
    with pytest.raises(ValidationError, match="was not told"):
        go(named, "close", by=None)
    assert go(named, "close", note="The phone is dead.", by=None).state == "closed"
    assert closed_one().state == "closed"


def test_an_appeal_of_a_closed_one_reopens_it_and_goes_to_the_next_level():
    complaint = go(closed_one(), "appeal", note="Does not accept it.", by=None)
    assert (complaint.state, complaint.level, complaint.reopened, complaint.appealed) == ("open", 2, 1, 1)
    assert [step.kind for step in complaint.steps.all()][-2:] == ["reopened", "appealed"]
    decided = go(resolved_one(), "appeal", note="Does not accept it.", by=None)
    assert (decided.reopened, [step.kind for step in decided.steps.all()][-1]) == (0, "appealed")


def test_what_cannot_be_done_in_its_state_and_what_is_stale_are_refused():
    complaint = receive()
    with pytest.raises(ValidationError, match="cannot be done any more"):
        go(complaint, "close", by=None)
    with pytest.raises(Stale):
        actions.add_note(complaint=complaint, version=complaint.version + 5, note="x", by=None)
    assert Complaint.objects.get().version == 1


def test_limits_begin_no_earlier_than_today_and_are_kept_by_what_came_in_before(first_lists):
    today = timezone.localdate()
    before = receive()
    made = actions.define_limits(starts_on=today, limits=TEMPLATES["rbi"], template="rbi", by=None)
    assert [level.days for level in made.levels.all()] == [14, 21]
    assert (receive().rules, Complaint.objects.get(pk=before.pk).rules == made) == (made, False)
    with pytest.raises(ValidationError, match="today or later"):
        actions.define_limits(starts_on=today - dt.timedelta(days=1), limits=TEMPLATES["rbi"], by=None)
    with pytest.raises(ValidationError, match="more working days"):
        actions.define_limits(starts_on=today, limits=Limits(()), by=None)


def test_the_first_categories_stand_under_two_heads_and_under_none_more_people_read(first_lists):
    assert list(Category.objects.filter(head="").values_list("code", flat=True)) == [
        "fair_practice",
        "service",
    ]
    for row in Category.objects.all():
        row.full_clean()
