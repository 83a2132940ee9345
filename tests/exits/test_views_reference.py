"""Screens of the institution's own lists, and where their words appear."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exits.actions import confirm_exit, record_interview
from exits.models import ExitInterview, LeaverType, Reason
from spm.access import GRANTS, Can, Role
from spm.models import AuditEvent
from spm.reference_edits import reword_entry, withdraw_entry
from tests.exits.leavers import START, counted, left, reason
from tests.exported import exported
from tests.factories import ClientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]

TYPES, REASONS = reverse("exits:type-entry-list"), reverse("exits:reason-entry-list")
LISTS = {"type-entry": (LeaverType, TYPES), "reason-entry": (Reason, REASONS)}
QUECHUA = "Qullqi unayta chayamun"


def at(name, row=None):
    return reverse(f"exits:{name}", args=[row.pk] if row else [])


def latest(code, kind=Reason):
    return kind.objects.filter(code=code).order_by("-starts_on", "-pk").first()


def reword(code, by, kind=Reason, **words):
    row, today = latest(code, kind), timezone.localdate()
    own = {"initiative": row.initiative, "tone": row.tone} if kind is LeaverType else {}
    return reword_entry(
        entry=row, version=row.version, words=row.words | words, starts_on=today, by=by, **own
    )


def withdraw(code, by):
    row = latest(code)
    return withdraw_entry(entry=row, version=row.version, ends_on=timezone.localdate(), by=by)


def sent(row, **words):
    return {"version": row.version, "starts_on": timezone.localdate().isoformat()} | words


# --- the lists ---------------------------------------------------------------------------------------------


def test_a_list_says_what_is_in_force_since_when_and_how_often_it_was_used(client, manager):
    stay = {"start": START, "at": timezone.now(), "by": manager}
    record_interview(client=ClientFactory(), consent=True, primary=reason("delay"), **stay)
    confirm_exit(client=ClientFactory(), leaver_type=latest("moved", LeaverType), **stay)
    reword("delay", manager, en="Waits", qu=QUECHUA)
    client.force_login(manager)
    [row] = [row for row in exported(client, REASONS) if row["entry"] == "Waits"]
    today = timezone.localdate().isoformat()
    assert row == {
        "entry": "Waits",
        "head": "How it is done",
        "standing": "in force",
        "starts_on": today,
        "ends_on": "",
        "interviews": "1",
        "by_staff": "0",
        "languages": "English, Español, Runasimi",
        "code": "delay",
        "words_en": "Waits",
        "words_es": "El dinero llega tarde",
        "words_qu": QUECHUA,
    }
    [moved] = [row for row in exported(client, TYPES) if row["code"] == "moved"]
    assert (moved["exits"], moved["initiative"], moved["starts_on"]) == ("1", "Circumstances", "2000-01-01")


def test_earlier_words_are_shown_when_asked_for_and_withdrawn_ones_always(client, manager):
    reword("delay", manager, en="Waits")
    withdraw("paperwork", manager)
    client.force_login(manager)

    def seen(**asked):
        rows = exported(client, REASONS, **asked)
        kept = [row for row in rows if row["code"] in {"delay", "paperwork"}]
        return [(row["entry"], row["standing"], row["interviews"]) for row in kept]

    now = [("Waits", "in force", "0"), ("Too much paperwork", "withdrawn", "0")]
    assert seen() == now
    assert seen(earlier="1") == [("Money comes too late", "earlier words", ""), *now]


@pytest.mark.parametrize("noun", LISTS)
def test_an_empty_list_says_what_to_do_first_to_whoever_may(noun, client, manager, officer):
    kind, path = LISTS[noun]
    kind.objects.all().delete()
    shown = []
    for user in (manager, officer):
        client.force_login(user)
        html = client.get(path).text
        shown.append(("yet</h2>" in html, f'href="{at(f"{noun}-add")}"' in html))
    assert shown == [(True, True), (True, False)]


@pytest.mark.parametrize("noun", LISTS)
def test_who_may_not_open_records_is_told_no_uses(noun, client, officer, monkeypatch):
    monkeypatch.setitem(GRANTS, Role.OFFICER, frozenset({Can.EXITS_VIEW, Can.HOME_VIEW}))
    client.force_login(officer)
    [row, *_others] = exported(client, LISTS[noun][1])
    assert row.keys() & {"exits", "interviews", "by_staff"} == set()


def test_lists_are_read_by_officers_and_kept_by_managers_of_the_whole_institution(
    client, manager, branch_manager, officer, admin, assessor
):
    row = latest("delay")
    seen = {}
    for user in (manager, branch_manager, officer, admin, assessor):
        client.force_login(user)
        got = (client.get(path).status_code for path in (REASONS, at("reason-entry-change", row)))
        done = client.post(at("reason-entry-withdraw", row), {"version": 1}).status_code
        seen[user.username] = (*got, done)
    assert seen == {
        "manager": (200, 200, 302),
        "branch-manager": (200, 403, 403),
        "officer": (200, 403, 403),
        "admin": (403, 403, 403),
        "assessor": (403, 403, 403),
    }


@pytest.mark.parametrize("noun", LISTS)
def test_a_list_asks_the_same_number_of_queries_for_any_number_of_entries(noun, client, manager):
    kind, path = LISTS[noun]
    client.force_login(manager)
    client.get(path)
    kind.objects.exclude(pk__in=kind.objects.values("pk")[:1]).delete()
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    for code in ("a", "b"):
        kind.objects.create(code=code, words={"en": code}, starts_on="2020-01-01", by=manager)
    with CaptureQueriesContext(connection) as three:
        client.get(path)
    assert len(one) == len(three)


# --- an entry ----------------------------------------------------------------------------------------------


def test_an_entry_is_added_in_any_language_by_one_line_of_the_trail(client, manager):
    client.force_login(manager)
    given = {"words_en": "Fire", "words_code": "sw", "words_more": "Moto", "head": "shock"}
    answer = client.post(at("reason-entry-add"), given | {"starts_on": timezone.localdate()})
    row = Reason.objects.get(code="fire")
    assert (answer.status_code, answer.url) == (302, REASONS)
    assert (row.words, row.head) == ({"en": "Fire", "sw": "Moto"}, "shock")
    assert AuditEvent.objects.filter(verb__startswith="list.").count() == 1
    assert "Words sw" not in client.get(at("reason-entry-change", row)).text
    assert "What it says (Kiswahili)" in client.get(at("reason-entry-change", row)).text


def test_what_cannot_be_is_said_on_the_form(client, manager):
    client.force_login(manager)
    same = {"words_en": "Debt", "starts_on": timezone.localdate()}
    assert "The list says this already: Debt." in client.post(at("reason-entry-add"), same).text
    given = sent(latest("delay"), words_en="Waits", starts_on="2020-01-01")
    assert (
        "Choose today or a later day." in client.post(at("reason-entry-change", latest("delay")), given).text
    )


def test_whoever_is_second_sees_both_texts_and_chooses(client, manager):
    mine = latest("delay")
    client.force_login(manager)
    form = client.get(at("reason-entry-change", mine)).context
    theirs = reword("delay", manager, en="Theirs", es="Suyo")
    change = {"words_en": "Mine", "words_es": "El dinero llega tarde", "seen": form["edit"]["seen"]}
    page = client.post(at("reason-entry-change", mine), sent(mine, **change))
    assert page.status_code == 409
    assert [(d.name, d.mine, d.theirs) for d in page.context["asked"]] == [("words_en", "Mine", "Theirs")]
    assert page.context["address"] == at("reason-entry-change", theirs)
    again = page.context["edit"] | {"asked": "words_en", "pick-words_en": "mine"}
    kept = {name: texts[0] for name, texts in page.context["sent"].items() if texts}
    assert client.post(at("reason-entry-change", theirs), kept | again).status_code == 302
    assert latest("delay").words == {"en": "Mine", "es": "Suyo"}


def test_words_that_were_followed_lead_to_those_in_force(client, manager):
    old = latest("delay")
    new = reword("delay", manager, en="Waits")
    client.force_login(manager)
    assert client.get(at("reason-entry-change", old)).url == at("reason-entry-change", new)
    html = client.get(at("reason-entry-change", new)).text
    assert html.index("Waits") < html.index("Money comes too late")


@pytest.mark.parametrize("noun", LISTS)
def test_an_entry_is_withdrawn_and_brought_back_on_its_page(noun, client, manager):
    kind = LISTS[noun][0]
    row = kind.objects.get(code="resting")
    client.force_login(manager)
    page = client.get(at(f"{noun}-change", row)).text
    assert at(f"{noun}-withdraw", row) in page
    client.post(at(f"{noun}-withdraw", row), {"version": 1, "ends_on": timezone.localdate()})
    page = client.get(at(f"{noun}-change", row)).text
    assert (at(f"{noun}-withdraw", row) in page, at(f"{noun}-bring-back", row) in page) == (False, True)
    client.post(at(f"{noun}-bring-back", row), {"version": 2})
    today = timezone.localdate()
    assert [row.code for row in kind.objects.in_force(today).filter(code="resting")] == ["resting"]


@pytest.mark.parametrize("version", ["", "7", "x"])
def test_a_button_pressed_on_an_old_page_does_nothing_and_says_so(version, client, manager):
    row = latest("delay")
    client.force_login(manager)
    given = {"version": version, "ends_on": timezone.localdate()}
    answer = client.post(at("reason-entry-withdraw", row), given, follow=True)
    assert "Somebody changed this entry meanwhile." in answer.text
    assert latest("delay").ends_on is None


def test_a_head_that_has_reasons_offers_no_withdrawing(client, manager):
    client.force_login(manager)
    html = client.get(at("reason-entry-change", latest("debt"))).text
    assert "Withdraw them first" in html
    assert at("reason-entry-withdraw", latest("debt")) not in html


def test_an_entry_is_moved_by_its_buttons(client, manager):
    client.force_login(manager)
    row = latest("paperwork")
    answer = client.post(at("reason-entry-move", row), {"up": "1"})
    assert answer.url == at("reason-entry-change", row)
    places = {code: latest(code).position for code in ("paperwork", "delay")}
    assert places == {"paperwork": 1, "delay": 2}


# --- where the words appear --------------------------------------------------------------------------------


@pytest.fixture
def leaver(office, officer):
    client = left(office, officer, name="Rosa Mamani")
    counted()
    return client


def test_an_interview_is_asked_in_its_language_and_stays_as_it_was_asked(client, manager, leaver):
    asked = reword("delay", manager, qu=QUECHUA)
    client.force_login(manager)
    query = {"client": leaver.external_id, "language": "qu"}
    form = client.get(reverse("exits:interview-add", query=query)).context["form"]
    heads = dict(form.fields["primary"].choices)
    assert dict(heads["How it is done"])[asked.pk] == QUECHUA
    assert ("qu", "Runasimi") in form.fields["language"].choices
    assert form.words["reasons"][asked.pk]["qu"] == QUECHUA
    answers = {"client": leaver.external_id, "consent": "yes", "language": "qu", "primary": asked.pk}
    client.post(at("interview-add"), answers | {"uuid": uuid.uuid4()})
    reword("delay", manager, en="Waits", qu="Suyan")
    html = client.get(at("interview-detail", ExitInterview.objects.get())).text
    assert "Money comes too late<br>Asked in Runasimi: " + QUECHUA in html
    assert ("Waits" in html, "Suyan" in html) == (False, False)


def test_a_confirmed_exit_that_is_changed_still_says_what_it_said(client, manager, leaver):
    stay = {"client": leaver, "start": START, "at": timezone.now(), "by": manager}
    moved, delay = latest("moved", LeaverType), latest("delay")
    said = {"staff_reason": delay, "staff_first": latest("paperwork")}
    row = confirm_exit(leaver_type=moved, **said, **stay)
    reword("moved", manager, LeaverType, en="Gone")
    reword("delay", manager, en="Waits")
    withdraw("paperwork", manager)
    client.force_login(manager)
    form = client.get(at("exit-change", row)).context["form"]
    types, first = dict(form.fields["leaver_type"].choices), dict(form.fields["staff_first"].choices)
    reasons = dict(dict(form.fields["staff_reason"].choices)["How it is done"])
    assert (types[moved.pk], "Gone" in types.values(), len(types)) == ("Moved away", False, 11)
    assert (reasons[delay.pk], "Waits" in reasons.values()) == ("Money comes too late", False)
    assert first[said["staff_first"].pk] == "Too much paperwork"
    kept = {"leaver_type": moved.pk, "staff_reason": delay.pk, "version": 1}
    assert client.post(at("exit-change", row), kept).status_code == 302
    row.refresh_from_db()
    assert (row.leaver_type, row.staff_reason) == (moved, delay)
