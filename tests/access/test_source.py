"""What stands in no source: ways around the rows in reach, around escaping, around a form's own fields."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = {
    "screens": re.compile(r"(^|/)(views?|\w*screens?)(/\w+)?\.py$"),
    "forms": re.compile(r"(^|/)(\w*forms?)(/\w+)?\.py$"),
    "all": re.compile(r"\.py$"),
}
FORBIDDEN = {
    "a row by its key, past visible_to": (
        "screens",
        re.compile(r"\.objects\.(get|filter|in_bulk)\(\s*(pk|id)(__in)?="),
    ),
    "a row by its key, past visible_to, in short": ("screens", re.compile(r"get_(object|list)_or_404\(")),
    "every field of a model": (
        "forms",
        re.compile(r"fields\s*=\s*[\"']__all__[\"']|^\s*exclude\s*=", re.MULTILINE),
    ),
    "SQL that the ORM does not see": ("all", re.compile(r"\.(raw|extra)\(|\bRawSQL\b")),
    "a form without its token": ("all", re.compile(r"\bcsrf_exempt\b")),
    "markup that is not escaped": ("all", re.compile(r"\bmark_safe\b|\bSafeString\(")),
}
# File and rule, with the reason why it is right there.
EXCUSED = {
    ("spm/forms.py", "markup that is not escaped"): "the options of a select, each escaped before",
    ("spm/tables.py", "markup that is not escaped"): "cells and marks, each word of them escaped before",
    ("spm/templatetags/house.py", "markup that is not escaped"): "a star that is always the same",
}


def flaws(name: str, text: str) -> list[str]:
    """The rules that a source breaks, by the name of its file."""
    return [
        rule
        for rule, (room, pattern) in FORBIDDEN.items()
        if ROOMS[room].search(name) and pattern.search(text)
    ]


def sources() -> list[str]:
    found = [path for app in ("spm", "clients", "feedback", "exits") for path in (ROOT / app).rglob("*.py")]
    return [str(path.relative_to(ROOT)) for path in found if "migrations" not in path.parts]


def test_no_source_goes_around_what_guards_it():
    found = {(name, rule) for name in sources() for rule in flaws(name, (ROOT / name).read_text())}
    assert (found - EXCUSED.keys(), EXCUSED.keys() - found) == (set(), set())
    assert len([name for name in sources() if ROOMS["screens"].search(name)]) >= 20


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("clients/views/clients.py", "Client.objects.get(pk=pk)"),
        ("clients/views.py", "Client.objects.filter(id=number).first()"),
        ("spm/screens.py", "job = get_object_or_404(Job, pk=pk)"),
        ("clients/forms/people.py", "class Meta:\n    fields = '__all__'"),
        ("exits/forms.py", "class Meta:\n    exclude = ['by']"),
        ("clients/queries/clients.py", "Client.objects.raw('SELECT 1')"),
        ("clients/queries/clients.py", "rows.extra(where=[words])"),
        ("exits/views/lists.py", "@csrf_exempt\ndef send(request): ..."),
        ("spm/tables.py", "return mark_safe(name)"),
    ],
)
def test_each_way_around_is_noticed(name, text):
    assert len(flaws(name, text)) == 1
