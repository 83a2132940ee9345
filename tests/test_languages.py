"""Both languages are complete, and say the same with the same places for values."""

import re
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog
from django.template.base import Lexer, TokenType

from tools import messages

SAME_IN_BOTH = {
    "%(name)s: %(words)s",
    "%(role)s, %(office)s",
    "Centro Las Flores",
    "Error:",
    "Provisional",
    "No",
    "Roles",
    "Rural",
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


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_translation_brings_markup_of_its_own(language):
    assert messages.with_foreign_markup(messages.load(language)) == []


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<strong onclick="alert(1)">Sí</strong>',
        '" onmouseover="alert(1)',
        "&lt;img&gt;",
        "Sí",
        "<strong>Sí</strong><strong>",
        "{{ settings.SECRET_KEY }}",
    ],
)
def test_markup_that_a_translation_brings_or_loses_is_found(text):
    catalog = Catalog()
    catalog.add("<strong>Yes</strong>", text)
    assert messages.with_foreign_markup(catalog) == ["<strong>Yes</strong>"]


def test_strings_are_found_in_code_and_templates(tmp_path):
    template = tmp_path / "page.html"
    template.write_text(
        '<p>{% translate "Who is leaving?" %} {% blocktranslate trimmed count n=n %}\n  One client'
        "{% plural %}{{ n }} clients{% endblocktranslate %}</p>"
    )
    found = [message for _line, message, _context in messages.marked_in(template)]
    assert found == ["Who is leaving?", ("One client", "%(n)s clients")]


# --- templates: no word goes unmarked ----------------------------------------------------------------------

READ_OUT = {"alt", "aria-label", "aria-description", "data-label", "data-words", "placeholder", "title"}
PROPER_NAMES = {"San Isidro", "Santa Ana"}
WORD = re.compile(r"[^\W\d_]{2,}")
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')  # all that some blocks hold
MARKED = re.compile(r"""_\((?:"[^"]*"|'[^']*')\)""")
LITERAL = re.compile(r""""([^"]*)"|'([^']*)'""")


class Readable(HTMLParser):
    """What a reader sees or hears of a page; code is the same in every language."""

    def __init__(self):
        super().__init__()
        self.found, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in {"code", "script"}
        self.found += [value for name, value in attrs if name in READ_OUT and value]

    def handle_endtag(self, tag):
        self.silent -= tag in {"code", "script"}

    def handle_data(self, data):
        self.found += [] if self.silent else [data]


def sentences_in_a_tag(contents: str) -> list[str]:
    """Texts of several words that a tag hands on, such as `title="All clients"`, and that are not marked."""
    if contents.startswith(("translate ", "comment")):
        return []
    texts = [double or single for double, single in LITERAL.findall(MARKED.sub("", contents))]
    return [text for text in texts if len(WORD.findall(text)) > 1 and " " in text.strip()]


def unmarked(source: str) -> list[str]:
    """Words of a template that no translation would reach."""
    kept, found, inside = [], [], ""
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            if name in {"blocktranslate", "comment"}:
                inside = name
            inside = "" if name == f"end{inside}" else inside
        if token.token_type == TokenType.TEXT:
            kept += [] if inside else [token.contents]
        elif token.token_type != TokenType.COMMENT and not inside:
            found += sentences_in_a_tag(token.contents)
    reader = Readable()
    reader.feed("".join(kept))
    reader.close()
    texts = (text.strip() for text in found + reader.found)
    return [t for t in texts if WORD.search(t) and t not in PROPER_NAMES and not ATTRIBUTE.fullmatch(t)]


def test_no_word_of_a_template_is_unmarked():
    templates = [path for path in messages.sources() if path.suffix in {".html", ".txt"}]
    assert len(templates) > 40
    found = {str(path.relative_to(messages.ROOT)): unmarked(path.read_text()) for path in templates}
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Who is leaving?</p>", ["Who is leaving?"]),
        ('<p>{% translate "Who is leaving?" %}</p>', []),
        ("<p>{% blocktranslate count n=n %}One{% plural %}{{ n }} clients{% endblocktranslate %}</p>", []),
        ("{# a note #}{% comment %}another{% endcomment %}<p>– {{ n }} %</p>", []),
        ('<nav aria-label="Pages"><img alt="A chart"></nav>', ["Pages", "A chart"]),
        ("<nav aria-label=\"{% translate 'Pages' %}\"></nav>", []),
        ('{% include "a.html" with title="All clients" kind="act" only %}', ["All clients"]),
        ('{{ by|default:_("the clock or a command") }}', []),
        ('{{ by|default:"the clock or a command" }}', ["the clock or a command"]),
        ("<code>client_id</code><script>let a;</script>", []),
        ("<{% if a %}th{% else %}td{% endif %}>clients</{% if a %}th{% else %}td{% endif %}>", ["clients"]),
    ],
)
def test_an_unmarked_word_is_found(source, found):
    assert unmarked(source) == found
