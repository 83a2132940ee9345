"""The exit interview: who may ask whom, what is skipped, what is kept."""

import json
import uuid

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from exits.actions import interviews, record_interview
from exits.models import ExitInterview, GivenReason, Reason
from spm import work
from spm.models import AuditEvent, Submission, WorkItem
from tests.exits.leavers import START, TODAY, counted, drawn, left, reason
from tests.exported import exported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]
PAGE = reverse("exits:interview-add")
JSON = {"Accept": "application/json"}


@pytest.fixture
def leaver(office, officer):
    client = left(office, officer, name="Rosa Mamani", phone="555 123")
    counted()
    return client


@pytest.fixture
def assigned(leaver, manager, other_officer):
    """The other officer is to ask her."""
    row = drawn(leaver, manager, other_officer)
    work.assign(kind=interviews.WORK, key=row.pk, to=other_officer, due_on=TODAY)
    return row


def said(leaver, **more):
    given = {"uuid": uuid.uuid4(), "client": leaver.external_id, "consent": "yes"}
    return given | {"primary": reason("interest").pk} | more


def send(client, leaver, **more):
    answer = client.post(PAGE, said(leaver, **more), headers=JSON)
    return answer.status_code, json.loads(answer.content)


def refused(client, leaver, **more):
    status, told = send(client, leaver, **more)
    assert status == 422
    return {error["field"]: error["text"] for error in told["errors"]}


def given():
    return set(GivenReason.objects.values_list("part", "reason__code", "text"))


def test_who_is_assigned_reads_the_name_and_asks_once(client, other_officer, leaver, assigned):
    [task] = work.tasks_of(other_officer, TODAY)
    facts = dict(task.about.facts)
    assert (task.about.title, facts["Phone"], facts["Left on"] != "") == ("Rosa Mamani", "555 123", True)
    client.force_login(other_officer)
    assert client.get(task.about.link).context["about"].title == "Rosa Mamani"
    assert AuditEvent.objects.get(verb="identified").details["ids"] == [str(leaver.pk)]
    status, _told = send(client, leaver, first=reason("delay").pk, contributing=[reason("meetings").pk])
    interview = ExitInterview.objects.get()
    assert (status, interview.sampled, interview.round, interview.start) == (201, assigned, 1, START)
    assert (interview.own_officer, interview.by, interview.consent) == (False, other_officer, True)
    assert given() == {("primary", "interest", ""), ("first", "delay", ""), ("contributing", "meetings", "")}
    assert AuditEvent.objects.get(verb="interview.recorded").details == {
        "client": leaver.pk,
        "round": 1,
        "consent": True,
    }
    assert (work.tasks_of(other_officer, TODAY), client.get(task.about.link).status_code) == ([], 404)


def test_the_own_officer_is_refused_unless_the_sample_says_why(client, officer, manager, leaver):
    client.force_login(officer)
    assert client.get(PAGE, {"client": leaver.external_id}).status_code == 403
    words = "Somebody else asks this client, as you look after them yourself."
    assert refused(client, leaver) == {"client": words}
    row = drawn(leaver, manager, officer)
    assert refused(client, leaver) == {"client": words}
    row.override_reason = "Nobody else speaks Quechua"
    row.save()
    assert send(client, leaver)[0] == 201
    assert ExitInterview.objects.get().own_officer is True


def test_nobody_asks_without_assignment_or_scope(client, other_officer, branch_manager, leaver, manager):
    client.force_login(other_officer)
    assert client.get(PAGE, {"client": leaver.external_id}).status_code == 404
    assert refused(client, leaver) == {"client": "You have nobody to ask with this number."}
    client.force_login(branch_manager)
    assert client.get(PAGE, {"client": leaver.external_id}).context["about"].title == "Rosa Mamani"
    assert send(client, leaver)[0] == 201
    interview = ExitInterview.objects.get()
    assert (interview.sampled, interview.start, interview.by) == (None, START, branch_manager)


def test_whoever_asks_again_makes_the_second_round(client, officer, other_officer, manager, leaver):
    row = drawn(leaver, manager, manager, again_interviewer=other_officer)
    work.assign(kind=interviews.WORK, key=f"{row.pk}:again", to=other_officer, due_on=TODAY)
    assert [task.about.title for task in work.tasks_of(other_officer, TODAY)] == ["Rosa Mamani"]
    client.force_login(other_officer)
    send(client, leaver)
    assert ExitInterview.objects.get().round == 2
    assert work.tasks_of(other_officer, TODAY) == []


def test_who_is_not_assigned_any_more_sees_nobody(client, other_officer, officer, leaver, assigned, manager):
    client.force_login(other_officer)
    assigned.interviewer = manager
    assigned.save()
    assert work.tasks_of(other_officer, TODAY) == []
    assert client.get(PAGE, {"client": leaver.external_id}).status_code == 404


def test_what_was_asked_before_another_stood_in_is_taken_when_it_comes(
    client, other_officer, leaver, assigned
):
    at = timezone.now()
    type(assigned).objects.update(state="replaced", replaced_because="moved", replaced_at=at)
    client.force_login(other_officer)
    assert client.get(PAGE, {"client": leaver.external_id}).status_code == 404
    assert send(client, leaver)[0] == 201


def test_without_consent_nothing_else_is_kept_not_even_as_it_was_sent(
    client, other_officer, leaver, assigned
):
    client.force_login(other_officer)
    more = {"complaint": "canary", "place": "canary", "callback": "on", "callback_contact": "canary"}
    status, _told = send(client, leaver, consent="no", primary="x", competitor="canary", **more)
    interview = ExitInterview.objects.get()
    kept = (interview.consent, interview.complaint, interview.place, interview.competitor, interview.language)
    assert (status, kept, interview.reasons.count()) == (201, (False, "", "", "", ""), 0)
    assert Submission.objects.get().body == {"client": [leaver.external_id], "consent": ["no"]}
    assert WorkItem.objects.open().filter(kind=interviews.WORK).count() == 0


def test_of_another_lender_only_what_was_asked_is_kept(client, other_officer, leaver, assigned):
    client.force_login(other_officer)
    lender = {"competitor": "Caja Sur", "competitor_better": "Faster"}
    send(client, leaver, **lender)
    send(client, leaver, other_lender="on", **lender)
    send(client, leaver, primary=reason("competition").pk, **lender)
    send(client, leaver, contributing=[reason("other_lender").pk], **lender)
    found = ExitInterview.objects.order_by("at").values_list("competitor", "competitor_better")
    assert list(found) == [("", ""), *[("Caja Sur", "Faster")] * 3]


def test_a_contact_is_kept_and_asked_for_only_with_the_wish_to_be_called(
    client, other_officer, leaver, assigned
):
    client.force_login(other_officer)
    assert refused(client, leaver, callback="on") == {"callback_contact": "Write how to reach the person."}
    send(client, leaver, callback_contact="555")
    send(client, leaver, callback="on", callback_contact="555")
    found = ExitInterview.objects.order_by("at").values_list("callback", "callback_contact")
    assert list(found) == [(False, ""), (True, "555")]


def test_another_reason_needs_its_words_and_they_go_with_it_alone(client, other_officer, leaver, assigned):
    client.force_login(other_officer)
    other = reason("other").pk
    assert refused(client, leaver, primary=other) == {"other": "Write which reason it is."}
    send(client, leaver, contributing=[other], other="A wedding")
    assert given() == {("primary", "interest", ""), ("contributing", "other", "A wedding")}


def test_with_consent_the_main_reason_is_asked(client, other_officer, leaver, assigned):
    client.force_login(other_officer)
    assert refused(client, leaver, primary="") == {"primary": "Choose the main reason."}
    assert "consent" in refused(client, leaver, consent="")


def test_a_reason_that_the_phone_still_offers_is_taken(client, other_officer, leaver, assigned):
    old = reason("interest")
    Reason.objects.filter(pk=old.pk).update(ends_on=TODAY)
    client.force_login(other_officer)
    assert send(client, leaver, primary=old.pk)[0] == 201


def test_all_answers_are_kept(client, other_officer, leaver, assigned):
    client.force_login(other_officer)
    answers = {
        "language": "es",
        "initiative": "client",
        "loan_use": "Seeds",
        "repayment": "hard",
        "paid_with": "sold",
        "savings_use": "household",
        "income": "more",
        "benefits": "Savings",
        "meetings": "Long",
        "would_return": "unsure",
        "change": "Fewer meetings",
        "complaint": "Was shouted at",
        "place": "Market",
    }
    send(client, leaver, would_recommend="0", complaint_on="on", **answers)
    more = {"would_recommend": 0, "complaint_on": True}
    assert ExitInterview.objects.values(*answers, *more).get() == answers | more


def test_a_complaint_is_handed_on_only_where_there_is_one(client, other_officer, leaver, assigned):
    client.force_login(other_officer)
    send(client, leaver, complaint_on="on")
    send(client, leaver, complaint_on="on", complaint="Was shouted at")
    send(client, leaver, complaint="Was shouted at")
    found = ExitInterview.objects.order_by("at").values_list("complaint_on", flat=True)
    assert list(found) == [False, True, False]


def test_the_page_has_the_reasons_under_their_heads_in_every_language(client, other_officer):
    Reason.objects.filter(code="interest").update(words={"en": "Interest", "qu": "Wachay"})
    client.force_login(other_officer)
    page = client.get(PAGE)
    form = page.context["form"]
    assert page.headers["X-Field-Blank"] == "yes"
    assert (form.fields["primary"].choices[1][0], str(reason("resting"))) == ("Product", "Resting for now")
    assert [code for code, _name in form.fields["language"].choices] == ["en", "es", "qu"]
    assert "Wachay" in page.text


def test_an_interview_by_hand_needs_what_a_form_needs(leaver, manager):
    given = {"client": leaver, "start": START, "at": timezone.now(), "by": manager}
    with pytest.raises(Exception, match="main reason"):
        record_interview(consent=True, **given)
    with pytest.raises(Exception, match="Without consent"):
        record_interview(consent=False, primary=reason("delay"), **given)
    with pytest.raises(Exception, match="without_consent"):
        record_interview(consent=False, complaint="x", **given)


# What is said of an interview by the system and by whoever holds it.
OF_THE_HOLDER = {"id", "client", "start", "round", "sampled", "by", "own_officer", "at", "consent"}
ANSWERS = [field for field in ExitInterview._meta.concrete_fields if field.name not in OF_THE_HOLDER]


TICKED = ("callback", "may_contact", "complaint_on")


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda field: field.name)
def test_the_database_keeps_no_answer_without_consent(answer, leaver, manager):
    said = {"would_recommend": 1, **dict.fromkeys(TICKED, True)}.get(answer.name, "yes")
    given = {"client": leaver, "start": START, "at": timezone.now(), "by": manager, "own_officer": False}
    ExitInterview.objects.create(consent=True, **given, **{answer.name: said})
    with pytest.raises(IntegrityError, match="without_consent"):
        ExitInterview.objects.create(consent=False, **given, **{answer.name: said})


# What was said


LIST = reverse("exits:interview-list")


@pytest.fixture
def interview(leaver, branch_manager):
    given = {"client": leaver, "start": START, "at": timezone.now(), "by": branch_manager, "consent": True}
    more = {"primary": reason("other"), "other": "A canary", "complaint": "Canary", "place": "Canary"}
    return record_interview(**given, **more, income="less", would_recommend=0)


def detail(interview):
    return reverse("exits:interview-detail", args=[interview.pk])


@pytest.mark.parametrize(
    ("person", "reads"), [("manager", True), ("branch_manager", True), ("officer", False)]
)
def test_own_words_are_for_managers_and_whoever_asked(person, reads, client, request, interview):
    client.force_login(request.getfixturevalue(person))
    (row,) = exported(client, LIST)
    pages = [client.get(LIST).text, client.get(detail(interview)).text]
    shown = ["anary" in text for text in (*pages, row["complaint"], row["place"], row["reason"])]
    assert shown == [reads] * 5
    assert (row["income"], row["would_recommend"]) == ("Less than before", "0")
    assert ["•••" in row["complaint"], "Other" in row["reason"]] == [not reads, True]


def test_whoever_asked_reads_it_with_the_name_hidden_again(client, other_officer, leaver, assigned):
    given = {"client": leaver, "start": START, "at": timezone.now(), "by": other_officer}
    row = record_interview(
        **given, consent=True, sampled=assigned, primary=reason("delay"), complaint="Canary"
    )
    client.force_login(other_officer)
    page = client.get(detail(row))
    assert ("Canary" in page.text, page.context["shown_name"]) == (True, "R••• M•••")


def test_an_interview_out_of_reach_is_not_found(client, other_officer, interview):
    client.force_login(other_officer)
    assert client.get(detail(interview)).status_code == 404
    assert exported(client, LIST) == []


def test_of_who_did_not_agree_the_page_says_so(client, manager, leaver):
    given = {"client": leaver, "start": START, "at": timezone.now(), "by": manager}
    row = record_interview(consent=False, **given)
    client.force_login(manager)
    assert "did not agree" in client.get(detail(row)).text


def test_the_list_asks_as_much_for_three_interviews_as_for_one(
    client, manager, interview, leaver, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(manager)
    client.get(LIST)
    with django_assert_max_num_queries(40) as asked:
        client.get(LIST)
    for code in ("delay", "interest"):
        given = {"client": leaver, "start": START, "at": timezone.now(), "by": manager}
        record_interview(consent=True, primary=reason(code), first=reason("health"), **given)
    with django_assert_num_queries(len(asked)):
        client.get(LIST)
