"""Compile the catalogues under locale/ without gettext, so that a fresh machine speaks every language.

    python tools/messages.py

A compiled catalogue is written only where its translations differ from the text beside it.
"""

import gettext
import io
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def compiled(source: Path) -> bytes:
    """The bytes of the .mo for a .po file; fuzzy and empty translations stay out."""
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parent.parent.name, domain=source.stem)
    binary = io.BytesIO()
    write_mo(binary, catalogue)
    return binary.getvalue()


def translations(binary: bytes) -> dict:
    """What a compiled catalogue says, its header left aside."""
    return {key: text for key, text in gettext.GNUTranslations(io.BytesIO(binary))._catalog.items() if key}


def is_fresh(source: Path) -> bool:
    """Does the .mo beside the .po say the same?"""
    target = source.with_suffix(".mo")
    return target.exists() and translations(target.read_bytes()) == translations(compiled(source))


def main() -> int:
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        if not is_fresh(source):
            source.with_suffix(".mo").write_bytes(compiled(source))
            print(f"compiled {source.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
