"""CSV files that are no table, or a table that nobody could fill by hand."""

from tests.hostile.cases import Case, one
from tests.hostile.making import SOUND_TEXT, csv_files, csv_text, csv_with, sound, table

CLIENTS, LOANS = SOUND_TEXT["clients"], SOUND_TEXT["loans"]
HEADER, ROW = CLIENTS.splitlines()
WIDTH = HEADER.count(",") + 1
# The only loan, where its client stays out.
LOST = ("loans", 2, "client_id", "unknown_client")


def gate(name: str, code: str, content, sheet: str = "clients") -> Case:
    return Case(name, lambda: csv_with(sheet, content() if callable(content) else content), gate=code)


def unreadable(name: str, cell: tuple, content, sheet: str = "clients") -> Case:
    return Case(name, lambda: csv_with(sheet, content() if callable(content) else content), unreadable=cell)


def rows(name: str, cells: list, content, sheet: str = "clients", **more) -> Case:
    return Case(
        name, lambda: csv_with(sheet, content() if callable(content) else content), rows=tuple(cells), **more
    )


AT_THE_GATE = [
    gate("a CSV file without a byte", "empty", b""),
    gate("a CSV file with a NUL in a cell", "nul", CLIENTS.replace("Ana", "A\0na")),
    gate("a CSV file that ends in NULs", "nul", CLIENTS + "\0" * 4096),
    gate("a CSV file of NULs alone", "nul", b"\0" * 100_000),
    gate("a CSV file in UTF-16 with its mark", "utf-16", CLIENTS.encode("utf-16")),
    gate("a CSV file in UTF-16 of the other order", "utf-16", b"\xfe\xff" + CLIENTS.encode("utf-16-be")),
    gate("a CSV file in UTF-16 without a mark", "nul", CLIENTS.encode("utf-16-le")),
    gate("a CSV file in UTF-32", "utf-16", CLIENTS.encode("utf-32")),
    gate("a CSV file in Latin-1", "not-utf-8", CLIENTS.replace("Ana", "Añá").encode("latin-1")),
    gate("a CSV file in Windows-1252", "not-utf-8", CLIENTS.replace("Ana", "“Ana”").encode("cp1252")),
    gate(
        "a CSV file in UTF-7 that hides nothing but its accents", "not-utf-8", CLIENTS.encode() + b"+AOE-\xff"
    ),
    gate(
        "a CSV file cut inside a character",
        "not-utf-8",
        CLIENTS.replace("Quispe", "Ñ").encode()[:-30] + b"\xc3",
    ),
    gate("a CSV file with an overlong slash", "not-utf-8", CLIENTS.encode() + b"\xc0\xaf"),
    gate("a CSV file with half of a surrogate pair", "not-utf-8", CLIENTS.encode() + b"\xed\xa0\x80"),
    gate("a CSV file with a sign beyond Unicode", "not-utf-8", CLIENTS.encode() + b"\xf5\x80\x80\x80"),
    gate(
        "a CSV file whose accents are damaged far below",
        "not-utf-8",
        lambda: CLIENTS.encode() + b"\n" * 1_100_000 + b"\xe9",
    ),
    gate("a web page called CSV", "markup", "<html><table><tr><td>client_id</td></tr></table></html>"),
    gate("a web page with its declaration called CSV", "markup", "\ufeff \n<!DOCTYPE html><p>Sign in</p>"),
    gate("an XML table called CSV", "markup", '<?xml version="1.0"?><Workbook/>'),
    gate("a PDF called CSV", "stranger", b"%PDF-1.7\n%\xe2\xe3"),
    gate("a picture called CSV", "stranger", b"\x89PNG\r\n\x1a\n"),
    gate("a photograph called CSV", "stranger", b"\xff\xd8\xff\xe0"),
    gate("a moving picture called CSV", "stranger", b"GIF89a"),
    gate("a packed file called CSV", "stranger", b"\x1f\x8b\x08\x00"),
    gate("a file of 7-Zip called CSV", "stranger", b"7z\xbc\xaf\x27\x1c"),
    gate("a file of RAR called CSV", "stranger", b"Rar!\x1a\x07\x00"),
    gate("a program called CSV", "nul", b"MZ\x90\x00\x03"),
    gate("an old Excel file called CSV", "old-excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    gate("a database called CSV", "nul", b"SQLite format 3\0"),
    gate("a line of three million commas", "long-line", lambda: CLIENTS + "," * 3_000_000),
    gate("a header of two million columns", "long-line", lambda: "a," * 2_000_000 + "\n" + ROW),
    gate("a cell of three million characters", "long-line", lambda: CLIENTS.replace("Ana", "A" * 3_000_000)),
    gate(
        "a file of one line of twenty million characters", "long-line", lambda: "client_id" + "x" * 20_000_000
    ),
]

HEADERS = [
    unreadable(
        "a header that names a column twice",
        ("clients", 1, "name", "duplicate_column"),
        CLIENTS.replace("phone", "name"),
    ),
    unreadable(
        "a header that names a column twice, once large",
        ("clients", 1, "name", "duplicate_column"),
        CLIENTS.replace("phone", " NAME "),
    ),
    unreadable(
        "a header without the client's number",
        ("clients", 1, "client_id", "missing_column"),
        CLIENTS.replace("client_id", "number"),
    ),
    unreadable(
        "a header whose first column has a hidden sign",
        ("clients", 1, "client_id", "missing_column"),
        CLIENTS.replace("client_id", "\u200bclient_id"),
    ),
    unreadable(
        "a header in look-alike letters",
        ("clients", 1, "client_id", "missing_column"),
        CLIENTS.replace("client_id", "сlient_id"),
    ),
    unreadable("a table without a header", ("clients", 1, "client_id", "missing_column"), ROW + "\n"),
    unreadable(
        "a table split by bars", ("clients", 1, "client_id", "missing_column"), CLIENTS.replace(",", "|")
    ),
    unreadable(
        "a table split by blanks", ("clients", 1, "client_id", "missing_column"), CLIENTS.replace(",", " ")
    ),
    unreadable(
        "a header in quotes as a whole", ("clients", 1, "client_id", "missing_column"), f'"{HEADER}"\n{ROW}\n'
    ),
    unreadable("a file of a byte order mark alone", ("clients", 1, "", "empty_sheet"), b"\xef\xbb\xbf"),
    unreadable("a file of blank lines", ("clients", 1, "", "empty_sheet"), "\n\r\n \n\t\n"),
    unreadable("a file of commas", ("clients", 1, "", "empty_sheet"), ",,,\n,,,\n"),
    unreadable(
        "a file of words",
        ("clients", 1, "client_id", "missing_column"),
        "Dear colleagues,\nhere is the list.\n",
    ),
    unreadable(
        "a loans file without the principal",
        ("loans", 1, "principal", "missing_column"),
        LOANS.replace("principal", "amount"),
        "loans",
    ),
    Case(
        "clients without loans on a first import",
        lambda: csv_files({"clients": sound()["clients"]}),
        unreadable=("loans", 1, "", "missing_sheet"),
    ),
    rows(
        "a header of ten thousand columns that nobody knows",
        [],
        lambda: csv_text(
            [
                list(sound()["clients"][0]) + [f"x{n}" for n in range(10_000)],
                [*sound()["clients"][1], *["1"] * 10_000],
            ]
        ),
        notices=("unknown_column",) * 10_000,
    ),
    rows("a header in another order", [], csv_text([row[::-1] for row in sound()["clients"]])),
    rows("a header with blank columns between", [], CLIENTS.replace(",", ",,")),
    rows("a header with a formula in it", [], CLIENTS.replace("phone", "=1+1"), notices=("unknown_column",)),
    rows(
        "a header with markup in it",
        [],
        CLIENTS.replace("phone", "<script>alert(1)</script>"),
        notices=("unknown_column",),
    ),
]

QUOTES = [
    unreadable(
        "a quotation mark that never closes", ("clients", 2, "", "open_quote"), CLIENTS.replace("Ana", '"Ana')
    ),
    unreadable(
        "a quotation mark that never closes in the header", ("clients", 1, "", "open_quote"), '"' + CLIENTS
    ),
    unreadable(
        "a last cell that opens a quotation mark", ("clients", 2, "", "open_quote"), CLIENTS.rstrip() + ',"\n'
    ),
    unreadable(
        "a quoted cell of two million characters over many lines",
        ("clients", 2, "", "not_csv"),
        lambda: CLIENTS.replace("Ana", '"' + "Ana\n" * 500_000 + '"'),
    ),
    unreadable(
        "a row of a million and a half quoted line breaks",
        ("clients", 3, "", "not_csv"),
        lambda: CLIENTS + '"' + '\n","' * 1_500_000 + '"\n',
    ),
    rows("a name with quotation marks inside", [], CLIENTS.replace("Ana", '"Ana ""la Chola"""')),
    rows("a name with a single quotation mark inside", [], CLIENTS.replace("Ana", 'Ana "la')),
]

ROWS = [
    rows(
        "a row with a cell too many", [LOST, ("clients", 2, "", "extra_cells")], CLIENTS.rstrip() + ",more\n"
    ),
    rows(
        "a row with a hundred thousand cells",
        [LOST, ("clients", 2, "", "extra_cells")],
        lambda: CLIENTS.rstrip() + ",1" * 100_000 + "\n",
    ),
    rows("a row with empty cells too many", [], CLIENTS.rstrip() + ",,,,\n"),
    rows(
        "a row that ends early",
        [LOST, ("clients", 2, "name", "required"), ("clients", 2, "office", "required")],
        f"{HEADER}\nC1\n",
    ),
    rows(
        "an unquoted comma in a name",
        [
            LOST,
            ("clients", 2, "", "extra_cells"),
            ("clients", 2, "sex", "choice"),
            ("clients", 2, "birth_date", "date"),
        ],
        CLIENTS.replace("Ana Quispe", "Quispe, Ana"),
    ),
    rows(
        "a client number twice",
        [LOST, ("clients", 2, "client_id", "twice"), ("clients", 3, "client_id", "twice")],
        CLIENTS + ROW + "\n",
    ),
    rows(
        "a client number twice, once with blanks around it",
        [LOST, ("clients", 2, "client_id", "twice"), ("clients", 3, "client_id", "twice")],
        CLIENTS + ROW.replace("C1", "  C1 ") + "\n",
    ),
    rows(
        "a client number twice, once with a zero-width space",
        [("clients", 3, "client_id", "hidden_sign")],
        CLIENTS + ROW.replace("C1", "C1\u200b") + "\n",
    ),
    rows(
        "two thousand bad rows",
        [("clients", at, "sex", "choice") for at in range(3, 2_003)],
        lambda: (
            CLIENTS + "".join(ROW.replace("C1", f"D{n}").replace(",F,", ",X,") + "\n" for n in range(2_000))
        ),
    ),
    rows(
        "an amount with a point where commas are decimal",
        [("loans", 2, "principal", "number")],
        csv_text(
            [
                sound()["loans"][0],
                [*sound()["loans"][1][:3], "500.25", *sound()["loans"][1][4:5], "120,25", "3"],
            ],
            delimiter=";",
        ),
        "loans",
        decimal=",",
    ),
    rows(
        "a formula in every cell",
        [
            LOST,
            ("clients", 2, "birth_date", "date"),
            ("clients", 2, "joined_on", "date"),
            ("clients", 2, "sex", "choice"),
        ],
        csv_text([sound()["clients"][0], ["=1+1"] * WIDTH]),
    ),
]

NAMES = [
    Case("a CSV file by the name of no sheet", lambda: one(CLIENTS.encode(), "export.csv"), gate="unnamed"),
    Case(
        "the same CSV file twice",
        lambda: csv_files(sound()) + csv_files({"clients": sound()["clients"]}),
        gate="twice",
    ),
    Case(
        "a CSV file twice, once with a large letter",
        lambda: [*csv_files(sound()), ("Clients.CSV", CLIENTS.encode())],
        gate="twice",
    ),
    Case(
        "a CSV file beside a picture",
        lambda: [*csv_files(sound()), ("photo.csv", b"\x89PNG\r\n")],
        gate="stranger",
    ),
    Case(
        "CSV files called by a path",
        lambda: [(f"../../etc/{name}", content) for name, content in csv_files(sound())],
    ),
    Case(
        "a CSV file whose name turns round",
        lambda: [
            *csv_files(sound()),
            ("\u202evsc.secffo.csv", csv_text(table({"code": "X", "name": "X"})).encode()),
        ],
        notices=("unknown_file",),
    ),
    Case(
        "a CSV file whose name is markup",
        lambda: [*csv_files(sound()), ("<img src=x onerror=alert(1)>.csv", b"a\n1\n")],
        notices=("unknown_file",),
    ),
]

CASES = AT_THE_GATE + HEADERS + QUOTES + ROWS + NAMES
