"""The exit interview in languages that the pages do not speak: entered, followed by newer words, read out."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from exits.actions import word_interview
from exits.forms.interviews import read_out
from exits.models import InterviewWords
from exits.queries.wording import words_in_force
from spm.models import AuditEvent
from tests.exported import exported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]
LIST, ADD = reverse("exits:wording-list"), reverse("exits:wording-add")
ASK = reverse("exits:interview-add")
WORDS = {"consent": "Munankichu?", "consent-yes": "Ari", "change": "Imata tikrasun?"}


def worded(by, words=WORDS, language="qu", after=None):
    return word_interview(language=language, words=words, after=after, by=by)


def sent(client, **more):
    return client.post(ADD, {"language": "qu", "after": ""} | more)


def test_every_question_and_answer_that_is_read_out_can_be_worded_and_the_consent_too():
    keys = read_out()
    assert {
        "consent",
        "consent-yes",
        "initiative-mfi",
        "repayment-hard_at_times",
        "would_recommend",
    } < keys.keys()
    assert keys.keys() & {"client", "language", "place"} == set()


def test_a_manager_enters_the_words_of_a_language_and_the_list_has_them(client, manager):
    client.force_login(manager)
    assert sent(client, **WORDS).status_code == 302
    (row,) = exported(client, LIST)
    assert [row[name] for name in ("language", "state", "worded", "code")] == [
        "Runasimi",
        "in force",
        "3",
        "qu",
    ]
    assert (row["consent"], row["consent_yes"], row["benefits"]) == ("Munankichu?", "Ari", "")
    assert f"{ADD}?language=qu" in client.get(LIST).text
    assert "Would the person come back? · Yes" in client.get(ADD).text


def test_newer_words_follow_and_earlier_ones_stay(client, manager):
    first = worded(manager)
    client.force_login(manager)
    page = client.get(ADD, {"language": "qu"})
    assert (page.context["form"]["change"].initial, page.context["form"]["after"].value()) == (
        "Imata tikrasun?",
        first.pk,
    )
    client.post(f"{ADD}?language=qu", {"language": "qu", "after": first.pk, "change": "Imata?"})
    assert list(InterviewWords.objects.order_by("pk").values_list("words", flat=True)) == [
        WORDS,
        {"change": "Imata?"},
    ]
    assert words_in_force() == {"qu": {"change": "Imata?"}}
    assert [row["state"] for row in exported(client, LIST)] == ["in force", "earlier words"]


def test_who_words_it_second_is_told_and_nothing_is_lost(client, manager):
    client.force_login(manager)
    worded(manager)
    answer = sent(client, change="Imata?")
    assert "Somebody worded it in this language meanwhile." in answer.text
    with pytest.raises(ValidationError):
        worded(manager, after=7)
    assert (words_in_force(), AuditEvent.objects.filter(verb="interview.worded").count()) == (
        {"qu": WORDS},
        1,
    )


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"language": "es", "change": "x"}, "The pages speak this language already"),
        ({"language": "9", "change": "x"}, "Write two or three letters"),
        ({}, "Write one question at least."),
    ],
)
def test_what_cannot_be_is_refused(said, why, client, manager):
    client.force_login(manager)
    answer = sent(client, **said)
    assert (why in answer.text, InterviewWords.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    ("who", "reads", "words"),
    [("manager", 200, 200), ("branch_manager", 200, 403), ("officer", 200, 403), ("admin", 403, 403)],
)
def test_whoever_sees_exits_reads_them_and_the_head_offices_manager_writes(
    who, reads, words, client, request
):
    client.force_login(request.getfixturevalue(who))
    assert (client.get(LIST).status_code, client.get(ADD).status_code) == (reads, words)


def test_the_page_that_a_phone_keeps_has_every_language_and_its_own_words_to_return_to(
    client, manager, officer
):
    worded(manager)
    client.force_login(officer)
    page = client.get(ASK).text
    told = json.loads(re.search(r'<script id="words"[^>]*>(.*?)</script>', page, re.DOTALL).group(1))
    assert (told["questions"], told["page"]["consent-yes"]) == ({"qu": WORDS}, "Yes")
    assert 'value="qu"' in page
    assert page.index('id="div_id_language"') < page.index('id="div_id_consent"')


def test_without_scripts_the_form_asks_in_the_language_of_its_address(client, manager, officer):
    worded(manager)
    client.force_login(officer)
    form = client.get(ASK, {"language": "qu"}).context["form"]
    assert [form.fields[name].label for name in ("consent", "change", "complaint")] == [
        "Munankichu?",
        "Imata tikrasun?",
        "Is there a complaint?",
    ]
    assert form.fields["consent"].choices == [("yes", "Ari"), ("no", "No")]


def test_the_list_asks_as_much_for_three_languages_as_for_one(
    client, manager, django_assert_num_queries, django_assert_max_num_queries
):
    worded(manager)
    client.force_login(manager)
    client.get(LIST)
    with django_assert_max_num_queries(20) as asked:
        client.get(LIST)
    for language in ("ay", "gn"):
        worded(manager, language=language)
    with django_assert_num_queries(len(asked)):
        client.get(LIST)
