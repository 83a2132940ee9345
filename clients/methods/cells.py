"""From a cell to a value: each reader remembers the cells it has seen, as dates and codes come again."""

import datetime as dt
import re
from decimal import Context, Decimal

from clients.methods.problems import ABSENT, Bad
from clients.methods.sheets import Column, Kind
from spm.formulas import as_given

REMEMBERED = 50_000
MOST_DIGITS = 15  # SQLite keeps money as a double: more digits would not come back as they went in.
WHOLE_DIGITS = 14
PLACES = 4
LONGEST_NUMBER = 40
EXACT = Context(prec=LONGEST_NUMBER)
LARGEST_COUNT = 2**31 - 1

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WHOLE = re.compile(r"[+-]?[0-9]+")
NUMBER = {".": re.compile(r"[+-]?[0-9]+(\.[0-9]+)?"), ",": re.compile(r"[+-]?[0-9]+(,[0-9]+)?")}
DAMAGED_ID = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+")
SHEET_ERROR = re.compile(r"#(N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|DIV/0!)")
# Some scripts need them inside a word; in a number they only hide a difference.
JOINERS = {"\u200c", "\u200d"}


def as_text(cell) -> str:
    """A cell or value as text, as a person would have typed it: 123.0 is "123", a date is ISO."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return as_given(cell.strip()).strip()
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 10**MOST_DIGITS else repr(cell)
    if isinstance(cell, Decimal):
        return f"{EXACT.normalize(cell):f}"
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


class Reader(dict):
    """Maps a cell to its value or to a ``Bad``; ``saw_bad`` and ``saw_absent`` say whether any was."""

    def __init__(self, column: Column, *, decimal: str = ".", today: dt.date | None = None):
        super().__init__()
        self.column = column
        self.decimal = decimal
        self.today = today or dt.date.max
        self.saw_bad = False
        self.saw_absent = False
        self.saw_future = False
        self.latest: dt.date | None = None
        self.parse = PARSERS[column.kind]

    def __missing__(self, cell):
        value = self.read(cell)
        if value.__class__ is Bad:
            self.saw_bad = True
        if len(self) >= REMEMBERED:
            self.clear()
        self[cell] = value
        return value

    def read(self, cell):
        if cell is None or cell == "" or (isinstance(cell, str) and not cell.strip()):
            return Bad("required", "") if self.column.required else self.column.blank
        if cell is ABSENT:
            self.saw_absent = True
            return ABSENT
        error = as_text(cell) if isinstance(cell, str) and "#" in cell else ""
        return Bad("sheet_error", error) if SHEET_ERROR.fullmatch(error) else self.parse(self, cell)


def _text(reader: Reader, cell):
    text = as_text(cell)
    if not text.isprintable():
        text = " ".join(text.split())
        hidden = [sign for sign in text if not sign.isprintable() and sign not in JOINERS]
        if hidden:
            return Bad("hidden_sign", text, {"sign": f"U+{ord(hidden[0]):04X}"})
    return _fitting(reader, text)


def _fitting(reader: Reader, text: str):
    if len(text) > reader.column.longest:
        return Bad("too_long", text[:60] + "…", {"longest": reader.column.longest})
    return text


def _id(reader: Reader, cell):
    text = as_text(cell)
    if not text.isprintable():
        hidden = next(sign for sign in text if not sign.isprintable())
        return Bad("hidden_sign", text, {"sign": f"U+{ord(hidden):04X}"})
    if DAMAGED_ID.fullmatch(text) or (isinstance(cell, float) and abs(cell) >= 10**MOST_DIGITS):
        return Bad("damaged_id", text)
    return _fitting(reader, text)


def _choice(reader: Reader, cell):
    text = as_text(cell)
    if text in reader.column.choices:
        return text
    return Bad("choice", text[:60], {"choices": ", ".join(reader.column.choices)})


def _date(reader: Reader, cell):
    if isinstance(cell, dt.datetime):
        day = cell.date()
    elif isinstance(cell, dt.date):
        day = cell
    else:
        day = _iso(as_text(cell))
        if day is None:
            return Bad("date", as_text(cell)[:60])
    if day > reader.today:
        reader.saw_future = True
    elif reader.latest is None or day > reader.latest:
        reader.latest = day
    return day


def _iso(text: str) -> dt.date | None:
    if not ISO_DATE.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _money(reader: Reader, cell):
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        text = f"{cell:.{MOST_DIGITS}g}"
        amount = Decimal(text)
    else:
        text = as_text(cell)
        if not NUMBER[reader.decimal].fullmatch(text):
            return Bad("number", text[:60], {"example": f"1234{reader.decimal}50"})
        amount = Decimal(text.replace(",", "."))
    if not amount.is_finite():
        return Bad("number", text, {"example": f"1234{reader.decimal}50"})
    return _within(reader, amount, text)


def _within(reader: Reader, amount: Decimal, text: str):
    if amount.is_zero():
        return Decimal(0)
    if amount < 0 and not reader.column.negative:
        return Bad("negative", text[:60])
    if len(text) > LONGEST_NUMBER:
        return Bad("digits", text[:60], {"most": MOST_DIGITS})
    plain = EXACT.normalize(amount).as_tuple()
    if plain.exponent < -PLACES:
        return Bad("decimals", text)
    if len(plain.digits) > MOST_DIGITS or amount.adjusted() >= WHOLE_DIGITS:
        return Bad("digits", text, {"most": MOST_DIGITS})
    return amount


def _count(reader: Reader, cell):
    text = as_text(cell)
    if not WHOLE.fullmatch(text):
        return Bad("whole", text[:60])
    if len(text) > 12 or abs(int(text)) > LARGEST_COUNT:
        return Bad("digits", text[:60], {"most": 9})
    count = int(text)
    return Bad("negative", text) if count < 0 and not reader.column.negative else count


def _flag(reader: Reader, cell):
    text = as_text(cell)
    return {"1": True, "0": False}.get(text, Bad("flag", text[:60]))


PARSERS = {
    Kind.ID: _id,
    Kind.REF: _id,
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.DATE: _date,
    Kind.MONEY: _money,
    Kind.COUNT: _count,
    Kind.FLAG: _flag,
}
