"""An import in the browser: send, see what would change, confirm, mend the rejected rows, import again."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.urls import reverse

from clients.models import Client, ImportBatch, Loan
from spm.models import AuditEvent, Job
from tests.clients.portfolio_files import client as client_row
from tests.clients.portfolio_files import loan, portfolio, write_csv, write_xlsx, write_zip

pytestmark = pytest.mark.django_db
UPLOAD = reverse("clients:import-upload")


@pytest.fixture(autouse=True)
def uploads_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.AFTER_IMPORT = []


def flawed() -> dict:
    sheets = portfolio()
    sheets["loans"] += [
        loan("K1", "NOBODY"),
        loan("K2", "C1", principal="1,000.50"),
        loan("K3", "C1", status="odd"),
    ]
    return sheets


def as_upload(path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes())


def send(client, *paths, **options):
    data = {"profile": "generic", "decimal": ".", "files": [as_upload(path) for path in paths], **options}
    return client.post(UPLOAD, data)


def post(client, name, batch):
    return client.post(reverse(f"clients:{name}", args=[batch.pk]))


def kept_files(settings) -> list:
    return [file for file in settings.MEDIA_ROOT.rglob("*") if file.is_file()]


def test_from_three_bad_rows_to_none(client, manager, run_jobs, tmp_path, settings):
    client.force_login(manager)
    send(client, write_xlsx(tmp_path / "portfolio.xlsx", flawed()))
    batch = ImportBatch.objects.get()
    assert "Waiting to start." in client.get(batch.get_absolute_url()).text
    run_jobs()

    page = client.get(batch.get_absolute_url()).text
    assert "There would be 17 new rows, 3 rejected rows." in page
    assert "There is no client “NOBODY” in these files or in the records." in page
    assert Client.objects.count() == 0

    post(client, "import-confirm", batch)
    run_jobs()
    assert "The file is in: 17 new rows" in client.get(batch.get_absolute_url()).text
    assert Loan.objects.count() == 3
    assert kept_files(settings) == []

    answer = client.get(reverse("clients:import-rejected", args=[batch.pk]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    (page,) = book.worksheets
    assert [cell.value for cell in page[1]][-1] == "reason"
    assert [row[0].value for row in page.iter_rows(min_row=2)] == ["K1", "K2", "K3"]
    page["B2"], page["D3"], page["H4"] = "C1", "1000.50", "open"
    book.save(tmp_path / "mended.xlsx")

    send(client, tmp_path / "mended.xlsx")
    run_jobs()
    post(client, "import-confirm", ImportBatch.objects.first())
    run_jobs()
    assert ImportBatch.objects.first().report["sheets"] == {
        "loans": {"read": 3, "created": 3, "updated": 0, "unchanged": 0, "rejected": 0}
    }
    assert [event.verb for event in AuditEvent.objects.filter(verb__startswith="import").order_by("pk")] == [
        *("import.uploaded", "import.checked", "import.confirmed", "import.written"),
        *("import.uploaded", "import.checked", "import.confirmed", "import.written"),
    ]


def test_an_upload_beyond_the_limit_is_stopped_while_it_arrives(client, manager, settings, monkeypatch):
    settings.MAX_UPLOAD_BYTES = 300_000
    client.force_login(manager)
    spooled = []
    keep = MemoryFileUploadHandler.receive_data_chunk
    monkeypatch.setattr(
        MemoryFileUploadHandler,
        "receive_data_chunk",
        lambda self, data, start: spooled.append(len(data)) or keep(self, data, start),
    )

    def sent(*sizes):
        spooled.clear()
        files = [SimpleUploadedFile(f"{n}.csv", b"x" * size) for n, size in enumerate(sizes)]
        page = client.post(UPLOAD, {"files": files, "profile": "generic", "decimal": "."})
        return page.context["form"].errors, sum(spooled)

    too_large = ["Together the files are larger than 293.0\xa0KB, the most that we take at once. Split them."]
    # One by one they would pass.
    errors, kept = sent(200_000, 200_000)
    assert errors == {"files": too_large}
    assert kept <= 300_000
    # Its length is announced: nothing is kept at all.
    assert sent(1_400_000) == ({"files": too_large}, 0)
    assert "files" in sent(300_000)[0]
    assert sum(spooled) == 300_000


def test_whoever_is_signed_out_fills_no_disk_either(client, settings):
    settings.MAX_UPLOAD_BYTES = 1000
    data = {"files": SimpleUploadedFile("a.csv", b"x" * 1001)}
    request = client.post(reverse("account_login"), data).wsgi_request
    assert (request.upload_stopped, len(request.FILES)) == (True, 0)


def test_several_csv_files_come_in_together_and_their_rejected_rows_go_back_as_csv(
    client, manager, run_jobs, tmp_path
):
    client.force_login(manager)
    folder = write_csv(tmp_path / "files", flawed(), delimiter=";")
    send(client, *sorted(folder.glob("*.csv")))
    run_jobs()
    batch = ImportBatch.objects.get()

    answer = client.get(reverse("clients:import-rejected", args=[batch.pk]))

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["loans.csv"]
        (tmp_path / "again.zip").write_bytes(answer.content)
    send(client, tmp_path / "again.zip")
    run_jobs()
    assert ImportBatch.objects.first().state == "refused"
    post(client, "import-confirm", batch)
    run_jobs()
    send(client, tmp_path / "again.zip")
    run_jobs()
    first, again = ImportBatch.objects.last().report, ImportBatch.objects.first().report
    strip = lambda report: [(bad["column"], bad["value"], bad["code"]) for bad in report["rejected"]]  # noqa: E731
    assert strip(again) == strip(first)
    assert again["warnings"] == []


def test_the_rejected_rows_come_back_as_they_went(client, manager, run_jobs, tmp_path):
    client.force_login(manager)
    sheets = {
        "clients": [client_row("C9", phone="+591 700", name="=1+1", sex="X")],
        "loans": [loan("L9", "C9")],
    }
    send(client, write_zip(tmp_path / "p.zip", write_csv(tmp_path / "p", sheets)))
    run_jobs()
    answer = client.get(reverse("clients:import-rejected", args=[ImportBatch.objects.get().pk]))
    text = zipfile.ZipFile(io.BytesIO(answer.content)).read("clients.csv").decode("utf-8-sig")
    assert "'=1+1" in text
    assert "'+591 700" in text

    (tmp_path / "q").mkdir()
    (tmp_path / "q" / "clients.csv").write_text(text.replace(",X,", ",F,"), encoding="utf-8")
    write_csv(tmp_path / "q", {"loans": [loan("L9", "C9")]})
    send(client, *sorted((tmp_path / "q").glob("*.csv")))
    run_jobs()
    post(client, "import-confirm", ImportBatch.objects.first())
    run_jobs()

    row = Client.objects.get(external_id="C9")
    assert (row.name, row.phone, row.sex) == ("=1+1", "+591 700", "F")


def test_a_discarded_file_is_gone(
    client, manager, run_jobs, tmp_path, settings, django_capture_on_commit_callbacks
):
    client.force_login(manager)
    send(client, write_xlsx(tmp_path / "portfolio.xlsx", portfolio()))
    run_jobs()
    batch = ImportBatch.objects.get()
    assert len(kept_files(settings)) == 1

    with django_capture_on_commit_callbacks(execute=True):
        post(client, "import-discard", batch)

    batch.refresh_from_db()
    assert (batch.state, batch.report, kept_files(settings)) == ("discarded", {}, [])
    assert Client.objects.count() == 0
    post(client, "import-confirm", batch)
    assert Job.objects.filter(work="clients.write_import").count() == 0


def test_all_rows_or_none_is_refused_at_the_check(client, manager, run_jobs, tmp_path, settings):
    client.force_login(manager)
    send(client, write_xlsx(tmp_path / "portfolio.xlsx", flawed()), strict="on")
    run_jobs()

    batch = ImportBatch.objects.get()
    assert batch.state == "refused"
    assert "Nothing was written." in client.get(batch.get_absolute_url()).text
    assert kept_files(settings) == []


def test_a_confirmed_file_is_written_once(client, manager, run_jobs, tmp_path):
    client.force_login(manager)
    send(client, write_xlsx(tmp_path / "portfolio.xlsx", portfolio()))
    run_jobs()
    batch = ImportBatch.objects.get()

    post(client, "import-confirm", batch)
    post(client, "import-confirm", batch)

    assert Job.objects.filter(work="clients.write_import").count() == 1


def test_a_write_that_was_stopped_can_be_tried_again(client, manager, run_jobs, tmp_path):
    client.force_login(manager)
    send(client, write_xlsx(tmp_path / "portfolio.xlsx", portfolio()))
    run_jobs()
    batch = ImportBatch.objects.get()
    post(client, "import-confirm", batch)
    client.post(reverse("job-cancel", args=[Job.objects.get(work="clients.write_import").pk]))

    assert "Try again" in client.get(batch.get_absolute_url()).text
    post(client, "import-confirm", batch)
    run_jobs()

    assert Client.objects.count() == 3


def test_names_in_changes_are_masked_for_whoever_may_not_identify(client, admin, manager, run_jobs, tmp_path):
    client.force_login(manager)
    send(client, write_xlsx(tmp_path / "portfolio.xlsx", portfolio()))
    run_jobs()
    post(client, "import-confirm", ImportBatch.objects.get())
    run_jobs()
    sheets = flawed()
    sheets["clients"][0]["name"] = "Rosa Secreta"
    sheets["clients"].append(client_row("C8", birth_date="1990.01.01"))
    send(client, write_xlsx(tmp_path / "portfolio.xlsx", sheets))
    run_jobs()
    batch = ImportBatch.objects.first()
    seen = client.get(batch.get_absolute_url()).text
    assert "Rosa Secreta" in seen
    assert "1990.01.01" in seen

    client.force_login(admin)
    masked = client.get(batch.get_absolute_url()).text

    assert "Rosa Secreta" not in masked
    assert "1990.01.01" not in masked
    assert client.get(reverse("clients:import-rejected", args=[batch.pk])).status_code == 403


@pytest.mark.parametrize("who", ["officer", "branch_manager", "assessor", "nobody"])
def test_only_the_head_office_imports(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(UPLOAD).status_code == 403


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("clients.pdf", b"%PDF-1.7", "This is a PDF."),
        ("export.csv", b"a,b\n1,2\n", "Name each CSV file after its sheet"),
    ],
)
def test_a_file_that_cannot_serve_stays_outside(client, manager, tmp_path, name, content, words):
    client.force_login(manager)
    (tmp_path / name).write_bytes(content)

    page = send(client, tmp_path / name).text

    assert words in page
    assert "<title>Error:" in page
    assert ImportBatch.objects.count() == 0


def test_a_form_without_a_file_is_refused(client, manager):
    client.force_login(manager)

    page = client.post(UPLOAD, {"profile": "generic", "decimal": "."}).text

    assert "This field is required." in page
    assert ImportBatch.objects.count() == 0


def test_a_workbook_without_known_sheets_is_refused_with_the_reason(client, manager, run_jobs, tmp_path):
    client.force_login(manager)
    send(client, write_xlsx(tmp_path / "p.xlsx", {"clients": portfolio()["clients"]}))
    run_jobs()

    page = client.get(ImportBatch.objects.get().get_absolute_url()).text
    assert "The sheet “loans” is missing." in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_queries_for_any_number_of_rows(
    client, manager, count, django_assert_num_queries
):
    for _ in range(count):
        ImportBatch.objects.create(source="x.csv", by=manager, report={"sheets": {}})
    client.force_login(manager)
    client.get(reverse("clients:import-list"))

    with django_assert_num_queries(6):
        client.get(reverse("clients:import-list"))


def test_the_empty_list_teaches_the_format(client, manager):
    client.force_login(manager)

    page = client.get(reverse("clients:import-list")).text

    assert "Nothing has come in yet" in page
    assert reverse("clients:import-template") in page


def test_the_empty_workbook_has_every_sheet_and_column(client, manager):
    client.force_login(manager)
    answer = client.get(reverse("clients:import-template"))

    book = openpyxl.load_workbook(io.BytesIO(answer.content))

    assert book.sheetnames[:5] == ["offices", "products", "officers", "groups", "clients"]
    assert [cell.value for cell in book["repayments"][1]] == ["loan_id", "date", "amount", "repayment_id"]


def test_the_page_polls_itself_and_reloads_when_the_job_is_over(client, manager, run_jobs, tmp_path):
    client.force_login(manager)
    send(client, write_xlsx(tmp_path / "portfolio.xlsx", portfolio()))
    url = ImportBatch.objects.get().get_absolute_url()

    waiting = client.get(url, headers={"hx-request": "true"})
    run_jobs()
    over = client.get(url, headers={"hx-request": "true"})

    assert f'hx-get="{url}"' in waiting.text
    assert "<html" not in waiting.text
    assert over.headers["HX-Refresh"] == "true"


def test_going_back_in_the_history_gets_the_whole_import_page(client, manager, run_jobs, tmp_path):
    client.force_login(manager)
    send(client, write_xlsx(tmp_path / "portfolio.xlsx", portfolio()))
    url = ImportBatch.objects.get().get_absolute_url()
    back = {"hx-request": "true", "hx-history-restore-request": "true"}

    waiting = client.get(url, headers=back)
    run_jobs()
    over = client.get(url, headers=back)

    assert ["<html" in page.text for page in (waiting, over)] == [True, True]


def test_all_that_bad_rows_say_of_clients_and_officers_is_masked_but_their_numbers(
    client, admin, manager, run_jobs, tmp_path
):
    folder = write_csv(
        tmp_path / "p",
        {
            "clients": [client_row("C7", sex="Eva Secreta"), client_row("C8", area="Luz Secreta")],
            "loans": [loan("L7", "C7", principal="5.5.5")],
            "officers": [{"code": "O\u200b1", "name": "Ana Secreta"}],
        },
        columns={"officers": ["code", "name"]},
    )
    with (folder / "clients.csv").open("a", encoding="utf-8") as file:
        file.write("C9" + "," * 12 + "Rosa Secreta\n")
    client.force_login(manager)
    send(client, *sorted(folder.glob("*.csv")))
    run_jobs()
    url = ImportBatch.objects.get().get_absolute_url()
    seen = client.get(url).text
    assert all(name in seen for name in ("Eva Secreta", "Luz Secreta", "Rosa Secreta"))

    client.force_login(admin)
    masked = client.get(url).text

    assert "Secreta" not in masked
    assert "5.5.5" in masked
    assert "There is no client “C7”" in masked
