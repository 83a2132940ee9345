"""The catalogues in ``locale/``, kept without gettext installed.

    python tools/messages.py extract   marked strings of code and templates into both catalogues
    python tools/messages.py compile   .po to .mo, which are committed so that a fresh machine has them
    python tools/messages.py check     says what is missing, fuzzy or out of date; exit code 1 if anything

English is its own translation: its messages are filled in by ``extract``. Spanish is written by people.
"""

import datetime as dt
import io
import re
import subprocess
import sys
from copy import deepcopy
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "es")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Header lines that would change with every run or say nothing.
VOLATILE = tuple(
    f'"{name}'.encode()
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Generated-By",
        "Last-Translator",
        "Language-Team",
        "Project-Id-Version",
        "Report-Msgid-Bugs-To",
    )
)
UNDATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
NOT_OURS = ("tests/", "tools/", "bench/", "static/")


def sources() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py", "*.html", "*.txt"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    names = sorted(name for name in listed if name and not name.startswith(NOT_OURS))
    return [ROOT / name for name in names if (ROOT / name).exists() and "requirements" not in name]


def marked_in(path: Path):
    """``(line, message, context)`` of each marked string; a template is first made to look like code."""
    if path.suffix == ".py":
        method, text = "python", path.read_text()
    else:
        method, text = "javascript", templatize(path.read_text(), origin=str(path))
    found = extract(method, io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    for line, message, _comments, context in found:
        yield line, message, context


@cache
def template() -> Catalog:
    catalog = Catalog(project="spm", charset="utf-8", fuzzy=False)
    for path in sources():
        for _line, message, context in marked_in(path):
            kept = (str(path.relative_to(ROOT)), 0)
            flags = {"python-format"} if "%(" in str(message) else set()
            catalog.add(message, None, [kept], flags=flags, context=context)
    return catalog


def po_path(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    path = po_path(language)
    catalog = Catalog(locale=language, charset="utf-8", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.header_comment = "# The words of spm; `make messages` keeps this file."
    return catalog


def merged(language: str) -> Catalog:
    catalog = load(language)
    # A copy: the English filled in below would otherwise stand in the template, and so in the Spanish.
    catalog.update(deepcopy(template()), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    if language == "en":
        for message in catalog:
            if message.id:
                message.string = message.id
    return catalog


def po_text(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=110, sort_output=True, include_lineno=False, omit_header=False)
    volatile = (
        b'"POT-Creation-Date',
        b'"PO-Revision-Date',
        b'"Generated-By',
        b'"Last-Translator',
        b'"Language-Team',
    )
    return b"".join(
        line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(volatile)
    )


def mo_bytes(language: str) -> bytes:
    catalog, out = load(language), io.BytesIO()
    # Its header tells when it was made, which would differ each minute.
    catalog.creation_date = catalog.revision_date = UNDATED
    write_mo(out, catalog)
    return out.getvalue()


def extract_all() -> None:
    for language in LANGUAGES:
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(po_text(merged(language)))


def compile_all() -> None:
    for language in LANGUAGES:
        po_path(language).with_suffix(".mo").write_bytes(mo_bytes(language))


def untranslated(catalog: Catalog) -> list[str]:
    """Messages without their text, plural forms each, or marked fuzzy."""
    lacking = []
    for message in catalog:
        texts = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.id and (message.fuzzy or not all(texts)):
            lacking.append(str(message.id))
    return lacking


# Templates and `format_html` take words as they are; a quotation mark would end an attribute.
MARKUP = re.compile(r"""<[^>]*>|[<>"]|&#?\w+;|\{[{%]""")


def with_foreign_markup(catalog: Catalog) -> list[str]:
    """Messages of which a text holds other markup than the message itself."""
    foreign = []
    for message in filter(lambda message: message.id, catalog):
        own, texts = (
            part if isinstance(part, (list, tuple)) else (part,) for part in (message.id, message.string)
        )
        allowed = [sorted(MARKUP.findall(text)) for text in own]
        if any(sorted(MARKUP.findall(text)) not in allowed for text in texts if text):
            foreign.append(str(message.id))
    return foreign


def complaints() -> list[str]:
    found = []
    for language in LANGUAGES:
        found += [
            f"{language}: other markup than in {message!r}" for message in with_foreign_markup(load(language))
        ]
        found += [f"{language}: no text for {message!r}" for message in untranslated(merged(language))]
        if po_path(language).read_bytes() != po_text(merged(language)):
            found.append(f"{language}: django.po is not what `extract` writes")
        if po_path(language).with_suffix(".mo").read_bytes() != mo_bytes(language):
            found.append(f"{language}: django.mo is not what `compile` writes")
    return found


def main(chore: str) -> int:
    if chore == "check":
        found = complaints()
        print("\n".join(found) or "Both catalogues are complete.")
        return bool(found)
    {"extract": extract_all, "compile": compile_all}[chore]()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or ["check"]))
