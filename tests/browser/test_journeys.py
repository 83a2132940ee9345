"""What people come to do, done in a browser from sign-in to the last click."""

import csv
import io
import re
import zipfile

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.spm.processes import eventually

CLIENTS = [
    ["client_id", "name", "office", "birth_date"],
    ["J-1", "Rosa Mamani", "SA", "1990-01-31"],
    ["J-2", "Julia Ticona", "SA", "31/01/1990"],
    ["J-3", "Marta Flores", "SA", "1985-07-01"],
]
LOANS = [
    ["loan_id", "client_id", "product", "principal", "disbursed_on", "closed_on"],
    ["JL-1", "J-1", "NEG", "500", "2026-01-05", ""],
    ["JL-2", "J-3", "NEG", "1,500", "2026-01-06", ""],
    ["JL-3", "J-1", "NEG", "700", "2025-06-01", "2025-05-01"],
]
MENDED = {"31/01/1990": "1990-01-31", "1,500": "1500", "2025-05-01": "2025-12-01"}


def as_csv(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def upload(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def mended(archive: bytes) -> bytes:
    """The file of rejected rows, put right."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            rows = csv.reader(io.StringIO(old.read(name).decode("utf-8-sig")))
            new.writestr(name, as_csv([[MENDED.get(cell, cell) for cell in row] for row in rows]))
    return out.getvalue()


def figures_of(page, sheet):
    """Read, new, changed, unchanged, rejected of a sheet on the report."""
    row = page.locator("tr", has=page.get_by_role("rowheader", name=sheet, exact=True)).first
    return [int(text) for text in row.get_by_role("cell").all_inner_texts()]


def number(text):
    return int(re.sub(r"\D", "", text))


def test_a_manager_imports_a_file_with_three_bad_rows_and_mends_them(visit):
    page = visit("manager", "/clients/imports/new/")
    page.locator("input[type=file]").set_input_files(
        [upload("clients.csv", as_csv(CLIENTS)), upload("loans.csv", as_csv(LOANS))]
    )
    page.get_by_role("button", name="Send and check").click()
    write = page.get_by_role("button", name="Write the good rows")
    expect(write).to_be_visible(timeout=30_000)
    assert figures_of(page, "Clients") == [3, 2, 0, 0, 1]
    assert figures_of(page, "Loans") == [3, 1, 0, 0, 2]
    write.click()
    take = page.get_by_role("link", name="Take the rejected rows as a file")
    expect(page.locator(".status", has_text="Done")).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        take.click()
    rejected = download.value.path().read_bytes()

    page.goto("/clients/imports/new/")
    page.locator("input[type=file]").set_input_files([upload("mended.zip", mended(rejected))])
    page.get_by_role("button", name="Send and check").click()
    write = page.get_by_role("button", name="Write all this")
    expect(write).to_be_visible(timeout=30_000)
    write.click()
    expect(page.locator(".status", has_text="Done")).to_be_visible(timeout=60_000)
    assert figures_of(page, "Clients") == [1, 1, 0, 0, 0]
    assert figures_of(page, "Loans") == [2, 2, 0, 0, 0]
    assert page.refusals == []


AT_WORK = "from spm.models import Job; print(Job.objects.filter(state__in=['queued', 'running']).count())"


@pytest.fixture
def all_counted(ask):
    """Whatever was imported before is in the numbers."""
    eventually(lambda: ask(AT_WORK) == "0\n", "the end of all works")


@pytest.mark.usefixtures("all_counted")
def test_every_number_of_the_headline_opens_as_many_clients(visit):
    page = visit("manager", "/exits/")
    links = page.locator(".flow a, .headline .small a")
    numbers = [(number(link.inner_text()), link.get_attribute("href")) for link in links.all()]
    assert len(numbers) >= 8
    listed = []
    for _shown, address in numbers:
        page.goto(address)
        listed.append(number(page.locator("p.sentence strong").first.inner_text()))
    assert listed == [shown for shown, _address in numbers]


def test_an_exported_list_has_as_many_rows_as_the_number(visit):
    page = visit("manager", "/exits/")
    link = page.locator(".flow a").nth(3)
    shown = number(link.inner_text())
    link.click()
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        page.locator("details.export a", has_text="Excel").first.click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert book.worksheets[1].max_row - 1 == shown


def test_the_page_changes_to_spanish_and_stays_where_it_was(visit):
    page = visit("manager", "/exits/?sex=F")
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("¿Quiénes se van?")
    assert page.url.endswith("/exits/?sex=F")
    assert re.search(r"\d,\d\s%", page.locator(".headline").inner_text())


@pytest.mark.parametrize(
    ("person", "menu"),
    [
        ("manager", ["Home", "Clients", "Leaving", "Complaints", "Data"]),
        ("officer", ["My work", "Clients", "Leaving"]),
        ("assessor", ["Home"]),
        ("admin", ["Home", "Clients", "Data"]),
    ],
)
def test_the_menu_shows_only_what_the_person_may_open(visit, person, menu):
    page = visit(person)
    links = page.get_by_role("navigation", name="Main").get_by_role("link")
    assert [text.strip() for text in links.all_inner_texts()][: len(menu)] == menu


def test_an_assessor_is_turned_away_from_everything_but_home(visit):
    page = visit("assessor")
    answers = [
        page.goto(path).status for path in ("/", "/exits/", "/clients/", "/clients/imports/", "/jobs/")
    ]
    assert answers == [200, 403, 403, 403, 403]


def press_until(page, name, limit=80):
    """Walk by Tab until the thing of that name has the focus; its ring must be seen."""
    for _step in range(limit):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return [(e.innerText || e.labels?.[0]?.innerText || '').trim(), s.outlineStyle]; })()"
        )
        if focused[0] == name:
            assert focused[1] != "none"
            return
    raise AssertionError(f"{name} is not reached by keyboard")


def test_the_way_to_the_clients_who_left_works_by_keyboard(visit):
    page = visit("manager")
    press_until(page, "Leaving")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is leaving?")
    shown = page.locator(".flow a").nth(3).inner_text().strip()
    press_until(page, shown)
    page.keyboard.press("Enter")
    expect(page.locator("p.sentence strong").first).to_contain_text(shown.lstrip("− "))


def test_signing_in_and_sending_a_file_work_by_keyboard(visit):
    page = visit("", "/accounts/login/")
    page.keyboard.press("Tab")
    page.locator("[name=login]").focus()
    page.keyboard.type("manager")
    page.keyboard.press("Tab")
    page.keyboard.type("not the password at all")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()

    page = visit("manager", "/clients/imports/new/")
    files = [upload("clients.csv", as_csv([CLIENTS[0], ["K-1", "Elsa Rojas", "SA", "1991-05-06"]]))]
    page.locator("input[type=file]").set_input_files(files)
    press_until(page, "Send and check")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Write all this")).to_be_visible(timeout=30_000)
    press_until(page, "Discard the file")
    page.keyboard.press("Enter")
    expect(page.locator(".status", has_text="Discarded")).to_be_visible()


def test_a_definition_is_added_by_keyboard(visit):
    page = visit("manager", "/exits/definitions/")
    before = page.locator("tbody tr").count()
    page.goto("/exits/definitions/new/")
    page.locator("[name=starts_on]").focus()
    page.keyboard.type("01012026")
    page.locator("[name=window]").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("60")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/jobs/"))
    expect(page.locator(".status", has_text="Done")).to_be_visible(timeout=60_000)
    page.goto("/exits/definitions/")
    assert page.locator("tbody tr").count() == before + 1


def test_lists_and_forms_work_without_javascript(visit):
    page = visit("manager", "/clients/", javascript=False)
    name = page.locator("tbody a").first.inner_text()
    page.locator("[name=q]").fill("  ".join(reversed(name.upper().split())))
    page.get_by_role("button", name="Search").click()
    assert page.locator("tbody a").first.inner_text() == name
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    page.goto("/exits/definitions/new/")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".error-summary, [role=alert]").first).to_be_visible()

    page.goto("/exits/?by=sex")
    assert page.locator("#breakdown tbody tr, section:has(h2) tbody tr").count() > 0
