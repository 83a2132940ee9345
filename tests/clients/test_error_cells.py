"""What Excel shows in a cell of a workbook, and what its reader alone would make of it."""

import zipfile

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from clients.methods.handback import rejected_workbook
from clients.methods.reading import open_source
from clients.models import Client
from tests.clients import fineract_files
from tests.clients.imported import bad_cells, numbers, take_in
from tests.clients.portfolio_files import client, portfolio, write_xlsx

ERRORS = ["#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#DIV/0!"]


def with_cells(path, cells: dict[str, str], sheet="clients"):
    """The workbook with these errors in it."""
    book = openpyxl.load_workbook(path)
    for place, error in cells.items():
        book[sheet][place] = error
        book[sheet][place].data_type = "e"
    book.save(path)
    return path


def rewritten(path, part: str, change):
    """The workbook with a part of it changed as text."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.django_db
def test_an_error_in_a_cell_is_a_bad_cell_of_any_column(tmp_path):
    sheets = portfolio()
    sheets["clients"] = [client(f"C{at}") for at in range(1, 9)]
    places = ["B2", "A3", "C4", "D5", "E6", "K7", "L8"]
    path = with_cells(write_xlsx(tmp_path / "book.xlsx", sheets), dict(zip(places, ERRORS, strict=True)))

    report = take_in(path)

    columns = ["name", "client_id", "office", "sex", "birth_date", "status", "status_on"]
    found = [cell for cell in bad_cells(report) if cell[0] == "clients"]
    assert found == [("clients", row, column, "sheet_error") for row, column in enumerate(columns, start=2)]
    assert [bad["value"] for bad in report["rejected"] if bad["sheet"] == "clients"] == ERRORS
    assert list(Client.objects.values_list("external_id", flat=True)) == ["C8"]
    assert report["rows"]["clients"]["rows"][0][1][1] == "#N/A"


@pytest.mark.django_db
def test_a_row_with_nothing_but_an_error_is_a_row(tmp_path):
    sheets = portfolio()
    path = with_cells(write_xlsx(tmp_path / "book.xlsx", sheets), {"B8": "#REF!"})

    report = take_in(path)

    assert numbers(report, "clients") == (4, 3, 0, 0, 1)
    assert [cell for cell in bad_cells(report) if cell[2] == "name"] == [
        ("clients", 8, "name", "sheet_error")
    ]


@pytest.mark.django_db
def test_an_error_in_a_part_of_a_name_or_an_id_is_none_of_it(tmp_path):
    path = fineract_files.workbook(tmp_path / "all.xlsx", fineract_files.HEADERS)
    headers = {
        sheet: {text: place for place, text in reversed(texts.items())}
        for sheet, texts in fineract_files.HEADERS.items()
    }
    for sheet, header, row in (("ClientPerson", "Last Name*", 3), ("LoanRepayment", "Date*", 3)):
        place = f"{get_column_letter(headers[sheet][header] + 1)}{row}"
        with_cells(path, {place: "#N/A"}, sheet)

    report = fineract_files.take_in(path)

    of_these = [cell for cell in bad_cells(report) if cell[:2] in {("ClientPerson", 3), ("LoanRepayment", 3)}]
    assert of_these == [
        ("ClientPerson", 3, "client_id", "sheet_error"),
        ("ClientPerson", 3, "name", "sheet_error"),
        ("LoanRepayment", 3, "date", "sheet_error"),
        ("LoanRepayment", 3, "repayment_id", "sheet_error"),
    ]


def test_errors_are_found_where_cells_do_not_say_where_they_stand(tmp_path):
    path = with_cells(write_xlsx(tmp_path / "book.xlsx", {"clients": [client()]}), {"B2": "#N/A"})
    with zipfile.ZipFile(path) as archive:
        (part,) = (name for name in archive.namelist() if name.startswith("xl/worksheets/"))
    cells = "".join(
        ["<c t='inlineStr'><is><t>C1</t></is></c>", "<c t='e' ><f>NA()</f><v>#N/A</v></c>", "<c><v>5</v></c>"]
    )

    def unplaced(text: str) -> str:
        start = text.index('<row r="2"')
        return text[:start] + f"<row>{cells}</row>" + text[text.index("</sheetData>") :]

    (table,) = open_source(rewritten(path, part, unplaced)).tables

    assert list(table.rows()) == [(2, ["C1", "#N/A", 5.0, *[""] * (len(table.headers) - 3)])]


def test_an_error_beyond_the_table_stands_where_it_stands(tmp_path):
    path = with_cells(write_xlsx(tmp_path / "book.xlsx", {"clients": [client()]}), {"AB2": "#NUM!"})

    (table,) = open_source(path).tables

    ((_number, cells),) = table.rows()
    assert (len(cells), cells[27]) == (28, "#NUM!")


NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED_TEXTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
LINKS = "xl/_rels/workbook.xml.rels"


def with_text(path, text: str, *, shared: bool):
    """A workbook whose client is called so, in the sheet itself or among the texts that sheets share."""
    write_xlsx(path, {"clients": [client(name="NAME")]})
    inline, part = 't="inlineStr"><is><t>NAME</t></is>', "xl/worksheets/sheet1.xml"
    if not shared:
        return rewritten(path, part, lambda sheet: sheet.replace("NAME", text))
    rewritten(path, part, lambda sheet: sheet.replace(inline, 't="s"><v>0</v>'))
    link = f'<Relationship Type="{SHARED_TEXTS}" Target="sharedStrings.xml" Id="rId99" />'
    rewritten(path, LINKS, lambda links: links.replace("</Relationships>", f"{link}</Relationships>"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{NAMESPACE}"><si><t>{text}</t></si></sst>')
    return path


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("_x003D_1", "=1"),
        ("_x005F_x003D_", "_x003D_"),
        ("_x005f_", "_"),
        ("a_x0041_b", "aAb"),
        ("_x00_", "_x00_"),
        ("x003D_", "x003D_"),
    ],
)
@pytest.mark.parametrize("shared", [False, True])
def test_signs_written_by_their_number_are_read_as_excel_shows_them(tmp_path, written, read, shared):
    (table,) = open_source(with_text(tmp_path / "book.xlsx", written, shared=shared)).tables

    ((_number, cells),) = table.rows()
    assert cells[1] == read


def test_a_row_handed_back_is_read_as_it_came(tmp_path):
    path, headers = tmp_path / "book.xlsx", ["client_id", "name", "office"]
    path.write_bytes(rejected_workbook([("clients", headers, [["_x003D_1", "", "", ""]])]))

    (table,) = open_source(path).tables

    assert [cells[0] for _number, cells in table.rows()] == ["_x003D_1"]
