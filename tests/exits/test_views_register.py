"""Exits confirmed by staff: the field form, and whose work it is."""

import datetime as dt
import json
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from exits.actions import confirm_exit, record_interview
from exits.models import RegisteredExit
from spm import work
from spm.models import AuditEvent, WorkItem
from tests.exits.leavers import START, TODAY, counted, leaver_type, left, reason
from tests.exported import exported
from tests.factories import LoanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]
PAGE = reverse("exits:exit-confirm")
JSON = {"Accept": "application/json"}
WEEK = TODAY + dt.timedelta(days=7)


@pytest.fixture
def leaver(office, officer):
    client = left(office, officer, name="Rosa Mamani", phone="555 123")
    counted()
    return client


def said(leaver, **more):
    given = {"uuid": uuid.uuid4(), "client": leaver.external_id, "start": START.isoformat()}
    return given | {"leaver_type": leaver_type("dissatisfied").pk} | more


def send(client, leaver, **more):
    answer = client.post(PAGE, said(leaver, **more), headers=JSON)
    return answer.status_code, json.loads(answer.content)


def refused(client, leaver, **more):
    status, told = send(client, leaver, **more)
    assert status == 422
    return {error["field"]: error["text"] for error in told["errors"]}


def confirm(leaver, by, code="moved", **given):
    stay = {"client": leaver, "start": START, "at": timezone.now()}
    return confirm_exit(leaver_type=leaver_type(code), by=by, **stay, **given)


def asked_of(user):
    return [(task.about.title, task.words) for task in work.tasks_of(user, WEEK)]


def test_an_exit_is_work_for_the_clients_officer_until_it_is_confirmed(client, officer, leaver):
    [task] = work.tasks_of(officer, WEEK)
    facts = dict(task.about.facts)
    assert (task.about.title, task.words) == ("Rosa Mamani", "Say how the client left")
    assert (facts["Client number"], facts["Cause, as the records say"]) == (leaver.external_id, "Own choice")
    client.force_login(officer)
    assert client.get(task.about.link).context["about"].facts == task.about.facts
    more = {"staff_reason": reason("disrespect").pk, "staff_first": reason("delay").pk, "note": "Shouted at"}
    assert send(client, leaver, **more)[0] == 201
    row = RegisteredExit.objects.get()
    assert (row.client, row.start, row.by, row.note, row.version) == (leaver, START, officer, "Shouted at", 1)
    assert (row.staff_reason.code, row.staff_first.code) == ("disrespect", "delay")
    assert AuditEvent.objects.get(verb="exit.confirmed").details["client"] == leaver.pk
    counted()
    assert asked_of(officer) == []


def test_what_is_usual_with_the_type_is_taken_where_nothing_else_is_said(client, officer, leaver):
    client.force_login(officer)
    send(client, leaver, tone="neutral")
    row = RegisteredExit.objects.get()
    assert (row.initiative, row.tone) == ("client", "neutral")


def test_with_a_type_that_has_nothing_usual_it_is_asked(client, officer, leaver):
    client.force_login(officer)
    words = "Choose one: nothing is usual with this type."
    unknown = leaver_type("unknown").pk
    assert refused(client, leaver, leaver_type=unknown) == {"initiative": words, "tone": words}
    assert send(client, leaver, leaver_type=unknown, initiative="mfi", tone="negative")[0] == 201


def test_an_exit_that_another_has_confirmed_is_refused_by_name_and_stays_as_it_was(
    client, officer, manager, leaver
):
    confirm(leaver, manager)
    client.force_login(officer)
    [text] = refused(client, leaver).values()
    assert text.startswith("manager confirmed this exit on ")
    assert RegisteredExit.objects.get().leaver_type.code == "moved"


def test_who_has_not_left_has_no_exit_to_confirm(client, officer, office):
    stays = LoanFactory(client=left(office, officer), disbursed_on=START + dt.timedelta(days=200)).client
    counted()
    client.force_login(officer)
    assert refused(client, stays) == {"client": "This client has not left, as the records say."}
    assert client.get(PAGE, {"client": stays.external_id}).status_code == 404


@pytest.mark.parametrize("start", ["", START.isoformat()])
def test_without_a_day_it_is_the_stay_that_ended_last(start, client, officer, leaver):
    client.force_login(officer)
    assert client.get(PAGE, {"client": leaver.external_id, "start": start}).status_code == 200
    send(client, leaver, start=start)
    assert RegisteredExit.objects.get().start == START


@pytest.mark.parametrize("start", ["2001-01-01", "yesterday"])
def test_a_stay_that_is_not_there_is_not_found(start, client, officer, leaver):
    client.force_login(officer)
    assert client.get(PAGE, {"client": leaver.external_id, "start": start}).status_code == 404
    assert send(client, leaver, start=start)[0] == 422


def test_a_client_out_of_reach_is_not_found_and_not_written_about(client, other_officer, leaver):
    client.force_login(other_officer)
    assert client.get(PAGE, {"client": leaver.external_id}).status_code == 404
    assert refused(client, leaver) == {"client": "You have no client with this number."}


def test_only_stays_that_ended_of_late_become_work(officer, office):
    left(office, officer, days=31)
    left(office, officer, days=29, name="Ana Flores")
    left(office, None, days=5)
    counted()
    assert asked_of(officer) == [("Ana Flores", "Say how the client left")]
    assert WorkItem.objects.count() == 1


def test_who_comes_back_is_taken_off_and_what_is_done_stays_done(officer, leaver, office):
    other = left(office, officer, name="Ana Flores")
    counted()
    assert len(asked_of(officer)) == 2
    LoanFactory(client=leaver, disbursed_on=TODAY)
    counted()
    assert asked_of(officer) == [("Ana Flores", "Say how the client left")]
    confirm(other, officer)
    counted()
    assert asked_of(officer) == []


def test_it_goes_to_another_officer_with_the_client_and_keeps_its_day(officer, other_officer, leaver):
    before = WorkItem.objects.get().due_on
    leaver.officer = other_officer.officer
    leaver.save()
    counted()
    item = WorkItem.objects.get()
    assert (item.user, item.due_on) == (other_officer, before)


def test_many_exits_ask_as_many_queries_as_one(
    officer, office, django_assert_max_num_queries, django_assert_num_queries
):
    left(office, officer)
    counted()
    work.tasks_of(officer, WEEK)
    with django_assert_max_num_queries(10) as asked:
        work.tasks_of(officer, WEEK)
    left(office, officer)
    left(office, officer)
    counted()
    with django_assert_num_queries(len(asked)):
        assert len(work.tasks_of(officer, WEEK)) == 3


def test_the_page_offers_types_in_their_order_and_what_is_usual(client, officer):
    client.force_login(officer)
    form = client.get(PAGE).context["form"]
    assert [str(label) for _pk, label in form.fields["leaver_type"].choices][:2] == [
        "Resting",
        "Moved up, with us",
    ]
    assert form.usual[leaver_type("shock").pk] == {"initiative": "external", "tone": "negative"}


# The register


LIST = reverse("exits:register-list")


def listed(client, **shown):
    """Number, state and type of each row."""
    period = {"start": f"{START:%Y-%m}", "end": f"{TODAY:%Y-%m}"}
    rows = exported(client, LIST, **period | shown)
    return [(row["client_id"], row["state"], row["type"]) for row in rows]


@pytest.fixture
def leavers(office, officer, manager):
    """One whose exit is only known, one confirmed, one who came back."""
    known, confirmed, returned = (left(office, officer, external_id=n) for n in ("KNOWN", "SAID", "BACK"))
    LoanFactory(client=returned, disbursed_on=TODAY)
    counted()
    confirm(confirmed, manager)
    confirm(returned, manager, "resting")
    return known, confirmed, returned


def test_the_register_lists_every_exit_with_how_far_it_is_known(client, manager, leavers):
    client.force_login(manager)
    assert sorted(listed(client)) == [
        ("BACK", "Came back", "Resting"),
        ("KNOWN", "Ended", ""),
        ("SAID", "Confirmed", "Moved away"),
    ]


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ({"known": "ended"}, ["KNOWN"]),
        ({"known": "confirmed"}, ["SAID"]),
        ({"known": "returned"}, ["BACK"]),
        ({"leaver_type": "moved"}, ["SAID"]),
        ({"known": "ended", "leaver_type": "moved"}, []),
        ({"known": "nonsense"}, ["BACK", "KNOWN", "SAID"]),
    ],
)
def test_the_register_is_filtered_by_state_and_type(shown, found, client, manager, leavers):
    client.force_login(manager)
    assert sorted(number for number, _state, _type in listed(client, **shown)) == found


def test_the_register_leads_to_the_form_and_to_the_change(client, officer, leavers):
    client.force_login(officer)
    page = client.get(LIST, {"start": f"{START:%Y-%m}", "end": f"{TODAY:%Y-%m}"}).text
    change = reverse("exits:exit-change", args=[RegisteredExit.objects.get(client=leavers[1]).pk])
    assert (f"{PAGE}?client=KNOWN&amp;start={START}" in page, change in page) == (True, True)


def test_the_register_asks_as_much_for_three_exits_as_for_one(
    client, officer, office, manager, django_assert_num_queries, django_assert_max_num_queries
):
    confirm(left(office, officer), manager)
    counted()
    client.force_login(manager)
    shown = {"start": f"{START:%Y-%m}", "end": f"{TODAY:%Y-%m}"}
    client.get(LIST, shown)
    with django_assert_max_num_queries(40) as asked:
        client.get(LIST, shown)
    confirm(left(office, officer), manager)
    left(office, officer)
    counted()
    with django_assert_num_queries(len(asked)):
        client.get(LIST, shown)


def test_other_officers_do_not_see_the_exit_in_the_register(client, other_officer, leavers):
    client.force_login(other_officer)
    assert listed(client) == []


# Said otherwise


def test_an_exit_is_changed_over_the_version_that_was_seen(client, officer, manager, leaver):
    row = confirm(leaver, manager)
    client.force_login(officer)
    path = reverse("exits:exit-change", args=[row.pk])
    page = client.get(path)
    assert page.context["form"]["leaver_type"].value() == row.leaver_type_id
    said = {"leaver_type": leaver_type("group").pk, "initiative": "group", "tone": "negative", "version": 1}
    assert client.post(path, said).status_code == 302
    row.refresh_from_db()
    assert (row.leaver_type.code, row.initiative, row.version, row.by) == ("group", "group", 2, manager)
    assert AuditEvent.objects.get(verb="exit.changed").by == officer
    second = client.post(path, said | {"leaver_type": leaver_type("shock").pk})
    assert (second.status_code, RegisteredExit.objects.get().version) == (409, 2)


def test_an_exit_out_of_reach_is_not_changed(client, other_officer, manager, leaver):
    row = confirm(leaver, manager)
    client.force_login(other_officer)
    path = reverse("exits:exit-change", args=[row.pk])
    assert [client.get(path).status_code, client.post(path, {"version": 1}).status_code] == [404, 404]


def test_the_clients_panel_tells_of_the_confirmation_and_the_interview(client, officer, manager, leaver):
    row = confirm(leaver, manager)
    stay = {"client": leaver, "start": START, "at": timezone.now(), "by": manager}
    asked = record_interview(consent=True, primary=reason("delay"), **stay)
    client.force_login(officer)
    page = client.get(reverse("exits:client-panel", args=[leaver.pk])).text
    links = [reverse("exits:exit-change", args=[row.pk]), reverse("exits:interview-detail", args=[asked.pk])]
    assert [link in page for link in links] + ["Moved away" in page] == [True] * 3
