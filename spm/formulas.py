"""Texts that a spreadsheet would run as a formula: one rule for every file that leaves the product."""

import re

# Signs that make a spreadsheet take a text for a formula, also behind blanks and in their wide forms.
FORMULA = re.compile(r"^[\s\u200b\ufeff]*[=+\-@\t\r\n\x00＝＋－＠]")


def inert(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; NUL, which no CSV bears, is dropped."""
    marked = f"'{text}" if FORMULA.match(text) else text
    return marked.replace("\x00", "")


def as_given(text: str) -> str:
    """The text without the apostrophe that ``inert`` has put in front."""
    return text[1:] if text[:1] == "'" and FORMULA.match(text[1:]) else text
