"""Words in the languages in which clients are asked, more than the interface speaks."""

import pytest
from django import forms
from django.utils import translation

from spm.forms import CrispyMixin
from spm.worded import WordedForm, in_language, language_name


class Reason(WordedForm, CrispyMixin, forms.Form):
    worded = {"words": "The reason"}


@pytest.mark.parametrize(
    ("words", "asked", "said"),
    [
        ({"es": "casa", "qu": "wasi"}, "qu", "wasi"),
        ({"es": "casa", "en": "house"}, "es-bo", "casa"),
        ({"es-bo": "casita", "es": "casa"}, "es-BO", "casita"),
        ({"qu": "wasi", "es": "casa"}, "ay", "casa"),
        ({"qu": "wasi", "es": "casa", "en": "house"}, "ay", "house"),
        ({"qu": "wasi"}, "es", "wasi"),
        ({"es": "", "qu": "wasi"}, "es", "wasi"),
        ({}, "es", ""),
    ],
)
def test_words_are_said_in_the_nearest_language_that_there_is(words, asked, said):
    assert in_language(words, asked) == said


def test_without_a_language_that_of_the_page_counts():
    with translation.override("es"):
        assert in_language({"en": "house", "es": "casa"}) == "casa"


def test_where_a_language_has_no_words_that_of_the_page_speaks():
    words = {"en": "house", "es": "casa"}
    said = []
    for page in ("es", "en"):
        with translation.override(page):
            said.append(in_language(words, "qu"))
    assert said == ["casa", "house"]


def test_a_language_is_called_by_its_own_name_where_that_is_known():
    assert [language_name(code) for code in ("es", "qu", "xx")] == ["Español", "Runasimi", "xx"]


def test_a_form_has_a_line_for_each_language_and_one_more():
    form = Reason(initial={"words": {"qu": "wasi"}})
    assert list(form.fields) == ["words_en", "words_es", "words_qu", "words_code", "words_more"]
    assert form["words_qu"].value() == "wasi"


def test_languages_are_offered_by_their_own_names():
    html = str(Reason()["words_code"])
    assert 'list="words_code_known"' in html
    assert '<datalist id="words_code_known"' in html
    for option in ('<option value="qu">Runasimi</option>', '<option value="sw">Kiswahili</option>'):
        assert option in html


def test_what_is_written_is_kept_by_language_and_what_is_emptied_is_gone():
    sent = {"words_en": " house ", "words_qu": "", "words_code": "AY", "words_more": "uta"}
    form = Reason(sent, initial={"words": {"qu": "wasi"}})
    assert form.is_valid()
    assert form.cleaned_data["words"] == {"en": "house", "ay": "uta"}


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, "words_en"),
        ({"words_en": "x", "words_more": "uta"}, "words_code"),
        ({"words_en": "x", "words_code": "<b>", "words_more": "uta"}, "words_code"),
        ({"words_en": "x", "words_code": "ay"}, "words_more"),
        ({"words_en": "x" * 1001, "words_es": "x"}, "words_en"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_line(sent, wrong):
    form = Reason(sent)
    assert list(form.errors) == [wrong]
