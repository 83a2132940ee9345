"""Files of any core-banking system: their columns are proposed, previewed, saved and known again."""

import csv
import datetime as dt
import io
import json
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from clients import actions
from clients.methods.mapping import day_of, found_sheets, number_of, open_mapped, preview
from clients.methods.proposing import are_ambiguous, date_order, propose
from clients.models import Client, ImportBatch, ImportProfile, Loan

CLIENTS = [
    ["Código Cliente", "Nombre completo", "Agencia", "Sexo", "Fecha Nacimiento", "Teléfono", "Estado"],
    ["001", "María Peña", "CENTRO", "Femenino", "15/06/1990", "999", "Activo"],
    ["002", "José Núñez", "CENTRO", "Masculino", "03/02/1985", "", "Activo"],
]
LOANS = [
    ["Nro Crédito", "Cod Cliente", "Producto", "Monto Desembolsado", "Fecha Desembolso", "Fecha Cancelación",
     "Estado", "Saldo Capital", "Días Mora"],
    ["K1", "001", "CAP", "1.500,50", "10/01/2024", "20/12/2024", "Cancelado", "0", "0"],
    ["K2", "002", "CAP", "750,00", "13/01/2024", "", "Vigente", "120,25", "3"],
]  # fmt: skip


@pytest.fixture(autouse=True)
def uploads_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.AFTER_IMPORT = []


@pytest.fixture
def theirs(tmp_path):
    """A folder with the files of another system."""

    def write(clients=CLIENTS, loans=LOANS, day=""):
        folder = tmp_path / f"theirs{day}"
        folder.mkdir()
        for name, lines in ((f"clientes{day}", clients), (f"cartera{day}", loans)):
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file, delimiter=";").writerows(lines)
        return folder

    return write


def sent(folder) -> list:
    return [SimpleUploadedFile(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]


def by_label(mapping) -> dict:
    return {entry["label"]: entry for entry in mapping["sheets"]}


# Methods


def test_columns_days_numbers_and_values_are_proposed(theirs):
    mapping = propose(found_sheets(theirs()))

    assert (mapping["dates"], mapping["decimal"]) == ("dmy", ",")
    entries = by_label(mapping)
    assert (entries["clientes"]["to"], entries["cartera"]["to"]) == ("clients", "loans")
    assert {name: way["from"] for name, way in entries["clientes"]["columns"].items()} == {
        "client_id": "codigo cliente",
        "name": "nombre completo",
        "office": "agencia",
        "sex": "sexo",
        "birth_date": "fecha nacimiento",
        "phone": "telefono",
        "status": "estado",
    }
    assert entries["clientes"]["values"] == {
        "sex": {"femenino": "F", "masculino": "M"},
        "status": {"activo": "active"},
    }
    assert entries["cartera"]["columns"]["disbursed_on"] == {"from": "fecha desembolso"}
    assert entries["cartera"]["values"] == {"status": {"cancelado": "repaid", "vigente": "open"}}


def test_english_names_of_columns_are_known_too(theirs):
    clients = [
        ["Member ID", "Full name", "Branch", "Gender", "Date of birth"],
        ["1", "Ann", "A", "Female", ""],
    ]
    loans = [["Loan number", "Member ID", "Loan product", "Loan amount", "Disbursement date", "Closing date"]]
    entries = by_label(
        propose(found_sheets(theirs(clients, [*loans, ["9", "1", "X", "5", "2024-01-31", ""]])))
    )
    assert list(entries["clientes"]["columns"]) == ["client_id", "name", "office", "sex", "birth_date"]
    assert list(entries["cartera"]["columns"]) == [
        *("loan_id", "client_id", "product", "principal", "disbursed_on", "closed_on"),
    ]


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("2026-11-24", "dmy", dt.date(2026, 11, 24)),
        ("24/11/2026", "dmy", dt.date(2026, 11, 24)),
        ("24.11.2026 10:30", "dmy", dt.date(2026, 11, 24)),
        ("11/24/2026", "mdy", dt.date(2026, 11, 24)),
        ("46350", "serial", dt.date(2026, 11, 24)),
        (46350.0, "serial", dt.date(2026, 11, 24)),
        (dt.date(2026, 11, 24), "iso", dt.date(2026, 11, 24)),
        ("24/11/2026", "mdy", "24/11/2026"),
        ("24/11/26", "dmy", "24/11/26"),
        ("24/11/2026", "iso", "24/11/2026"),
        ("31/02/2026", "dmy", "31/02/2026"),
        ("", "dmy", ""),
    ],
)
def test_a_day_is_read_in_the_order_said_or_stays_to_be_refused(cell, order, day):
    assert day_of(cell, order) == day


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("1.234,50", ",", "1234.50"),
        ("1,234.50", ".", "1234.50"),
        ("1 234,50", ",", "1234.50"),
        ("-12", ".", "-12"),
        ("1.234", ",", "1234"),
        ("1.23", ",", "1.23"),
        ("12,34.5", ".", "12,34.5"),
        (7.5, ",", 7.5),
    ],
)
def test_a_number_loses_the_signs_between_its_thousands(cell, decimal, number):
    assert number_of(cell, decimal) == number


def test_days_that_could_be_read_both_ways_are_told():
    assert are_ambiguous(["03/02/1985", "01/12/2020"])
    assert not are_ambiguous(["03/02/1985", "13/12/2020"])
    assert not are_ambiguous(["2020-01-01"])
    assert [
        date_order(cells) for cells in (["01/13/2020"], ["13/01/2020"], ["46350"], ["2020-01-01"], [])
    ] == [
        *("mdy", "dmy", "serial", "iso", "iso"),
    ]


def test_a_constant_feeds_a_column_that_the_file_does_not_have(theirs):
    found = found_sheets(theirs([[name for name in CLIENTS[0] if name != "Agencia"], *CLIENTS[1:]]))
    mapping = propose(found)
    entry = by_label(mapping)["clientes"]
    entry["columns"]["office"] = {"constant": "UNICA"}
    sheet = next(sheet for sheet in found if sheet.label == "clientes")
    place = list(entry["columns"]).index("office")
    assert [cells[place].text for _number, cells in preview(sheet, entry, mapping)] == ["UNICA", "UNICA"]


def test_a_value_that_nobody_has_explained_is_refused_and_not_left_out(theirs):
    found = found_sheets(theirs([CLIENTS[0], CLIENTS[1], [*CLIENTS[2][:3], "Otro", *CLIENTS[2][4:]]]))
    mapping = propose(found)
    entry = by_label(mapping)["clientes"]
    assert entry["values"]["sex"] == {"femenino": "F", "otro": "?"}
    sheet = next(sheet for sheet in found if sheet.label == "clientes")
    place = list(entry["columns"]).index("sex")

    def read():
        cells = [cells[place] for _number, cells in preview(sheet, entry, mapping)]
        return [(cell.text, cell.flaw and cell.flaw.code) for cell in cells]

    assert read() == [("F", None), ("Otro", "choice")]
    entry["values"]["sex"]["otro"] = ""
    assert read() == [("F", None), ("", None)]


def test_a_workbook_whose_sheet_has_another_name_is_known_by_its_header(tmp_path, theirs):
    mapping = propose(found_sheets(theirs()))
    book = openpyxl.Workbook()
    for line in CLIENTS:
        book.active.append(line)
    loans = book.create_sheet("Octubre")
    for line in LOANS:
        loans.append(line)
    book.save(tmp_path / "octubre.xlsx")

    source = open_mapped(tmp_path / "octubre.xlsx", mapping)
    assert {table.sheet.name: table.label for table in source.tables} == {
        "clients": "sheet",
        "loans": "octubre",
    }


# Screens


def choose(client, batch, **changes):
    """The form as its page offers it, with changes, sent back."""
    address = reverse("clients:import-columns", args=[batch.pk])
    form = client.get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return client.post(address, data | changes)


@pytest.fixture
def waiting(client, manager, theirs):
    """An upload of the manager that waits for its columns."""

    def send(folder=None):
        client.force_login(manager)
        data = {"profile": "mapped", "decimal": ".", "files": sent(folder or theirs())}
        client.post(reverse("clients:import-upload"), data)
        return ImportBatch.objects.latest("pk")

    return send


@pytest.mark.django_db
def test_from_files_of_another_system_to_records(client, waiting, run_jobs):
    batch = waiting()
    page = client.get(reverse("clients:import-columns", args=[batch.pk])).text
    assert "All of these rows can be read." in page
    assert "María Peña" in page

    choose(client, batch, save="1", name="Core X")
    run_jobs()
    client.post(reverse("clients:import-confirm", args=[batch.pk]))
    run_jobs()

    assert list(Client.objects.order_by("pk").values_list("external_id", "sex", "birth_date")) == [
        ("001", "F", dt.date(1990, 6, 15)),
        ("002", "M", dt.date(1985, 2, 3)),
    ]
    loans = Loan.objects.order_by("pk").values_list("external_id", "principal", "status", "closed_on")
    assert [(number, float(principal), *rest) for number, principal, *rest in loans] == [
        ("K1", 1500.5, "repaid", dt.date(2024, 12, 20)),
        ("K2", 750.0, "open", None),
    ]
    assert "Core X, version 1" in client.get(batch.get_absolute_url()).text


@pytest.mark.django_db
def test_the_next_file_is_known_by_its_header_and_a_change_is_a_new_version(client, waiting, theirs):
    choose(client, waiting(), save="1", name="Core X")
    second = waiting(theirs(day="-2025-11"))
    form = client.get(reverse("clients:import-columns", args=[second.pk])).context["form"]
    assert (form["name"].value(), form["to-1"].value()) == ("Core X", "clients")

    choose(client, second, save="1")
    assert ImportProfile.objects.count() == 1
    choose(client, waiting(theirs(day="-2025-12")), save="1", dates="mdy")
    versions = ImportProfile.objects.order_by("version").values_list("name", "version", "mapping__dates")
    assert list(versions) == [("Core X", 1, "dmy"), ("Core X", 2, "mdy")]


@pytest.mark.django_db
def test_the_preview_marks_what_would_be_rejected(client, waiting):
    answer = choose(client, waiting(), preview="1", dates="mdy")
    problems = {shown.label: shown.problems for shown in answer.context["previews"]}
    assert problems == {"cartera": 2, "clientes": 1}
    assert "“15/06/1990” is not a date written like 2026-11-24." in answer.text
    assert ImportProfile.objects.count() == 0


@pytest.mark.django_db
def test_a_needed_column_that_nothing_feeds_keeps_the_file_waiting(client, waiting):
    batch = waiting()
    answer = choose(client, batch, save="1", name="Core X", **{"from-1-office": ""})
    assert "Choose a column: every row needs this." in answer.text
    batch.refresh_from_db()
    assert (batch.state, ImportProfile.objects.count()) == ("unmapped", 0)


@pytest.mark.django_db
def test_a_sheet_that_becomes_another_one_gets_that_ones_columns(client, waiting):
    answer = choose(client, waiting(), preview="1", **{"to-1": "officers"})
    sheet = answer.context["form"].rows()[1]
    assert [row.column.name for row in sheet.rows] == ["code", "name"]
    assert sheet.rows[1].source.value() == "nombre completo"


@pytest.mark.django_db
def test_only_who_may_know_names_sees_the_rows_of_a_file_that_another_sent(client, waiting, admin):
    batch = waiting()
    client.force_login(admin)
    assert client.get(reverse("clients:import-columns", args=[batch.pk])).status_code == 403


@pytest.mark.django_db
def test_a_file_that_turns_out_unreadable_is_discarded_and_the_page_says_why(client, waiting, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "socios.csv").write_bytes("Código Cliente;Nombre\n1;José".encode())
    batch = waiting(folder)
    with zipfile.ZipFile(batch.upload.path, "w") as packed:
        packed.writestr("socios.csv", "Código Cliente;Nombre\n1;José".encode("latin-1"))
    page = client.get(reverse("clients:import-columns", args=[batch.pk])).text
    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert "This file cannot be read in" in page
    assert "socios" in page


@pytest.mark.django_db
def test_saved_columns_are_listed_and_go_out_as_a_file(client, waiting):
    choose(client, waiting(), save="1", name="Core X")
    saved = ImportProfile.objects.get()
    page = client.get(reverse("clients:profile-list")).text
    file = reverse("clients:profile-file", args=[saved.pk])
    assert ("Core X" in page, file in page) == (True, True)
    assert json.loads(client.get(file).content) == saved.mapping


@pytest.mark.django_db
def test_the_command_reads_by_saved_columns(theirs):
    folder = theirs()
    actions.save_profile(name="Core X", mapping=propose(found_sheets(folder)), by=None)
    call_command("import_portfolio", folder, profile="Core X", stdout=io.StringIO())
    assert (Client.objects.count(), Loan.objects.count()) == (2, 2)
    with pytest.raises(CommandError, match="under the name “Core Y”"):
        call_command("import_portfolio", folder, profile="Core Y")
