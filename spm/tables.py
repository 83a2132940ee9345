"""Tables declared once: one list of columns makes the table on the screen, its order, and the file."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import F
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from spm import exports
from spm.numbers import count_words, money_words, number_words, share_words

WORDS = {"number": number_words, "count": count_words, "money": money_words, "share": share_words}


class Cell(NamedTuple):
    """What stands in one cell: its text, the page it opens, a smaller note, a mark with ``words``."""

    text: str = ""
    url: str = ""
    note: str = ""
    status: str = ""
    words: str = ""


@dataclass(frozen=True)
class Column(exports.Column):
    """A column of an export that a screen shows too.

    ``value(row)`` is the plain value, None where there is none; ``cell(row)`` how the screen shows it, the
    value in words without. ``order`` is what rows sort by: of the database a field's name or an expression,
    else ``order(row)``; without, the column does not sort. ``on_screen`` False: in the file alone.
    """

    value: Callable[[Any], Any] | None = None
    cell: Callable[[Any], Cell] | None = None
    order: Any = None
    on_screen: bool = True

    @property
    def key(self) -> str:
        """What names it in ``?sort=``; empty where it does not sort."""
        return "" if self.order is None else self.software_name

    def shown(self, row) -> Cell:
        return self.cell(row) if self.cell else Cell(in_words(self.value(row), self.kind))


def field(label, name: str, kind: str = "text", **more) -> Column:
    """A column that holds, and sorts by, the attribute ``name`` of its rows; it is called so for software."""
    return Column(label, kind, **{"code": name, "value": attrgetter(name), "order": name} | more)


def in_words(value, kind: str) -> str:
    """A plain value as people read it, a dash where there is none."""
    if type(value) is str:  # most are
        return value or "–"
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return _short_date(value, get_language())
    return WORDS.get(kind, str)(value)


@lru_cache(maxsize=10_000)
def _short_date(day: dt.date, _language) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def on_screen(columns: list[Column], rows: Iterable, sort: str | None = None) -> dict:
    """What ``_components/table.html`` takes: heads, rows of cells, the order now; None: it does not sort."""
    columns = [column for column in columns if column.on_screen]
    # Said in words when the page is put together: only its frame knows the currency without asking.
    cells = SimpleLazyObject(lambda: [[column.shown(row) for column in columns] for row in rows])
    return {"columns": columns, "rows": cells, "sort": sort}


def heads_html(columns: list[exports.Column], sort: str | None, address: QueryDict, anchor: str = "") -> str:
    """The heads of a table; where it sorts they lead to this ``address`` in another order.

    No template, as for the rows.
    """
    kept = address.copy()
    for name in ("sort", "page"):
        kept.pop(name, None)
    before = "".join(f"{each}&" for each in [kept.urlencode()] if each)

    def head(column):
        words, state = _escaped(column.label), ""
        key = getattr(column, "key", "")
        if sort is not None and key:
            down = f"-{key}"
            state = {key: ' aria-sort="ascending"', down: ' aria-sort="descending"'}.get(sort, "")
            url = f"?{before}{urlencode({'sort': down if sort == key else key})}"
            url += f"#{anchor}" if anchor else ""
            words = f'<a class="sort" href="{_escaped(url)}">{words}</a>'
        unit = f' <span class="unit">{_escaped(column.unit)}</span>' if column.unit else ""
        return f'<th scope="col" class="{column.kind}"{state}>{words}{unit}</th>'

    return SafeString("".join(head(column) for column in columns))  # nosec B703  # each part is escaped above


def rows_html(columns: list[exports.Column], rows: Iterable[Iterable[Cell]]) -> str:
    """The rows as a table on the screen holds them; a row needs a cell for each column.

    No template: a page of fifty rows takes a tenth of the time.
    """
    tags = [
        (f'<td data-label="{_escaped(column.label)}" class="{column.kind}">', "</td>") for column in columns
    ]
    tags[:1] = [(f'<th scope="row" class="{column.kind}">', "</th>") for column in columns[:1]]
    lines = (
        "".join(f"{first}{_inside(cell)}{last}" for (first, last), cell in zip(tags, row, strict=True))
        for row in rows
    )
    return SafeString("\n".join(f"<tr>{line}</tr>" for line in lines))  # nosec B703  # each cell is escaped above


def _inside(cell: Cell) -> str:
    text = _escaped(cell.text)
    if cell.url:
        text = f'<a href="{_escaped(cell.url)}">{text}</a>'
    if cell.note:
        text += f' <span class="range">{_escaped(cell.note)}</span>'
    if cell.words:
        text += f" {status_html(cell.words, cell.status)}"
    return text


def status_html(words, kind: str = "") -> str:
    """A mark with its words; see ``_components/status.html``."""
    kinds = f"status {kind}" if kind else "status"
    return SafeString(f'<span class="{_escaped(kinds)}">{_escaped(words)}</span>')  # nosec B703  # both escaped here


def _escaped(text) -> str:
    if type(text) is str:  # most are
        return escape(text)
    return text if hasattr(text, "__html__") else escape(str(text))


def read_on(rows) -> Iterable:
    """The rows of a query one after the other, for a file of any length."""
    return rows.iterator(chunk_size=2000)


def as_file(name: str, columns: list[Column], rows: Iterable, about=(), **more) -> exports.Table:
    """The same rows to take away; ``about`` and ``more`` as in ``exports.Table``."""
    values = (tuple(column.value(row) for column in columns) for row in rows)
    return exports.Table(name, columns, values, list(about), **more)


def asked_for(columns: list[Column], sort: str) -> tuple[Column | None, bool]:
    """The column that ``?sort=`` names, if any sorts by that name, and whether from the last to the first."""
    key = sort.removeprefix("-")
    return next((c for c in columns if c.key and c.key == key), None), sort.startswith("-")


def in_order(queryset, columns: list[Column], sort: str):
    """The rows as ``?sort=`` asks, empty values last; as before within equals, and where nothing is asked."""
    column, down = asked_for(columns, sort)
    if column is None:
        return queryset
    by = F(column.order) if isinstance(column.order, str) else column.order
    first = by.desc(nulls_last=True) if down else by.asc(nulls_last=True)
    return queryset.order_by(first, *(queryset.query.order_by or queryset.model._meta.ordering))


def sorted_rows(rows: list, columns: list[Column], sort: str) -> list:
    """The same for rows that are in memory."""
    column, down = asked_for(columns, sort)
    if column is None:
        return rows
    known = [row for row in rows if column.order(row) is not None]
    return sorted(known, key=column.order, reverse=down) + [row for row in rows if column.order(row) is None]
