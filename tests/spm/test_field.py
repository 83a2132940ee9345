"""Field forms: received once in effect, whatever happens on the way. The call note stands for all of them."""

import datetime as dt
import json
import uuid

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from clients.actions import merge_clients
from exits.actions import contacts, rebuild_spells
from exits.models import Contact
from spm import field
from spm.models import AuditEvent, Submission, SubmissionConflict
from tests.factories import ClientFactory, LoanFactory

pytestmark = pytest.mark.django_db
PAGE = "/exits/contacts/new/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def phone(client, officer):
    client.force_login(officer)
    return client


def note(client, **said):
    return {
        "uuid": str(uuid.uuid4()),
        "client": client.external_id,
        "how": "call",
        "result": "reached",
    } | said


def send(phone, said):
    answer = phone.post(PAGE, said, headers=JSON)
    return answer.status_code, answer.content


def test_a_form_is_stored_and_its_answer_names_it_and_its_sender(phone, resting, officer):
    said = note(resting, note="Wants a smaller loan")
    status, answer = send(phone, said)
    told = json.loads(answer)
    assert (status, told["spm"], told["uuid"], told["user"]) == (201, "stored", said["uuid"], officer.pk)
    contact = Contact.objects.get()
    assert (str(contact.pk), contact.client, contact.note, contact.by) == (
        said["uuid"],
        resting,
        "Wants a smaller loan",
        officer,
    )
    assert Submission.objects.get().office_path == resting.office.path


def test_the_same_again_is_answered_letter_by_letter_as_the_first_time(phone, resting):
    said = note(resting)
    answers = {send(phone, said) for _again in range(5)}
    assert (len(answers), Contact.objects.count()) == (1, 1)
    assert AuditEvent.objects.filter(verb="contact.recorded").count() == 1


def test_even_when_by_now_it_would_be_refused(phone, resting, other_officer):
    said = note(resting)
    first = send(phone, said)
    resting.officer = other_officer.officer
    resting.save()
    assert send(phone, said) == first
    assert send(phone, note(resting))[0] == 422


def test_other_answers_under_the_same_number_are_kept_once_and_change_nothing(phone, resting, officer):
    said = note(resting, note="first")
    send(phone, said)
    for _again in range(2):
        status, answer = send(phone, said | {"note": "second"})
        assert (status, json.loads(answer)) == (
            409,
            {"spm": "kept", "uuid": said["uuid"], "user": officer.pk},
        )
    kept = SubmissionConflict.objects.get()
    assert (kept.body["note"], kept.submission.body["note"]) == (["second"], ["first"])
    assert Contact.objects.get().note == "first"
    assert AuditEvent.objects.filter(verb="form.kept_for_review").count() == 1


def test_somebody_else_under_the_same_number_is_not_told_what_was_stored(phone, resting, manager):
    said = note(resting)
    send(phone, said)
    phone.force_login(manager)
    status, answer = send(phone, said)
    assert (status, json.loads(answer)["spm"], json.loads(answer)["user"]) == (409, "kept", manager.pk)


def test_what_is_refused_says_why_and_leaves_its_number_free(phone, resting):
    said = note(resting, how="")
    status, answer = send(phone, said)
    assert status == 422
    assert json.loads(answer)["errors"] == [
        {"field": "how", "label": "How did you try?", "text": "This field is required."}
    ]
    assert (Submission.objects.count(), Contact.objects.count()) == (0, 0)
    assert send(phone, said | {"how": "visit"})[0] == 201


@pytest.mark.parametrize("key", ["", "7", "not-a-number", "x" * 5000])
def test_a_form_without_a_number_is_not_stored(key, phone, resting):
    assert send(phone, note(resting, uuid=key)) == (400, b'{"spm": "unreadable"}')
    assert Contact.objects.count() == 0


def test_a_fault_of_the_database_does_not_pass_for_a_repetition(phone, resting, monkeypatch):
    def break_down(**said):
        raise IntegrityError

    monkeypatch.setattr(contacts, "Contact", break_down)
    with pytest.raises(IntegrityError):
        send(phone, note(resting))
    assert Submission.objects.count() == 0


def test_nor_does_one_while_the_number_is_taken(phone, resting, monkeypatch):
    def break_down(self, **how):
        raise IntegrityError

    monkeypatch.setattr(Submission, "save", break_down)
    with pytest.raises(IntegrityError):
        send(phone, note(resting))


@pytest.mark.parametrize(
    ("off", "is_believed"),
    [(dt.timedelta(hours=-5), True), (dt.timedelta(days=7), False), (dt.timedelta(days=-90), False)],
)
def test_the_phones_clock_counts_where_it_can_be_right(off, is_believed, phone, resting):
    now = timezone.now()
    send(phone, note(resting, device_at=(now + off).isoformat()))
    said = Contact.objects.get().at - now
    assert abs(said - (off if is_believed else dt.timedelta(0))) < dt.timedelta(minutes=1)


@pytest.mark.parametrize("clock", ["2026-02-31T10:00Z", "yesterday", "2026-01-01T10:00"])
def test_a_clock_that_is_none_keeps_no_form_out(clock, phone, resting):
    assert send(phone, note(resting, device_at=clock))[0] == 201


def test_without_scripts_the_page_comes_again_with_what_is_wrong_and_then_leads_on(phone, resting):
    said = note(resting)
    again = phone.post(PAGE, said | {"how": ""})
    assert (again.status_code, said["uuid"] in again.text) == (200, True)
    done = phone.post(PAGE, said)
    assert (done.status_code, done.headers["Location"]) == (302, reverse("home"))
    assert phone.post(PAGE, said).status_code == 302
    assert Contact.objects.count() == 1
    assert phone.post(PAGE, said | {"note": "more"}).status_code == 409


def test_a_page_of_nobody_says_that_a_phone_may_keep_it_and_one_with_a_name_does_not(phone, resting):
    blank, named = phone.get(PAGE), phone.get(PAGE, {"client": resting.external_id})
    assert (blank.headers[field.BLANK], field.BLANK in named.headers) == ("yes", False)
    assert ("Rosa Mamani" in named.text, "Rosa" in blank.text, "officer" in blank.text) == (
        True,
        False,
        False,
    )


def test_a_merged_clients_number_finds_who_they_are_now(phone, resting, office, officer):
    other = ClientFactory(office=office, officer=officer.officer)
    LoanFactory(client=other)
    rebuild_spells(by=None)
    merge_clients(survivor=other, other=resting, take=frozenset(), by=None)
    assert send(phone, note(resting))[0] == 201
    assert Contact.objects.get().client == other


# Two answers, and a manager who looks at them


@pytest.fixture
def kept(phone, resting):
    said = note(resting, note="first")
    send(phone, said)
    send(phone, said | {"note": "second"})
    return SubmissionConflict.objects.get()


def test_a_manager_sees_both_answers_side_by_side_and_says_so(kept, client, branch_manager):
    client.force_login(branch_manager)
    page = client.get(reverse("field-conflict-detail", args=[kept.pk]))
    assert [(answer["first"], answer["then"]) for answer in page.context["answers"] if answer["differs"]] == [
        ("first", "second")
    ]
    client.post(reverse("field-conflict-settle", args=[kept.pk]))
    client.post(reverse("field-conflict-settle", args=[kept.pk]))
    kept.refresh_from_db()
    assert kept.settled_by == branch_manager
    assert AuditEvent.objects.filter(verb="form.reviewed").count() == 1


def test_the_list_asks_as_much_for_three_as_for_one(kept, phone, resting, manager, django_assert_num_queries):
    phone.force_login(manager)
    page = reverse("field-conflict-list")
    phone.get(page)
    for count in (1, 3):
        with django_assert_num_queries(6):
            assert len(phone.get(page).context["object_list"]) == count
        send(phone, {"uuid": str(kept.submission_id), "note": "third"})
        send(phone, {"uuid": str(kept.submission_id), "note": "fourth"})
