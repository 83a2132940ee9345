"""Files that leave: read back, they hold what the screen shows, and nothing in them runs."""

import csv
import datetime as dt
import io
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from django.http import HttpResponse
from django.urls import resolve
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from spm import exports, views
from spm.access import Can
from spm.models import AuditEvent

REQUEST = SimpleNamespace(user="Ana Quispe")
COLUMNS = [
    exports.Column(_("Name")),
    exports.Column(_("Amount"), kind="money", unit="USD"),
    exports.Column(_("Share"), kind="share", code="exit_rate"),
    exports.Column(_("Date"), kind="date"),
    exports.Column(_("Rows"), kind="count"),
]
ROWS = [
    ("Norte", Decimal("1234.50"), 0.1829, dt.date(2025, 7, 1), 3),
    ("Ñuflo; \"El Sur\", 2", None, None, None, 0),
]  # fmt: skip
ABOUT = [(_("Filter"), "Branch Norte, women, 2025"), (_("Definition"), "Version 3")]


def table(rows=ROWS, columns=COLUMNS, **more):
    return exports.Table("Exit rates by branch", columns, iter(rows), about=more.get("about", ABOUT))


def content(response) -> bytes:
    """What is sent; then the file behind it is closed, without the signal of a request's end."""
    sent = b"".join(response.streaming_content)
    for close in response._resource_closers:
        close()
    return sent


def book(rows=ROWS, **more):
    response = exports.respond(REQUEST, table(rows, **more), "xlsx")
    return openpyxl.load_workbook(io.BytesIO(content(response)))


def lines(form, rows=ROWS, delimiter=",", **more) -> list[list[str]]:
    text = content(exports.respond(REQUEST, table(rows, **more), form)).decode()
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_sentences_get_more_room_than_a_name_and_begin_at_the_left():
    said = [exports.Column(_("Name")), exports.Column(_("Words"), kind="prose")]
    sheet = book([("Ana", "They shouted at me.")], columns=said)["Exit rates by branch"]
    assert [sheet.column_dimensions[letter].width for letter in "AB"] == [28, 60]
    assert sheet["B1"].alignment.horizontal == "left"


def test_a_workbook_keeps_numbers_dates_and_shares_as_such():
    sheet = book()["Exit rates by branch"]
    header, first, second = sheet.iter_rows()
    assert [cell.value for cell in header] == ["Name", "Amount (USD)", "Share", "Date", "Rows"]
    july = dt.datetime(2025, 7, 1)  # noqa: DTZ001 workbooks know no time zones
    assert [cell.value for cell in first] == ["Norte", 1234.5, 0.1829, july, 3]
    assert [cell.data_type for cell in first] == ["s", "n", "n", "d", "n"]
    assert [cell.number_format for cell in first] == ["General", "#,##0.00", "0.0%", "yyyy-mm-dd", "#,##0"]
    assert [cell.value for cell in second] == [ROWS[1][0], None, None, None, 0]


def test_a_workbooks_first_sheet_says_what_was_asked_by_whom_when_and_how_many_rows_answer():
    front = book().worksheets[0]
    said = dict(front.iter_rows(values_only=True))
    today = said.pop("Date")
    assert said == {
        "Table": "Exit rates by branch",
        "Filter": "Branch Norte, women, 2025",
        "Definition": "Version 3",
        "By": "Ana Quispe",
        "Rows": 2,
    }
    assert str(dt.datetime.now(tz=dt.UTC).year) in today


def test_what_a_screen_says_itself_is_not_said_twice():
    front = book(about=[(_("Date"), "data as of 1 July"), (_("By"), "the board")]).worksheets[0]
    said = [label for label, _words in front.iter_rows(values_only=True)]
    assert said == ["Table", "Date", "By", "Rows"]


def test_numbers_below_zero_stay_numbers():
    row = ("Norte", Decimal("-5.10"), -0.02, None, -3)
    assert lines("csv", [row])[1] == ["Norte", "-5.10", "-0.02", "", "-3"]
    assert [cell.data_type for cell in book([row]).worksheets[1][2]] == ["s", "n", "n", "n", "n"]


def test_a_csv_for_software_is_plain_and_the_same_in_every_language():
    expected = [
        ["name", "amount", "exit_rate", "date", "rows"],
        ["Norte", "1234.50", "0.1829", "2025-07-01", "3"],
        [ROWS[1][0], "", "", "", "0"],
    ]
    assert lines("csv") == expected
    with translation.override("es"):
        assert lines("csv") == expected


def test_a_csv_for_excel_follows_the_language_and_says_what_was_asked():
    text = content(exports.respond(REQUEST, table(), "csv-excel")).decode()
    assert text.startswith("\ufeff# Filter,")
    english = lines("csv-excel")
    assert english[:2] == [["\ufeff# Filter", ABOUT[0][1]], ["# Definition", "Version 3"]]
    assert english[-2] == ["Norte", "1234.5", "18.29%", "2025-07-01", "3"]
    with translation.override("es"):
        spanish = lines("csv-excel", delimiter=";")
    assert spanish[-2] == ["Norte", "1234,5", "18,29%", "2025-07-01", "3"]
    assert spanish[-1][0] == ROWS[1][0]


def test_file_names_are_safe_dated_and_tell_the_filter():
    day = dt.datetime.now(tz=dt.UTC).date().isoformat()
    for form, ending in [("xlsx", "xlsx"), ("csv-excel", "csv"), ("csv", "csv")]:
        response = exports.respond(REQUEST, table(), form)
        content(response)
        name = response.headers["Content-Disposition"]
        more = "_version-3_ana-quispe" if form == "csv" else ""
        asked = f"exit-rates-by-branch_branch-norte-women-2025{more}_{day}.{ending}"
        assert name == f'attachment; filename="{asked}"'
    odd = exports.Table('Año/\r\n"x"', [], [], about=[(_("Filter"), "../ñ\r\nSet-Cookie: a")])
    name = exports.respond(REQUEST, odd, "csv").headers["Content-Disposition"]
    assert name == f'attachment; filename="ano-x_n-set-cookie-a_ana-quispe_{day}.csv"'


def test_rows_are_read_as_they_are_sent():
    read = []

    def rows():
        for number in range(10):
            read.append(number)
            yield (str(number),)

    response = exports.respond(REQUEST, exports.Table("T", [exports.Column("A", code="a")], rows()), "csv")
    assert read == []
    pieces = iter(response.streaming_content)
    assert [next(pieces), next(pieces), next(pieces), read] == [b"", b"a\r\n", b"0\r\n", [0]]


def test_a_table_longer_than_a_sheet_goes_on_on_the_next(monkeypatch):
    monkeypatch.setattr(exports, "SHEET_ROWS", 2)
    sheets = book([(str(n), None, None, None, None) for n in range(5)]).worksheets
    assert [sheet.title for sheet in sheets] == [
        "About", "Exit rates by branch", "Exit rates by branch 2", "Exit rates by branch 3",
    ]  # fmt: skip
    assert [sheet.max_row for sheet in sheets[1:]] == [3, 3, 2]


def test_an_empty_table_still_has_its_header():
    assert book([]).worksheets[1]["A1"].value == "Name"
    assert len(lines("csv", [])) == 1


def test_a_row_that_does_not_fit_the_columns_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        lines("csv-excel", [("too", "short")])


def test_odd_values_find_their_cells():
    when = dt.datetime(2025, 7, 1, 10, 30, tzinfo=dt.UTC)
    rows = [("a\x07b", True, 12, when, "x" * 40_000)]
    values = next(book(rows).worksheets[1].iter_rows(min_row=2, values_only=True))
    assert values == ("ab", True, 12, dt.datetime(2025, 7, 1, 10, 30), "x" * 32_767)  # noqa: DTZ001
    assert lines("csv", rows)[1][:4] == ["a\x07b", "1", "12", when.isoformat()]


class Page:
    def get(self, request, *args, **kwargs):
        return HttpResponse("the page")


class Both(views.Exported, Page, views.View):
    needs = Can.HOME_VIEW

    def export_table(self):
        return table()


def visit(rf, user, path):
    request = rf.get(path)
    request.user = user
    request.resolver_match = resolve("/")
    return Both.as_view()(request)


@pytest.mark.django_db
def test_a_screen_answers_its_export_under_its_guard_and_leaves_a_line(rf, manager, nobody):
    assert visit(rf, manager, "/?branch=1").content == b"the page"
    answer = visit(rf, manager, "/?branch=1&export=csv")
    assert content(answer).count(b"\r\n") == 3
    line = AuditEvent.objects.get()
    assert (line.verb, line.target, line.by) == ("exported", "home", manager)
    assert line.details == {"form": "csv", "shown": {"branch": ["1"]}}
    with pytest.raises(views.PermissionDenied):
        visit(rf, nobody, "/?export=csv")


@pytest.mark.django_db
def test_an_unknown_form_of_export_is_a_bad_request(rf, manager):
    with pytest.raises(views.BadRequest):
        visit(rf, manager, "/?export=exe")
    assert AuditEvent.objects.count() == 0


def test_a_column_is_named_for_software_in_english_whatever_the_page_speaks():
    with translation.override("es"):
        column = exports.Column(_("January"))
        assert (column.header, column.software_name) == ("enero", "january")


def test_a_share_without_end_is_rounded_for_excel_and_whole_for_software():
    row = [("Norte", None, 2 / 63, None, 0)]
    assert lines("csv-excel", row)[-1][2] == "3.1746%"
    assert lines("csv", row)[-1][2] == str(2 / 63)
