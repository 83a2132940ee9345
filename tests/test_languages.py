"""Both languages are complete, and say the same with the same places for values."""

import re

import pytest
from babel.messages.catalog import Catalog

from tools import messages

SAME_IN_BOTH = {
    "%(name)s: %(words)s",
    "Centro Las Flores",
    "Error:",
    "Provisional",
    "Rural",
    "n %(n)s",
    "no",
    "provisional",
}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_marked_string_has_its_text(language):
    assert messages.untranslated(messages.merged(language)) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_catalogue_is_what_extraction_writes(language):
    assert messages.po_path(language).read_bytes() == messages.po_text(messages.merged(language))


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_text(language):
    assert messages.po_path(language).with_suffix(".mo").read_bytes() == messages.mo_bytes(language)


def test_the_compiled_catalogue_does_not_tell_when_it_was_made():
    assert b"POT-Creation-Date: 2000-01-01 00:00+0000" in messages.mo_bytes("es")


def placeholders(text):
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]", text))


def test_spanish_keeps_every_placeholder():
    wrong = []
    for message in messages.load("es"):
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if any(placeholders(text) != placeholders(sources[-1]) for text in texts[-1:]):
            wrong.append(message.id)
    assert wrong == []


def test_what_is_said_in_spanish_is_spanish():
    said = {message.id: message.string for message in messages.load("es") if message.id}
    assert {english for english, spanish in said.items() if english == spanish} == SAME_IN_BOTH


def test_a_new_string_has_no_spanish_yet_though_english_has_it(monkeypatch):
    catalog = Catalog()
    catalog.add("Nobody has translated this")
    monkeypatch.setattr(messages, "template", lambda: catalog)
    messages.merged("en")
    assert messages.untranslated(messages.merged("es")) == ["Nobody has translated this"]


def test_an_untranslated_string_is_found(monkeypatch):
    catalog = messages.merged("es")
    catalog.add("A sentence nobody has translated")
    assert "A sentence nobody has translated" in messages.untranslated(catalog)


def test_a_fuzzy_string_is_found():
    catalog = messages.merged("es")
    catalog.add("A doubtful sentence", "Una frase dudosa", flags=["fuzzy"])
    assert "A doubtful sentence" in messages.untranslated(catalog)


def test_strings_are_found_in_code_and_templates(tmp_path):
    template = tmp_path / "page.html"
    template.write_text(
        '<p>{% translate "Who is leaving?" %} {% blocktranslate trimmed count n=n %}\n  One client'
        "{% plural %}{{ n }} clients{% endblocktranslate %}</p>"
    )
    found = [message for _line, message, _context in messages.marked_in(template)]
    assert found == ["Who is leaving?", ("One client", "%(n)s clients")]
