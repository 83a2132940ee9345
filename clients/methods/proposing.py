"""A first guess at a mapping (see ``clients.methods.mapping``): by names in two languages, by content."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from clients.methods.cells import as_text
from clients.methods.mapping import PARTS, UNKNOWN, Found
from clients.methods.mapping_words import COLUMN_WORDS, SHEET_WORDS, VALUE_WORDS
from clients.methods.names import fold
from clients.methods.sheets import SHEETS, Column, Kind

SAMPLED = 200
# Names less alike than this are not taken for each other.
ALIKE = 0.72


def likeness(header: str, words: list[str]) -> float:
    """How alike a header is to what a column is called, from 0 to 1; the order of words does not matter."""
    name = in_order(re.sub(r"[^a-z0-9]+", " ", fold(header)))
    return max(_ratio(name, word) for word in words)


@lru_cache(maxsize=20_000)  # every header meets every word again with each sheet and each preview
def _ratio(name: str, word: str) -> float:
    return SequenceMatcher(None, name, in_order(word)).ratio()


def in_order(text: str) -> str:
    return " ".join(sorted(text.split()))


def names_of(column: Column) -> list[str]:
    return [column.name.replace("_", " "), *COLUMN_WORDS.get(column.name, [])]


def meant(column: Column, value) -> str | None:
    """What a value of theirs means in a column with few; None where it is not known."""
    sayings = VALUE_WORDS["flag" if column.kind is Kind.FLAG else column.name]
    allowed = ("1", "0") if column.kind is Kind.FLAG else column.choices
    text = fold(as_text(value))
    return next((code for code in allowed if text == code or text in sayings.get(code, [])), None)


def has_few_values(column: Column) -> bool:
    return column.kind in {Kind.CHOICE, Kind.FLAG}


def fits(column: Column, cells: list) -> float:
    """How well the cells suit the column, from -0.5 to 0.2; nothing is said by empty ones."""
    filled = [cell for cell in cells if as_text(cell)]
    if not filled:
        return 0
    if column.kind is Kind.DATE:
        good = sum(may_be_day(cell) for cell in filled)
    elif column.kind in {Kind.MONEY, Kind.COUNT}:
        good = sum(bool(re.fullmatch(r"[+-]?[\d.,' ]+", as_text(cell))) for cell in filled)
    elif has_few_values(column):
        good = sum(meant(column, cell) is not None for cell in filled)
    else:
        return 0
    return 0.7 * good / len(filled) - 0.5


def may_be_day(cell) -> bool:
    if not isinstance(cell, str):
        return True
    text = as_text(cell)
    return bool(PARTS.fullmatch(text)) or text.isdigit()


def matched_columns(found: Found, to: str, sample: list[list]) -> dict[str, str]:
    """Our columns with the header that feeds each, the likeliest pairs first."""
    pairs = []
    for header, place in found.places.items():
        cells = [row[place] for row in sample if place < len(row)]
        for column in SHEETS[to].columns:
            alike = likeness(header, names_of(column))
            if alike >= ALIKE:
                pairs.append((alike + fits(column, cells), column.name, header))
    chosen: dict[str, str] = {}
    for _score, name, header in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if name not in chosen and header not in chosen.values():
            chosen[name] = header
    return chosen


def likeliest_sheet(found: Found, sample: list[list]) -> str:
    """Which of our sheets it is; empty where none is likely."""
    scores = {}
    for to, sheet in SHEETS.items():
        chosen = matched_columns(found, to, sample)
        named = likeness(found.label, SHEET_WORDS[to].split())
        there = [name for name in sheet.required if name in chosen]
        scores[to] = named + len(there) / len(sheet.required) + len(chosen) / 20
    best = max(scores, key=scores.get)
    return best if scores[best] >= 1.2 else ""


def propose_sheet(found: Found, to: str, sample: list[list]) -> dict:
    """A sheet of a mapping: the likeliest columns, and what their values seem to mean."""
    chosen = matched_columns(found, to, sample)
    values = {}
    for column in SHEETS[to].columns:
        if column.name in chosen and has_few_values(column):
            place = found.places[chosen[column.name]]
            values[column.name] = proposed_values(column, [row[place] for row in sample if place < len(row)])
    return {
        "label": found.label,
        "header": sorted(found.places),
        "to": to,
        "columns": {
            column.name: {"from": chosen[column.name]}
            for column in SHEETS[to].columns
            if column.name in chosen
        },
        "values": values,
    }


def proposed_values(column: Column, cells: list) -> dict[str, str]:
    """What each of their values means; of one that is not known, that somebody must say it."""
    theirs = dict.fromkeys(fold(as_text(cell)) for cell in cells if as_text(cell))
    return {value: meant(column, value) or UNKNOWN for value in theirs if value not in column.choices}


def propose(sheets: list[Found]) -> dict:
    """A whole mapping for the file."""
    entries, days, amounts = [], [], []
    for found in sheets:
        sample = found.sample(SAMPLED)
        to = likeliest_sheet(found, sample)
        if not to:
            continue
        entry = propose_sheet(found, to, sample)
        entries.append(entry)
        days += cells_of(found, entry, sample, {Kind.DATE})
        amounts += cells_of(found, entry, sample, {Kind.MONEY})
    return {"dates": date_order(days), "decimal": decimal_sign(amounts), "sheets": entries}


def cells_of(found: Found, entry: dict, sample: list[list], kinds: set[Kind]) -> list:
    kind_of = {column.name: column.kind for column in SHEETS[entry["to"]].columns}
    places = [
        found.places[way["from"]]
        for name, way in entry["columns"].items()
        if kind_of[name] in kinds and way.get("from") in found.places
    ]
    return [row[place] for row in sample for place in places if place < len(row)]


def date_order(cells: list) -> str:
    """How the days are written, as far as they tell; day before month where they do not."""
    texts = [as_text(cell) for cell in cells if isinstance(cell, str | int | float)]
    parts = [match.groups() for match in map(PARTS.fullmatch, texts) if match]
    if any(len(first) == 4 for first, _second, _third in parts):
        return "iso"
    if parts:
        return "mdy" if any(int(second) > 12 for _first, second, _third in parts) else "dmy"
    return "serial" if any(text.isdigit() for text in texts) else "iso"


def are_ambiguous(cells: list) -> bool:
    """Would the days read as well with month before day as after it, all of them?"""
    matches = [match.groups() for match in (PARTS.fullmatch(as_text(cell)) for cell in cells) if match]
    short = [parts for parts in matches if len(parts[0]) < 4]
    return bool(short) and all(int(first) <= 12 and int(second) <= 12 for first, second, _third in short)


def decimal_sign(cells: list) -> str:
    texts = [cell.strip() for cell in cells if isinstance(cell, str)]
    return "," if any(re.fullmatch(r"[+-]?[\d.' ]*\d,\d{1,2}", text) for text in texts) else "."
