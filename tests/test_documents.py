"""What the documents promise is there: tests that security names, words that the pages use."""

import ast
import re
from pathlib import Path

from django.conf import settings

from tools import messages

DOCS = Path(settings.BASE_DIR, "docs")


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


def test_each_test_that_security_names_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (DOCS / "security.md").read_text())
    assert len(named) > 15
    assert [name for file, name in named if name not in functions(DOCS.parent / file)] == []


def test_each_word_of_the_glossary_is_one_that_the_pages_use():
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", (DOCS / "glossary.md").read_text(), re.MULTILINE
    )
    words = [row for row in rows if row[0] != "English"]
    catalogue = [message for message in messages.load("es") if message.id]
    english = " ".join(str(message.id) for message in catalogue).lower()
    spanish = " ".join(str(message.string) for message in catalogue).lower()
    assert len(words) > 20
    assert [word for word, _spanish in words if word not in english] == []
    assert [word for _english, word in words if word not in spanish] == []
