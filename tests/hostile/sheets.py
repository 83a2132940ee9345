"""Workbooks whose sheets are broken, or hold cells of kinds that only a workbook has."""

from tests.hostile.cases import Case, one
from tests.hostile.making import (
    CLIENT,
    CLIENT_SHEET,
    HEAD,
    MAIN,
    book,
    book_parts,
    cell_markup,
    clients_of,
    relation,
    relations,
    rows_markup,
    sheet_markup,
    sound,
    table,
    with_cell,
)

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = sheet_markup(sound()["clients"])
PARTS = book_parts()


def unreadable(name: str, cell: tuple, content) -> Case:
    return Case(name, lambda: one(content()), unreadable=cell)


def rows(name: str, cells: list, content, **more) -> Case:
    return Case(name, lambda: one(content()), rows=tuple(cells), **more)


BROKEN = [
    unreadable(
        "a workbook whose sheet is not there",
        ("clients", 1, "", "no_source"),
        lambda: book(without=(CLIENT_SHEET,)),
    ),
    unreadable(
        "a workbook whose sheets have no relations",
        ("", 1, "", "no_source"),
        lambda: book(without=("xl/_rels/workbook.xml.rels",)),
    ),
    unreadable(
        "a workbook without relations of the package",
        ("", 1, "", "no_source"),
        lambda: book(without=("_rels/.rels",)),
    ),
    unreadable(
        "a workbook whose sheet is cut",
        ("clients", 1, "", "no_source"),
        lambda: book(parts={CLIENT_SHEET: SHEET[: len(SHEET) // 2]}),
    ),
    unreadable(
        "a workbook whose sheet is a picture",
        ("clients", 1, "", "no_source"),
        lambda: book(parts={CLIENT_SHEET: b"\x89PNG\r\n\x1a\n" * 100}),
    ),
    unreadable(
        "a workbook whose sheet is empty of bytes",
        ("clients", 1, "", "no_source"),
        lambda: book(parts={CLIENT_SHEET: b""}),
    ),
    unreadable(
        "a workbook whose list of sheets is cut",
        ("", 1, "", "no_source"),
        lambda: book(parts={"xl/workbook.xml": PARTS["xl/workbook.xml"][:300]}),
    ),
    unreadable(
        "a workbook whose markup closes in the wrong order",
        ("clients", 1, "", "empty_sheet"),
        lambda: clients_of('<row r="1"><c r="A1"></row></c>'),
    ),
    unreadable(
        "a workbook with a cell whose place is no place",
        ("clients", 1, "", "no_source"),
        lambda: clients_of('<row r="1"><c r="1A"><v>1</v></c></row>'),
    ),
    unreadable(
        "a workbook with a cell in row 0",
        ("clients", 1, "", "no_source"),
        lambda: clients_of('<row r="0"><c r="A0"><v>1</v></c></row>'),
    ),
    unreadable(
        "a workbook with a cell of an unknown kind",
        ("clients", 1, "", "no_source"),
        lambda: clients_of('<row r="1"><c r="A1" t="zzz"><v>1</v></c></row>'),
    ),
    unreadable(
        "a workbook with a text that is not there",
        ("clients", 1, "", "no_source"),
        lambda: clients_of('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
    ),
    unreadable(
        "a workbook with an unknown entity",
        ("clients", 1, "", "no_source"),
        lambda: clients_of('<row r="1"><c r="A1" t="str"><v>&nbsp;</v></c></row>'),
    ),
    unreadable(
        "a workbook of tags ten thousand deep",
        ("clients", 1, "", "empty_sheet"),
        lambda: book(
            parts={
                CLIENT_SHEET: f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'
                + "<a>" * 10_000
                + "</a>" * 10_000
                + "</sheetData></worksheet>"
            }
        ),
    ),
    unreadable(
        "a workbook without sheets",
        ("clients", 1, "", "missing_sheet"),
        lambda: book(
            parts={"xl/workbook.xml": PARTS["xl/workbook.xml"].split("<sheets>")[0] + "<sheets/></workbook>"}
        ),
    ),
    unreadable(
        "a workbook whose sheet is there twice",
        ("clients", 1, "", "duplicate_sheet"),
        lambda: book(sound() | {"Clients": sound()["clients"]}),
    ),
    unreadable(
        "a workbook with empty sheets",
        ("clients", 1, "", "empty_sheet"),
        lambda: book({"clients": [], "loans": []}),
    ),
    unreadable(
        "a workbook of charts alone",
        ("clients", 1, "", "missing_sheet"),
        lambda: book({"Chart1": sheet_markup("")}),
    ),
    unreadable(
        "a workbook with a header of numbers",
        ("clients", 1, "client_id", "missing_column"),
        lambda: book(sound() | {"clients": [[1, 2, 3]]}),
    ),
    unreadable(
        "a workbook with a column twice",
        ("clients", 1, "name", "duplicate_column"),
        lambda: book(sound() | {"clients": [[*CLIENT, "Name"], [*CLIENT.values(), "x"]]}),
    ),
    unreadable(
        "a workbook whose header stands under a title",
        ("clients", 1, "client_id", "missing_column"),
        lambda: book(sound() | {"clients": [["Clients of 2024"], *sound()["clients"]]}),
    ),
    unreadable(
        "a workbook whose relation leads upwards",
        ("clients", 1, "", "no_source"),
        lambda: book(
            parts={
                "xl/_rels/workbook.xml.rels": relations(
                    relation(1, "worksheet", "../../../../etc/passwd"),
                    relation(2, "worksheet", "worksheets/sheet2.xml"),
                )
            }
        ),
    ),
    unreadable(
        "a workbook whose relation leads to another server",
        ("clients", 1, "", "no_source"),
        lambda: book(
            parts={
                "xl/_rels/workbook.xml.rels": relations(
                    relation(1, "worksheet", "http://203.0.113.1/sheet.xml", ' TargetMode="External"'),
                    relation(2, "worksheet", "worksheets/sheet2.xml"),
                )
            }
        ),
    ),
]


def typed(column: str, kind: str, content: str, code: str, sheet: str = "clients") -> dict:
    return {
        "cells": [(sheet, 2, column, code)],
        "content": lambda: book(with_cell(sheet, column, (kind, content))),
    }


CELLS = [
    rows("a workbook with an error for a name", **typed("name", 't="e"', "<v>#N/A</v>", "sheet_error")),
    rows(
        "a workbook with an error for a client number",
        **typed("client_id", 't="e"', "<v>#VALUE!</v>", "sheet_error"),
    ),
    rows(
        "a workbook with an error for an amount",
        **typed("principal", 't="e"', "<v>#NUM!</v>", "sheet_error", "loans"),
    ),
    rows(
        "a workbook with a formula that was never counted",
        **typed("name", "", "<f>A1&amp;B1</f>", "required"),
    ),
    rows(
        "a workbook with a formula of another workbook, never counted",
        **typed("principal", "", "<f>[1]Sheet1!A1</f>", "required", "loans"),
    ),
    rows(
        "a workbook with a client number of sixteen digits as a number",
        **typed("client_id", "", "<v>1234567890123456</v>", "damaged_id"),
    ),
    rows(
        "a workbook with an amount beyond all numbers",
        **typed("principal", "", "<v>1e400</v>", "number", "loans"),
    ),
    rows(
        "a workbook with an amount that is not a number",
        **typed("principal", "", "<v>NaN</v>", "number", "loans"),
    ),
    unreadable(
        "a workbook with an amount of words in a cell of numbers",
        ("loans", 1, "", "no_source"),
        lambda: book(with_cell("loans", "principal", ('t="n"', "<v>abc</v>"))),
    ),
    unreadable(
        "a workbook with the truth for an amount",
        ("loans", 1, "", "no_source"),
        lambda: book(with_cell("loans", "principal", ('t="b"', "<v>2</v>"))),
    ),
    rows("a workbook with a date before all dates", **typed("birth_date", 's="1"', "<v>-700000</v>", "date")),
    rows("a workbook with a date after all dates", **typed("birth_date", 's="1"', "<v>99999999</v>", "date")),
    rows(
        "a workbook with a birth date that is a plain number",
        **typed("birth_date", "", "<v>33039</v>", "date"),
    ),
    rows("a workbook with a time for a date", **typed("birth_date", 's="1"', "<v>0.5</v>", "date")),
    rows("a workbook with days late by half", **typed("days_late", "", "<v>1.5</v>", "whole", "loans")),
    rows(
        "a workbook with a negative number in place of an amount",
        **typed("principal", "", "<v>-500</v>", "negative", "loans"),
    ),
    rows(
        "a workbook with a control character for a name",
        **typed("name", 't="str"', "<v>A_x0007_na</v>", "hidden_sign"),
    ),
    rows("a workbook with a NUL in a name", **typed("name", 't="str"', "<v>A_x0000_na</v>", "hidden_sign")),
    rows(
        "a workbook with a NUL in a client number",
        **typed("client_id", 't="str"', "<v>C_x0000_1</v>", "hidden_sign"),
    ),
    rows(
        "a workbook with a NUL in a header",
        [],
        lambda: book(
            sound() | {"clients": [[*CLIENT, ('t="str"', "<v>a_x0000_b</v>")], [*CLIENT.values(), "x"]]}
        ),
        notices=("unknown_column",),
    ),
    rows(
        "a workbook with merged cells over two clients",
        [("clients", 3, "office", "required")],
        lambda: book(
            sound()
            | {
                "clients": sheet_markup(
                    [*sound()["clients"], ["C2", "Luis", "", "M"]],
                    after='<mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>',
                )
            }
        ),
    ),
    rows(
        "a workbook with a hidden row that is wrong",
        [("clients", 3, "sex", "choice")],
        lambda: book(
            sound()
            | {
                "clients": sheet_markup(
                    rows_markup(sound()["clients"])
                    + rows_markup([["C2", "Luis", "NORTE", "X"]], 3).replace("<row ", '<row hidden="1" ')
                )
            }
        ),
    ),
    rows(
        "a workbook with a note beside the table",
        [],
        lambda: book(
            sound()
            | {
                "clients": sheet_markup(
                    rows_markup(sound()["clients"])
                    + rows_markup([["C2", "Luis", "NORTE"]], 3).replace(
                        "</row>", cell_markup("Z3", "note") + "</row>"
                    )
                )
            }
        ),
    ),
    rows("a workbook that embeds a program", [], lambda: book(parts={"xl/embeddings/oleObject1.bin": OLD})),
    rows("a workbook with an ActiveX control", [], lambda: book(parts={"xl/activeX/activeX1.bin": OLD})),
    rows(
        "a workbook with links to other workbooks",
        [],
        lambda: book(
            parts={
                "xl/externalLinks/externalLink1.xml": "<externalLink/>",
                "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
                    relation(
                        1,
                        "externalLinkPath",
                        "file:///\\\\203.0.113.1\\share\\book.xlsx",
                        ' TargetMode="External"',
                    )
                ),
            }
        ),
    ),
    rows(
        "a workbook with a link that opens by itself",
        [],
        lambda: book(
            parts={"xl/connections.xml": '<connections><connection refreshOnLoad="1"/></connections>'}
        ),
    ),
    rows(
        "a workbook with a relation out of the package",
        [],
        lambda: book(
            parts={
                "xl/worksheets/_rels/sheet1.xml.rels": relations(
                    relation(1, "hyperlink", "http://203.0.113.1/", ' TargetMode="External"')
                )
            }
        ),
    ),
    rows(
        "a workbook with a sheet that is very well hidden",
        [],
        lambda: book(sound() | {"secret": table({"a": "b"})}, state={"secret": 'state="veryHidden"'}),
        notices=("unknown_sheet",),
    ),
    rows(
        "a workbook with a sheet named by markup",
        [],
        lambda: book(sound() | {"<img src=x>": table({"a": "b"})}),
        notices=("unknown_sheet",),
    ),
    rows(
        "a workbook whose dimension says far too much",
        [],
        lambda: book(
            sound() | {"clients": sheet_markup(sound()["clients"], before='<dimension ref="A1:XFD1048576"/>')}
        ),
    ),
    unreadable(
        "a workbook whose dimension is no place",
        ("clients", 1, "", "no_source"),
        lambda: book(
            sound() | {"clients": sheet_markup(sound()["clients"], before='<dimension ref="ABC"/>')}
        ),
    ),
    rows(
        "a workbook with a bomb of blanks in a picture",
        [],
        lambda: book(parts={"xl/media/image1.png": b"\x89PNG" + bytes(range(256)) * 4_000}),
    ),
]

CASES = BROKEN + CELLS
