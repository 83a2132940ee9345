"""Samples of leavers: sizes, a draw that can be repeated, handing out, standing in, asking again; pages."""

import csv
import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exits import actions
from exits.models import LeaverSample, SampledLeaver
from exits.queries import samples
from exits.views import samples as screens
from spm.access import Role
from spm.models import AuditEvent, Job, WorkItem
from tests.conftest import member as joins
from tests.exits import pages
from tests.exits.asked import BEGAN, LEFT, interview, leaver
from tests.exits.test_views_rates import plain
from tests.factories import ClientFactory

State = SampledLeaver.State
DUE = dt.date(2026, 12, 1)
LIST, ADD = reverse("exits:sample-list"), reverse("exits:sample-add")

pytestmark = pytest.mark.usefixtures("first_lists")


@pytest.fixture
def people(office, far_office, officer):
    """Twelve leavers of the near office, four of them men, and four of the far one; one who died."""
    found = [leaver(office, officer.officer, sex="M" if n < 4 else "F") for n in range(12)]
    found += [leaver(far_office) for _n in range(4)]
    dead = ClientFactory(office=office, status="deceased", status_on=dt.date(2024, 9, 9))
    pages.LoanFactory(client=dead, disbursed_on=BEGAN, due_on=LEFT)
    pages.built()
    return found


def drawn(by, office, **given):
    period = {"left_from": dt.date(2025, 1, 1), "left_until": dt.date(2025, 12, 31)}
    return actions.draw_leavers(
        **{"name": "Spring", "margin": 0.3, "office": office, **period, **given}, by=by
    )


def those(sample, state):
    return list(sample.members.filter(state=state).order_by("stratum", "place"))


def test_whoever_may_ask_today_within_reach_is_offered(
    branch_manager, officer, other_officer, nobody, office, head
):
    for username, given in (
        ("was", {"valid_to": "2020-02-02"}),
        ("stopped", {"ended_at": "2020-02-02T00:00Z"}),
        ("will", {"valid_from": "2999-01-01"}),
    ):
        late = joins(username, Role.OFFICER, office)
        late.memberships.update(**given)
    joins("elsewhere", Role.OFFICER, head)
    joins("watches", Role.ADMIN, office)
    offered = [user.username for user in samples.interviewers(branch_manager)]
    assert offered == ["branch-manager", "officer", "other-officer"]


def test_a_draw_keeps_its_seed_and_all_who_could_be_drawn_and_can_be_repeated(manager, head, office, people):
    sample = drawn(manager, head, seed=7)
    again = drawn(manager, head, seed=7)
    assert (sample.size, sample.reserve, sample.members.count()) == (7, 4, 16)
    listed = [(row.client_id, row.place) for row in those(sample, State.DRAWN)]
    assert listed == [(row.client_id, row.place) for row in those(again, State.DRAWN)]
    assert [len(those(sample, state)) for state in (State.DRAWN, State.RESERVE, State.FRAME)] == [7, 4, 5]
    assert samples.draws_the_same(sample)
    SampledLeaver.objects.filter(pk=those(sample, State.DRAWN)[0].pk).update(place=99)
    assert not samples.draws_the_same(sample)
    assert drawn(manager, office).members.count() == 12
    assert AuditEvent.objects.filter(verb="sample.drawn").count() == 3


def test_within_groups_each_gives_its_share(manager, head, people):
    sample = drawn(manager, head, stratum="office")
    counts = {code: sample.members.filter(stratum=code).count() for code in ("NORTH-1", "SOUTH-1")}
    assert counts == {"NORTH-1": 12, "SOUTH-1": 4}
    by_group = [row.stratum for row in those(sample, State.DRAWN)]
    assert (by_group.count("NORTH-1"), by_group.count("SOUTH-1")) == (5, 2)


def test_nobody_left_nothing_is_drawn(manager, head, people):
    with pytest.raises(ValidationError):
        drawn(manager, head, left_from=dt.date(2020, 1, 1), left_until=dt.date(2020, 2, 1))


def test_who_is_assigned_finds_it_in_my_work_and_no_own_officer_without_a_reason(
    manager, officer, other_officer, office, people
):
    sample = drawn(manager, office)
    waiting = list(samples.to_assign(sample))
    given = {"sample": sample, "members": waiting, "due_on": DUE, "by": manager}
    with pytest.raises(ValidationError, match="is the own officer of 6 of them"):
        actions.assign_interviewer(**given, to=officer)
    assert WorkItem.objects.count() == 0
    assert actions.assign_interviewer(**given, to=other_officer) == 6
    items = WorkItem.objects.filter(kind="exits.interview", user=other_officer, due_on=DUE)
    assert sorted(items.values_list("key", flat=True)) == sorted(str(row.pk) for row in waiting)
    assert samples.to_assign(sample).count() == 0
    actions.assign_interviewer(**given, to=officer, override="Nobody else speaks Aymara")
    assert {row.override_reason for row in those(sample, State.DRAWN)} == {"Nobody else speaks Aymara"}


def test_the_first_in_reserve_of_the_same_group_stands_in_and_the_log_says_for_whom(
    manager, other_officer, head, people
):
    sample = drawn(manager, head, stratum="office")
    out = next(row for row in those(sample, State.DRAWN) if row.stratum == "NORTH-1")
    next_in = next(row for row in those(sample, State.RESERVE) if row.stratum == "NORTH-1")
    actions.assign_interviewer(sample=sample, members=[out], to=other_officer, due_on=DUE, by=manager)
    came = actions.replace_leaver(member=out, because="moved", note="To the coast", by=manager)
    out.refresh_from_db()
    assert (came, came.state, came.stands_in_for) == (next_in, State.DRAWN, out)
    assert (out.state, out.replaced_because, out.replaced_note, out.replaced_by_user) == (
        State.REPLACED,
        "moved",
        "To the coast",
        manager,
    )
    assert WorkItem.objects.open().count() == 0
    with pytest.raises(ValidationError):
        actions.replace_leaver(member=out, because="moved", by=manager)
    assert samples.draws_the_same(sample)


def test_who_was_asked_is_not_replaced_and_without_reserve_nobody_comes_in(manager, head, people):
    sample = drawn(manager, head)
    first, second = those(sample, State.DRAWN)[:2]
    interview(first.client, "health", sampled=first)
    with pytest.raises(ValidationError):
        actions.replace_leaver(member=first, because="died", by=manager)
    sample.members.filter(state=State.RESERVE).update(state=State.FRAME)
    assert actions.replace_leaver(member=second, because="died", by=manager) is None


def test_a_tenth_is_asked_again_by_somebody_else_once(manager, other_officer, branch_manager, head, people):
    sample = drawn(manager, head)
    with pytest.raises(ValidationError, match="Nobody of this sample has been asked yet"):
        actions.ask_again(sample=sample, to=manager, due_on=DUE, by=manager)
    for row in those(sample, State.DRAWN):
        interview(row.client, "health", sampled=row, by=other_officer)
    with pytest.raises(ValidationError, match="has asked one of them before"):
        actions.ask_again(sample=sample, to=other_officer, due_on=DUE, by=manager)
    (row,) = actions.ask_again(sample=sample, to=branch_manager, due_on=DUE, by=manager)
    sample.refresh_from_db()
    assert sample.again_seed == sample.seed + 1
    assert WorkItem.objects.get().key == f"{row.pk}:again"
    with pytest.raises(ValidationError):
        actions.ask_again(sample=sample, to=branch_manager, due_on=DUE, by=manager)


# --- pages -------------------------------------------------------------------------------------------------


def form(office, **more):
    return {
        "name": "Spring",
        "office": office.pk,
        "left_from": "2025-01-01",
        "left_until": "2025-12-31",
        "margin": "10",
        "expected": "50",
        "confidence": "95",
    } | more


def test_the_size_is_shown_with_its_numbers_and_then_drawn(client, manager, head, people):
    worked = {"margin": 0.1, "expected": 0.5, "confidence": 0.95}
    assert "97 of very many would be asked; of these 200 it is 66." in screens.size_words(200, worked)
    client.force_login(manager)
    page = plain(client.post(ADD, form(head, count="1")).content.decode())
    assert "97 of very many would be asked; of these 16 it is 14." in page
    assert LeaverSample.objects.count() == 0
    client.post(ADD, form(head, draw="1"))
    sample = LeaverSample.objects.get()
    page = plain(client.get(f"{sample.get_absolute_url()}?check=1").content.decode())
    assert "Drawn again from the stored seed: the same list, in the same order." in page
    assert "14 people wait for somebody who asks" in page
    assert "Spring" in client.get(LIST).content.decode()


def test_a_large_frame_is_drawn_by_a_job(client, manager, head, people, monkeypatch, run_jobs):
    monkeypatch.setattr(screens, "A_JOB_FROM", 3)
    client.force_login(manager)
    client.post(ADD, form(head, draw="1"))
    assert LeaverSample.objects.count() == 0
    (job,) = run_jobs()
    assert (job.state, LeaverSample.objects.get().size) == (Job.State.DONE, 14)
    Job.objects.update(state="queued")
    run_jobs()
    assert LeaverSample.objects.count() == 1


def test_a_branch_is_handed_out_at_once_replaced_and_asked_again_on_its_page(
    client, manager, officer, other_officer, head, office, people
):
    sample = drawn(manager, head)
    here = sample.get_absolute_url()
    client.force_login(manager)
    given = {"do": "assign", "asks": officer.pk, "until": "2026-12-01", "where": office.pk}
    assert "is the own officer of" in client.post(here, given).content.decode()
    assert client.post(here, given | {"asks": other_officer.pk}).status_code == 302
    near = sample.members.filter(state=State.DRAWN, client__office=office)
    assert {row.interviewer for row in near} == {other_officer}
    row = near.first()
    replace = reverse("exits:leaver-replace", args=[row.pk])
    assert client.get(replace).status_code == 200
    client.post(replace, {"why": "not_found", "words": "Asked twice"})
    assert "comes in from the reserve" in client.get(here).content.decode()
    asked = near.filter(state=State.DRAWN).first()
    interview(asked.client, "health", sampled=asked, by=other_officer)
    client.post(here, {"do": "again", "again-asks": manager.pk, "again-until": "2026-12-01"})
    asked.refresh_from_db()
    assert asked.again_interviewer == manager
    answer = client.get(f"{here}?export=csv")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert (len(rows), {row["because"] for row in rows}) == (16, {"", "Not found"})


def test_samples_out_of_reach_are_not_there_and_officers_draw_none(
    client, manager, branch_manager, officer, head, far_office, people
):
    sample = drawn(manager, far_office)
    row = those(sample, State.DRAWN)[0]
    addresses = [sample.get_absolute_url(), reverse("exits:leaver-replace", args=[row.pk])]
    for user, expected in ((branch_manager, 404), (officer, 403)):
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses] == [expected] * 2
        assert [client.post(address).status_code for address in addresses] == [expected] * 2
    client.force_login(branch_manager)
    assert "Spring" not in client.get(LIST).content.decode()
    assert client.post(ADD, form(far_office, draw="1")).status_code == 200
    assert LeaverSample.objects.count() == 1


def test_a_sample_asks_as_many_queries_for_many_as_for_few(client, manager, head, office, people):
    def queries(sample):
        with CaptureQueriesContext(connection) as asked:
            client.get(sample.get_absolute_url())
        return len(asked)

    client.force_login(manager)
    few, many = drawn(manager, head, margin=0.9), drawn(manager, head, margin=0.1)
    queries(few)
    assert queries(few) == queries(many)


def test_the_page_and_the_list_say_how_many_of_those_drawn_have_been_asked(client, manager, head, people):
    sample = drawn(manager, head)
    first, second, third = those(sample, State.DRAWN)[:3]
    for member, consent in ((first, True), (second, False)):
        interview(member.client, "loan_size" if consent else None, consent=consent, sampled=member)
    interview(first.client, "loan_size", sampled=first, round=2)
    interview(third.client, "loan_size")
    client.force_login(manager)
    assert samples.with_asked(LeaverSample.objects).get().asked == 2
    assert "Asked so far 2" in plain(client.get(sample.get_absolute_url()).content.decode())
    (row,) = csv.DictReader(io.StringIO(client.get(LIST, {"export": "csv"}).getvalue().decode("utf-8-sig")))
    assert row["asked"] == "2"


def test_a_draw_of_an_earlier_day_is_of_the_data_of_that_day(manager, head, people):
    at = dt.datetime(2025, 9, 1, 9, tzinfo=dt.UTC)
    sample = drawn(manager, head, at=at)
    assert (sample.drawn_at, sample.data_as_of) == (at, dt.date(2025, 9, 1))
