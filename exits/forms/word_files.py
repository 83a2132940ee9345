"""Words that come back in the file in which a list was taken away: what they change, and what is wrong."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.methods.cells import as_text
from clients.methods.mapping import SIGNS
from clients.methods.names import fold
from clients.methods.problems import Unreadable
from clients.methods.reading import csv_rows, sheet_of, text_of, workbook
from clients.queries.imports import reason
from spm import uploads
from spm.forms import CrispyMixin
from spm.reference_forms import Day
from spm.worded import LONGEST

KINDS = frozenset({"csv", "xlsx"})
MOST_BYTES = 5 << 20
MOST_LINES = 2_000
COMMENT = ("#", '"#')
OF_WORDS = re.compile(r"words_([a-z]{2,3}(_[a-z0-9]{2,8})*)")


@dataclass(frozen=True)
class Line:
    """A row as it came: its cells by the code of their column, and what the file calls these columns."""

    sheet: str
    row: int
    cells: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Flaw:
    """Why nothing of a file is taken."""

    sheet: str
    row: int
    column: str
    why: str


@dataclass(frozen=True)
class Change:
    """What somebody will be asked by from then on; ``before`` or ``after`` is empty where nothing is said."""

    what: str
    language: str
    before: str
    after: str


class Comparison:
    """What a file changes in a list. A kind compares one line after the other (``compare``), and adds to
    ``changes``, to ``flaws``, and to ``said``: what the action takes, as plain values.
    """

    # Of which columns, by their codes, a line may be; besides those of words.
    known: Iterable[str] = ()

    def __init__(self):
        self.changes: list[Change] = []
        self.flaws: list[Flaw] = []
        self.said: dict[str, list] = {}
        self.seen: set[str] = set()

    def compare(self, line: Line) -> None:
        raise NotImplementedError

    def end(self) -> None:
        """What can be said of all lines alone."""

    def refuse(self, line: Line, column: str, why: str) -> None:
        self.flaws.append(Flaw(line.sheet, line.row, line.headers.get(column, column), why))

    def code_of(self, line: Line) -> str:
        """The line's code; empty, and refused, where there is none or it stands twice."""
        code = line.cells.get("code", "").lower()
        if not code:
            self.refuse(line, "code", _("The code is missing."))
        elif code in self.seen:
            self.refuse(line, "code", _("“%(code)s” stands in the file twice.") % {"code": code})
            return ""
        self.seen.add(code)
        return code

    def text_of(self, line: Line, column: str) -> str:
        text = line.cells[column]
        if len(text) > LONGEST:
            said = {"most": LONGEST, "n": len(text)}
            self.refuse(line, column, _("At most %(most)s characters; there are %(n)s.") % said)
        return text

    def note(self, what: str, language: str, before: dict, after: dict, key: str) -> None:
        if before.get(key, "") != after.get(key, ""):
            self.changes.append(Change(what, language, before.get(key, ""), after.get(key, "")))


class WordFileForm(CrispyMixin, forms.Form):
    """``compared`` holds what the file changes. ``headers``: the code of a column by its title, folded;
    ``comparing`` makes the `Comparison`.
    """

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("As you took it from the list, Excel or CSV, with other words in it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args, headers: dict[str, str], comparing: Callable[[], Comparison], **kwargs):
        super().__init__(*args, **kwargs)
        self.headers, self.comparing, self.compared = headers, comparing, None

    def clean_file(self):
        admitted = uploads.admit(self.cleaned_data["file"], kinds=KINDS)
        if admitted.size > MOST_BYTES:
            said = {"limit": filesizeformat(MOST_BYTES)}
            raise ValidationError(_("The file is larger than %(limit)s, as no list is.") % said)
        return admitted

    def clean(self):
        cleaned = super().clean()
        if "file" in cleaned:
            try:
                self.compared = self._compare(cleaned["file"])
            except Unreadable as flaw:
                self.add_error("file", ValidationError(_as_words(flaw)))
            else:
                self._refuse_nothing(self.compared)
        return cleaned

    def _refuse_nothing(self, compared: Comparison) -> None:
        if not compared.seen and not compared.flaws:
            self.add_error("file", _("No sheet of the file has a column “Code” with anything in it."))
        elif not compared.flaws and not compared.changes:
            self.add_error("file", _("The list says all of this already: nothing would change."))

    def _compare(self, admitted: uploads.Admitted) -> Comparison:
        compared = self.comparing()
        lines = chain.from_iterable(self._lines(sheet, compared) for sheet in _sheets(admitted))
        for number, line in enumerate(lines):
            if number == MOST_LINES:
                said = {"most": MOST_LINES}
                compared.refuse(line, "code", _("A list has at most %(most)s rows.") % said)
                break
            compared.compare(line)
        compared.end()
        return compared

    def _lines(self, sheet, compared: Comparison) -> Iterator[Line]:
        """The rows of a sheet that has codes; unknown columns, and those that stand twice, are refused."""
        label, at, titles, rows = sheet
        titles = [as_text(title) for title in titles]
        codes = [self._code_of(title) for title in titles]
        if "code" not in codes:
            return
        headers = dict(zip(codes, titles, strict=True))
        head = Line(label, at, {}, headers)
        for place, (code, title) in enumerate(zip(codes, titles, strict=True)):
            if title and code is None:
                compared.refuse(head, title, _("The list has no such column."))
            elif title and code in codes[:place]:
                compared.refuse(head, title, _("This column stands in the file twice."))
        for number, cells in rows:
            texts = [as_text(cell) for cell in cells[: len(codes)]]
            named = {code: text for code, text in zip(codes, texts, strict=False) if code}
            yield Line(label, number, named, headers)

    def _code_of(self, title: str) -> str | None:
        folded = fold(title)
        return self.headers.get(folded) or (folded if OF_WORDS.fullmatch(folded) else None)


class DatedWordFileForm(WordFileForm):
    starts_on = forms.DateField(
        label=gettext_lazy("From which day?"),
        widget=Day,
        initial=timezone.localdate,
        help_text=gettext_lazy("What was recorded before that day keeps the words that it was asked in."),
    )

    def clean_starts_on(self):
        if self.cleaned_data["starts_on"] < timezone.localdate():
            raise ValidationError(_("Choose today or a later day."))
        return self.cleaned_data["starts_on"]


def in_any_language(said: Callable[[], str]) -> set[str]:
    """How the interface says this in each of its languages: a file speaks that of the page it came from."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.add(str(said()).casefold())
    return found


def _as_words(flaw: Unreadable) -> str:
    problem = flaw.problem
    facts = {name: getattr(problem, name) for name in ("sheet", "row", "column", "value")}
    return reason({"code": problem.code, "params": problem.params, **facts})


def _sheets(admitted: uploads.Admitted) -> Iterator[tuple]:
    """Of each: its name, the row in which its titles stand, these, and the rows below with their numbers."""
    if admitted.kind == "csv":
        yield _csv_sheet(admitted)
        return
    book = workbook(io.BytesIO(admitted.open().read()))
    for name in book.sheet_names:
        titles, rows, _about = sheet_of(book, name)
        if titles is not None:
            yield name, 1, titles, rows()


def _csv_sheet(admitted: uploads.Admitted) -> tuple:
    """What a CSV for Excel says above its titles is passed over, and counted, as a spreadsheet counts it."""
    label, content = admitted.name, admitted.open().read()

    def opener():
        return io.BytesIO(content)

    with text_of(opener) as text:
        first = next((line for line in text if line.strip() and not line.startswith(COMMENT)), "")
    sign = max(SIGNS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
    rows = csv_rows(label, opener, sign)
    at, titles = next((row for row in rows if not row[1][0].startswith("#")), (1, []))
    return label, at, titles, rows
