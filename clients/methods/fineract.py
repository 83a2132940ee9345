"""Workbooks of Fineract and Mifos (bulk import templates), read as a portfolio.

Headers are matched by their text without case, asterisks and blanks at the ends; where a text stands twice,
the first is the data and the other a look-up list. People, offices, groups and products are known by name
there:

- an office, a product: its name;
- an officer: "First Last", however the sheet turns it;
- a group: "Office: Name";
- a client without External ID: the office and a short code made of the name, as a number is shown to people
  who may not see names; a second one of that name in the office gets a running number;
- a loan or account without External Id: client, product and day together;
- a repayment: loan, day and its running number on that day.
"""

import datetime as dt
import hashlib
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from clients.methods.cells import SHEET_ERROR, as_text
from clients.methods.names import fold
from clients.methods.problems import ABSENT, Notice, Unreadable
from clients.methods.reading import Source, Table, is_workbook, sheet_of, workbook
from clients.methods.sheets import SHEETS

MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for number, name in enumerate(names.split(), start=1)
}
WORDED_DATE = re.compile(r"([0-9]{1,2}) ([^\W\d]+) ([0-9]{4})")
NUMBER_BEHIND = re.compile(r"\s*\([0-9]+\)$")
SEXES = {
    **dict.fromkeys(["f", "female", "woman", "mujer", "femenino"], "F"),
    **dict.fromkeys(["m", "male", "man", "hombre", "masculino"], "M"),
}
MEMBERS = "client names (enter in consecutive cells horizontally)"
# Look-up lists that the templates carry along under the names of sheets or under their own.
LISTS = frozenset({"offices", "clients", "groups", "staff", "products", "extras", "savingsproducts"})


def fold_title(header) -> str:
    return " ".join(str(header).replace("*", " ").casefold().split())


class Line:
    """A row of a sheet, asked by the text of the header."""

    def __init__(self, places: dict[str, int], cells: list, own_id: str = ""):
        self.places = places
        self.cells = cells
        # The id found for a client by reading all of them first.
        self.own_id = own_id

    def cell(self, *titles: str):
        """The first filled cell under one of the titles."""
        for title in titles:
            place = self.places.get(title)
            if place is not None and place < len(self.cells) and as_text(self.cells[place]):
                return self.cells[place]
        return ""

    def text(self, *titles: str) -> str:
        return as_text(self.cell(*titles))

    def day(self, *titles: str):
        return day_of(self.cell(*titles))

    def office(self) -> str:
        return self.text("office name")


def day_of(cell):
    """A date cell as it is; "24 November 2026" as ISO; anything else unchanged, to be reported."""
    found = WORDED_DATE.fullmatch(as_text(cell)) if isinstance(cell, str) else None
    month = MONTHS.get(found[2].casefold()) if found else None
    if not month:
        return cell
    try:
        return dt.date(int(found[3]), month, int(found[1]))
    except ValueError:
        return cell


def person(text: str) -> str:
    """ "Quispe, Ana" and "Ana Quispe (12)" are both "Ana Quispe"."""
    text = NUMBER_BEHIND.sub("", text)
    last, comma, first = text.partition(", ")
    return f"{first} {last}" if comma else text


def together(between: str, parts: list[str]) -> str:
    """One text of several; an error of the spreadsheet stays alone, so that it is told as one."""
    return next(filter(SHEET_ERROR.fullmatch, parts), between.join(parts))


def within(office: str, name: str) -> str:
    return together(": ", [office, name]) if name else ""


def coded(office: str, name: str) -> str:
    """An id for somebody known by name alone, the same each time, that does not spell the name."""
    code = hashlib.blake2b(fold(name).encode(), digest_size=5).hexdigest()
    return together(": ", [office, name if SHEET_ERROR.fullmatch(name) else code]) if name else ""


@dataclass
class Known:
    """What one sheet says that another needs."""

    # Ids of the clients by office and folded name; several where the name is not enough.
    clients: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    # The group by office and folded name of each member.
    groups: dict[tuple[str, str], str] = field(default_factory=dict)
    repaid: Counter = field(default_factory=Counter)
    # Clients without an id of their own, by office and folded name.
    nameless: Counter = field(default_factory=Counter)

    def client(self, office: str, name: str, external: str) -> str:
        """Whose a loan is; where several are called so, an id that nobody has."""
        if external:
            return external
        found = self.clients.get((office, fold(name)), set())
        code = coded(office, name)
        return next(iter(found)) if len(found) == 1 else f"{code} ?" if found else code

    def new_client(self, office: str, name: str, external: str) -> str:
        """The id of a client, who is then known by name as well."""
        who = external or coded(office, name)
        if who and not external:
            self.nameless[office, fold(name)] += 1
            number = self.nameless[office, fold(name)]
            who = who if number == 1 else f"{who} {number}"
        self.clients[office, fold(name)].add(who)
        return who


def client_name(line: Line) -> str:
    parts = (line.text("first name"), line.text("middle name"), line.text("last name"))
    return line.text("name") or together(" ", list(filter(None, parts)))


def client(line: Line, known: Known) -> list:
    office, name = line.office(), client_name(line)
    sex = line.text("gender")
    return [
        line.own_id,
        name,
        office,
        SEXES.get(sex.casefold(), sex),
        line.day("date of birth"),
        person(line.text("staff name")),
        known.groups.get((office, fold(name)), ABSENT),
        line.day("activation date", "submitted on date"),
        line.text("mobile number"),
    ]


def borrower(line: Line, known: Known) -> str:
    """The client of a loan or account; none where it is a whole group's."""
    whole_group = line.text("loan type", "individual/group").casefold() == "group"
    external = line.text("client externalid")
    if whole_group and not external:
        return ""
    return known.client(line.office(), person(line.text("client/group name", "client name")), external)


def loan(line: Line, known: Known) -> list:
    who, product, day = borrower(line, known), line.text("product"), line.day("disbursed date")
    return [
        line.text("external id") or composed(who, product, day),
        who,
        product,
        line.cell("principal"),
        day,
        person(line.text("loan officer")),
        line.office(),
    ]


def composed(*parts) -> str:
    texts = [as_text(part) for part in parts]
    return together(" ", texts) if all(texts) else ""


def repayment(line: Line, known: Known) -> list:
    account, day = line.text("loan account no."), line.day("date")
    known.repaid[account, as_text(day)] += 1
    number = known.repaid[account, as_text(day)]
    return [account, day, line.cell("amount repaid"), composed(account, day, number)]


def account(line: Line, known: Known) -> list:
    who, product, day = borrower(line, known), line.text("product"), line.day("activation date")
    return [line.text("external id") or composed(who, product, day), who, product, day]


def officer(line: Line, known: Known) -> list:
    name = together(" ", list(filter(None, [line.text("first name"), line.text("last name")])))
    return [name, name]


@dataclass(frozen=True)
class Form:
    """How a sheet of theirs becomes one of ours. ``needs`` are the titles it cannot do without."""

    sheet: str
    columns: tuple[str, ...]
    needs: tuple[str, ...]
    build: Callable[[Line, Known], list]


CLIENT = ("client_id", "name", "office", "sex", "birth_date", "officer", "group", "joined_on", "phone")
FORMS = {
    "offices": Form(
        "offices",
        ("code", "name", "parent"),
        ("office name", "parent office"),
        lambda line, known: [line.office(), line.office(), line.text("parent office")],
    ),
    "employee": Form("officers", ("code", "name"), ("first name", "last name"), officer),
    "groups": Form(
        "groups",
        ("code", "name"),
        ("group name", "office name", MEMBERS),
        lambda line, known: [within(line.office(), line.text("group name")), line.text("group name")],
    ),
    "clientperson": Form("clients", CLIENT, ("first name", "last name", "office name"), client),
    "cliententity": Form("clients", CLIENT, ("name", "office name"), client),
    "loans": Form(
        "loans",
        ("loan_id", "client_id", "product", "principal", "disbursed_on", "officer", "office"),
        ("office name", "client/group name", "product", "principal", "disbursed date"),
        loan,
    ),
    "loanrepayment": Form(
        "repayments",
        ("loan_id", "date", "amount", "repayment_id"),
        ("loan account no.", "amount repaid", "date"),
        repayment,
    ),
    "savingsaccounts": Form(
        "savings",
        ("account_id", "client_id", "product", "opened_on"),
        ("office name", "client name", "product", "activation date"),
        account,
    ),
}


@dataclass
class Found:
    """A sheet of a workbook that we know how to read."""

    label: str
    form: Form
    headers: list[str]
    rows: Callable[[], Iterator]
    about: int
    places: dict[str, int]
    # Of clients, by row.
    ids: dict[int, str] = field(default_factory=dict)

    def lines(self) -> Iterator[tuple[int, Line, list]]:
        """Rows with something under a header that counts; look-up lists beside them fill no row."""
        for number, cells in self.rows():
            line = Line(self.places, cells, self.ids.get(number, ""))
            if any(line.text(title) for title in self.form.needs):
                yield number, line, cells


def open_fineract(path: Path) -> Source:
    """The tables of one workbook, of a folder of them or of a zip; Unreadable if there is none."""
    source = Source("xlsx", head_by_name=True)
    found = list(found_sheets(source, Path(path)))
    known = Known()
    for sheet in found:
        learn(known, sheet)
    for sheet in found:
        source.tables.append(table_of(sheet, known))
    return source


def found_sheets(source: Source, path: Path) -> Iterator[Found]:
    seen: set[str] = set()
    for file_name, book in books(path):
        for name in book.sheet_names:
            title = fold_title(name)
            label = name if name not in seen else f"{name} ({file_name})"
            if title not in FORMS:
                if title not in LISTS:
                    source.notices.append(Notice("unknown_sheet", {"sheet": name}))
                continue
            seen.add(name)
            headers, rows, about = sheet_of(book, name)
            places: dict[str, int] = {}
            for place, header in enumerate(headers or []):
                places.setdefault(fold_title(header), place)
            missing = [need for need in FORMS[title].needs if need not in places]
            if not missing:
                yield Found(label, FORMS[title], headers, rows, about, places)
            elif title not in LISTS:
                source.refused.append(
                    Unreadable("missing_column", label, missing[0], kind=FORMS[title].sheet)
                )


def books(path: Path):
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if is_workbook(file):
                yield file.name, workbook(file)
    elif is_workbook(path):
        yield path.name, workbook(path)
    elif path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.lower().endswith(".xlsx"):
                    yield name, workbook(BytesIO(archive.read(name)))
    else:
        raise Unreadable("no_source")


def learn(known: Known, found: Found) -> None:
    """Clients by name, and who is in which group."""
    if found.form.sheet == "clients":
        for number, line, _ in found.lines():
            external = line.text("external id")
            found.ids[number] = known.new_client(line.office(), client_name(line), external)
    if found.form.sheet == "groups":
        first = found.places[MEMBERS]
        for _, line, cells in found.lines():
            for cell in cells[first:]:
                if not as_text(cell):
                    break
                code = within(line.office(), line.text("group name"))
                known.groups[line.office(), fold(person(as_text(cell)))] = code


def table_of(found: Found, known: Known) -> Table:
    form = found.form

    def rows():
        known.repaid.clear()
        for number, line, _ in found.lines():
            yield number, form.build(line, known)

    def original():
        for number, _, cells in found.lines():
            yield number, cells

    places = {name: place for place, name in enumerate(form.columns)}
    return Table(found.label, SHEETS[form.sheet], found.headers, places, rows, original, found.about)
