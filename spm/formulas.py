"""Texts that a spreadsheet would run as a formula: one rule for every file that leaves the product.

An apostrophe goes in front of what could be a formula: at the start of a text, and behind every separator in
it, as a file opened with another separator than its own is cut there. ``as_given`` takes off just those.
"""

import re

# Signs that begin a formula, in their wide, small and mathematical forms too.
SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫−"
# What a spreadsheet, or whoever cuts the line elsewhere, may drop in front of such a sign.
UNSEEN = "\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
SEPARATORS = ";,\t\r\n|"
LEAD = rf"\s{UNSEEN}{SEPARATORS}'\""

# What no workbook may hold: a program that reads it would take the file for damaged.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
CELL_LENGTH = 32_767
# What a workbook reads as another sign; "_x003D_" would be "=".
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

FORMULA = re.compile(rf"[{LEAD}]*+[{SIGNS}]|(?:[^\S\t\r\n]|[{UNSEEN};,|'\"])*+[\t\r\n]")
# Looked for from its first sign only, and without going back: long runs cost no more than their length.
RUN = re.compile(rf"(?<![{LEAD}])[{LEAD}]++(?=[{SIGNS}])")
SEPARATOR = re.compile(rf"[{SEPARATORS}]")
MARKED = re.compile(rf"([{SEPARATORS}])'")


def inert(text: str) -> str:
    """The text so that no spreadsheet takes it, or a piece of it, for a formula.

    NUL, which no CSV bears, is dropped.
    """
    text = text.replace("\x00", "")
    marked = RUN.sub(lambda run: SEPARATOR.sub(r"\g<0>'", run[0]), text)
    return f"'{marked}" if FORMULA.match(text) else marked


def in_a_workbook(text: str, *, unreadable: str = "") -> str:
    """The text as a workbook's file holds it, so that whoever opens it sees the text.

    ``unreadable`` stands for signs that no workbook may hold.
    """
    return ESCAPE.sub("_x005F_", FORBIDDEN.sub(unreadable, text)[:CELL_LENGTH])


def as_given(text: str) -> str:
    """The text without the apostrophes that ``inert`` has put in."""
    if "'" not in text:
        return text
    begun = text[1:] if text[0] == "'" and FORMULA.match(text[1:]) else text
    return RUN.sub(lambda run: MARKED.sub(r"\1", run[0]), begun)
