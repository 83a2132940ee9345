"""The report on client exit: JSON, workbook and PDF say the numbers of `exit_rates`, and no name."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from clients.models import Client, Loan, Office
from exits.models import ExitInterview, GivenReason, LeaverType, Reason, RegisteredExit
from exits.queries.figures import PeriodError
from exits.queries.report import UnknownOfficeError, build_report, words
from exits.queries.report.book import FORMULA, GROUP, figures
from exits.queries.report.written import file_name, write
from spm.models import Institution
from spm.models.institution import LEAST_CELL, MOST_CELL, Logo
from spm.pictures import Picture
from tests.factories import ClientFactory, LoanFactory, OfficeFactory, OfficerFactory, ProductFactory

pytestmark = pytest.mark.django_db

START, END = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
PERIOD = ("--start", "2025-01-01", "--end", "2025-12-31")
K = 5
# By branch: clients who stay, who leave by choice, who join, and who are expelled.
BRANCHES = {"NORTH": (9, 7, 6, 1), "SOUTH": (12, 5, 8, 0), "TINY": (1, 1, 0, 0)}


@pytest.fixture
def portfolio(db):
    """Three branches, of which one is too small to be told of; data as of 31 October 2026."""
    product, officer = ProductFactory(code="MICRO", name="Micro"), OfficerFactory()
    head = Office.head()
    for code, (staying, leaving, joining, expelled) in BRANCHES.items():
        office = OfficeFactory(code=code, name=f"{code.title()} branch", parent=head)
        made = {"office": office, "officer": officer, "sex": Client.Sex.FEMALE, "area": "rural"}
        for number in range(staying + leaving + joining + expelled):
            client = ClientFactory(**made, external_id=f"{code}-77{number}", name=f"Zoraida {code} {number}")
            begun = dt.date(2025, 3, 1) if staying + leaving <= number < staying + leaving + joining else None
            gone = dt.date(2025, 5, 2) if staying <= number < staying + leaving else None
            if number >= staying + leaving + joining:
                client.status, client.status_on = Client.Status.EXPELLED, dt.date(2025, 6, 1)
                client.save()
            status = Loan.Status.REPAID if gone else Loan.Status.OPEN
            loan = {"client": client, "product": product, "closed_on": gone, "status": status}
            LoanFactory(**loan, disbursed_on=begun or dt.date(2024, 2, 1))
    other = ClientFactory(office=head, name="Later", external_id="L-1", sex=Client.Sex.MALE, officer=officer)
    last = {"client": other, "product": product, "officer": officer}
    LoanFactory(**last, disbursed_on=dt.date(2026, 10, 31), closed_on=None)


def interview(client, reason, user, **more):
    asked = {"client": client, "start": dt.date(2024, 2, 1), "by": user, "own_officer": False}
    when = dt.datetime(2025, 9, 1, 12, tzinfo=dt.UTC)
    row = ExitInterview.objects.create(**{**asked, "at": when, "consent": True, **more})
    if reason:
        GivenReason.objects.create(
            interview=row, reason=Reason.objects.get(code=reason), part=GivenReason.Part.PRIMARY
        )
    return row


@pytest.fixture
def interviewed(portfolio, first_lists, manager):
    """Eleven of the thirteen who left by choice answer, one declines; staff say of all `delay`."""
    left = list(Client.objects.filter(loans__closed_on__isnull=False).order_by("external_id"))
    reasons = [*["delay"] * 6, *["health"] * 5]
    for number, (client, reason) in enumerate(zip(left, reasons, strict=False)):
        interview(client, reason, manager, own_officer=number < 2)
        RegisteredExit.objects.create(
            client=client, start=dt.date(2024, 2, 1), leaver_type=LeaverType.objects.first(),
            initiative="client", tone="neutral", staff_reason=Reason.objects.get(code="delay"),
            by=manager, at=dt.datetime(2025, 9, 2, 12, tzinfo=dt.UTC),
        )  # fmt: skip
    interview(left[11], None, manager, consent=False)


def asked(command, *arguments):
    out = io.StringIO()
    call_command(command, *arguments, "--format", "json", stdout=out)
    return json.loads(out.getvalue())


def written(report, form):
    file = io.BytesIO()
    write(report, form, file)
    file.seek(0)
    return file


def text_of(file):
    """What the PDF says, with every space alike, as lines may break at any."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(file).pages).split())


def plain(said):
    return " ".join(said.split())


def test_counts_and_seven_formulas_are_those_of_exit_rates(portfolio):
    report = asked("exit_report", *PERIOD)
    kept = {"all": "client,mfi,death", "without_deaths": "client,mfi", "without_mfi": "client,death"}
    for name, causes in (kept | {"own_choice": "client"}).items():
        (line,) = asked("exit_rates", *PERIOD, "--causes", causes)
        assert {row["name"]: row["rates"][name] for row in report["formulas"]} == line["rates"]
        counts = report["counts"]
        assert [counts[c] for c in ("B", "new", "returned", "X", "causes", "E", "D", "F")] == [
            line[c] for c in ("B", "new", "returned", "exits", "causes", "E", "D", "F")
        ]
    assert (counts["B"], counts["N"], counts["X"], counts["E"]) == (36, 14, 14, 36)
    assert report["roll_forward_holds"] is True


def test_groups_and_months_are_those_of_exit_rates(portfolio):
    report = asked("exit_report", *PERIOD)
    lines = {line["group"]: line for line in asked("exit_rates", *PERIOD, "--by", "month")}
    assert [month["month"] for month in report["trend"]] == list(lines)
    told = [month for month in report["trend"] if not month["hidden"]]
    assert {m["month"]: m["X"] for m in told} == {m["month"]: lines[m["month"]]["exits"] for m in told}


def test_no_group_is_told_with_a_count_below_the_smallest_cell(portfolio):
    table = build_report(START, END)["tables"]["branch"]
    counts = [row[name] for row in table["groups"] for name in ("B", "N", "X", "E")]
    assert (min(counts) >= K, table["together"]) == (True, ["North branch", "Tiny branch"])


def test_an_office_is_told_with_all_below_it_and_nobody_else(portfolio):
    report = build_report(START, END, office="NORTH")
    assert (report["office"]["name"], report["counts"]["B"]) == ("North branch", 17)


def test_reasons_come_with_their_n_who_answered_and_how_far_staff_agree(interviewed):
    found = build_report(START, END)["reasons"]
    assert (found["asked"], found["interviews"], found["own_officer"]) == (12, 11, 2)
    assert found["response_rate"] == pytest.approx(11 / 12)
    assert [(row["code"], row["n"]) for row in found["top"]] == [("delay", 6), ("health", 5)]
    assert (found["agreement"]["client_staff"]["n"], found["agreement"]["client_staff"]["kappa"]) == (11, 0)


def test_reasons_of_fewer_than_the_smallest_cell_are_not_told(portfolio, first_lists, manager):
    left = Client.objects.filter(loans__closed_on__isnull=False)
    for client in left[:4]:
        interview(client, "delay", manager)
    found = build_report(START, END)["reasons"]
    assert (found["interviews"], found["top"]) == (4, [])


def test_months_whose_exits_are_not_all_known_are_named_provisional(portfolio):
    report = build_report(dt.date(2026, 1, 1), dt.date(2026, 10, 31))
    assert report["provisional_months"] == ["2026-08", "2026-09", "2026-10"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pdf_says_the_numbers_of_the_json_in_its_language(interviewed, language):
    with translation.override(language):
        report = build_report(START, END)
        file = written(report, "pdf")
        told = text_of(file)
        shares = [rate for row in report["formulas"] for rate in row["rates"].values()]
        shares += [row["rate"] for table in report["tables"].values() for row in table["groups"]]
        shares += [row["share"] for row in report["reasons"]["top"]]
        missing = [share for share in shares if plain(words.share(share)) not in told]
        assert missing == []
        counts = [report["counts"][name] for name in ("B", "N", "X", "E")]
        assert [number for number in counts if words.count(number) not in told] == []
    pdf = PdfReader(file)
    assert pdf.trailer["/Root"]["/Lang"] == language
    assert report["institution"] in pdf.metadata.title
    assert all(f"{n} " in page.extract_text() for n, page in enumerate(pdf.pages, start=1))


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_board_gets_one_page(interviewed, language):
    with translation.override(language):
        report = build_report(START, END, kind="board")
        file = written(report, "pdf")
        assert len(PdfReader(file).pages) == 1
        told = text_of(file)
    assert plain(words.reason(report["reasons"]["top"][0])) in told
    assert all(plain(sentence) in told for sentence in report["limits"])


def test_the_logo_stands_on_the_first_page_and_the_board_still_gets_one(interviewed):
    Institution.objects.create(pk=1, name="Caja Horizonte")
    drawn = io.BytesIO()
    Image.new("RGB", (300, 120), "navy").save(drawn, "PNG")
    logo = Logo(institution_id=1)
    logo.show(Picture(drawn.getvalue(), 300, 120))
    logo.save()
    pages = PdfReader(written(build_report(START, END, kind="board"), "pdf")).pages
    assert [len(page.images) for page in pages] == [1]


def test_signs_and_accents_reach_the_paper(portfolio):
    Office.objects.filter(code="NORTH").update(name="Ñandú € ≥ − Ćirić")
    told = text_of(written(build_report(START, END, office="NORTH"), "pdf"))
    assert "Ñandú € ≥ − Ćirić" in told


def test_the_workbook_holds_the_numbers_of_the_json(interviewed):
    report = build_report(START, END)
    book = load_workbook(written(report, "xlsx"))
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about["Definition"] == words.definition(report)
    assert rows_of(book["Counts"]) == near([[row["label"], row["value"]] for row in figures(report)])
    rates = near([{**row, **words.rates(row)}[name] for name in FORMULA] for row in report["formulas"])
    assert rows_of(book["Formulas"]) == rates
    for name, title in words.table_titles().items():
        told = near([row[column] for column in GROUP] for row in report["tables"][name]["groups"])
        assert rows_of(book[title]) == told


def near(rows):
    """A workbook keeps fifteen digits of a number."""
    return [tuple(pytest.approx(cell) for cell in row) for row in rows]


def rows_of(sheet):
    return list(sheet.iter_rows(min_row=2, values_only=True))


def test_nobody_is_named_in_any_form(interviewed):
    report = build_report(START, END)
    book = load_workbook(written(report, "xlsx"))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    for told in (json.dumps(report), text_of(written(report, "pdf")), " ".join(cells)):
        assert [word for word in ("Zoraida", "-77", "Later", "L-1") if word in told] == []


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
def test_a_file_is_written_where_it_is_wanted_and_its_name_is_said(portfolio, tmp_path, monkeypatch, form):
    monkeypatch.chdir(tmp_path)
    out = io.StringIO()
    call_command("exit_report", *PERIOD, "--format", form, stdout=out)
    name = f"exit-report_full_2025-01-01_2025-12-31_en.{form}"
    assert (out.getvalue(), (tmp_path / name).exists()) == (f"{name}\n", True)
    assert file_name(build_report(START, END, office="NORTH", kind="board"), form).startswith(
        "exit-report_board_north_"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--start", "2025-13-01", "--end", "2025-12-31"),
            "2025-13-01 is not a date. Write it as YYYY-MM-DD.",
        ),
        (("--start", "2025-12-31", "--end", "2025-01-01"), "The period starts on 2025-12-31, after its end"),
        (("--start", "2025-01-01", "--end", "2027-01-01"), "The period ends on 2027-01-01, after 2026-10-31"),
        ((*PERIOD, "--office", "NOWHERE"), "There is no office with the code NOWHERE."),
        ((*PERIOD, "--language", "xx"), "xx is no language. Choose from en, es."),
        ((*PERIOD, "--kind", "long"), "long is no kind. Choose from board, full."),
    ],
)
def test_what_cannot_be_reported_is_refused_in_one_line(portfolio, arguments, said):
    with pytest.raises(CommandError) as refused:
        asked("exit_report", *arguments)
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def test_without_any_data_the_command_says_so(db):
    with pytest.raises(CommandError, match="There are no data yet"):
        asked("exit_report", *PERIOD)


def test_a_period_beyond_the_data_and_an_unknown_office_are_refused(portfolio):
    with pytest.raises(PeriodError):
        build_report(START, dt.date(2027, 1, 1))
    with pytest.raises(UnknownOfficeError):
        build_report(START, END, office="NOWHERE")


def test_months_left_out_are_named_on_paper_and_in_the_workbook(portfolio):
    report = build_report(START, END)
    gaps = [words.month(month["month"]) for month in report["trend"] if month["hidden"]]
    said = f"Not told, so that small numbers stay hidden: {', '.join(gaps)}."
    about = {
        row[0].value: row[1].value for row in load_workbook(written(report, "xlsx"))["About"].iter_rows()
    }
    assert (gaps != [], said in text_of(written(report, "pdf")), about["Small numbers"]) == (True, True, said)


@pytest.mark.parametrize(
    ("born", "told"),
    [(("1995-01-01", "2005-01-01"), ["<25", "25-34"]), ((None, "1995-01-01"), ["25-34", ""])],
)
def test_ages_stand_in_their_order_and_those_not_recorded_last(portfolio, born, told):
    Institution.objects.create(pk=1, name="Caja Horizonte", smallest_cell=LEAST_CELL)
    for number, client in enumerate(Client.objects.order_by("office", "pk")):
        Client.objects.filter(pk=client.pk).update(birth_date=born[number % 2])
    groups = build_report(START, END)["tables"]["age"]["groups"]
    assert [row["group"] for row in groups] == told


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_all_hidden_is_said_without_an_empty_chart_or_table(portfolio, language):
    Institution.objects.create(pk=1, name="Caja Horizonte", smallest_cell=MOST_CELL)
    with translation.override(language):
        told = text_of(written(build_report(START, END), "pdf"))
        assert (words.short_month("2025-01") in told, words.share(0.0) in told) == (False, False)
        assert told.count(plain(translation.gettext("The groups are too small to be told apart."))) == 7


def test_a_formula_without_causes_has_one_rate_on_paper_and_in_the_workbook(portfolio):
    report = build_report(START, END)
    kept = {row["name"]: list(words.rates(row).values()) for row in report["formulas"]}
    assert kept["retention_dealt_with"] == [pytest.approx(36 / 50), None, None, None]
    assert None not in kept["exit_dealt_with"]
    book = load_workbook(written(report, "xlsx"))
    assert [row[-3:] for row in rows_of(book["Formulas"])].count((None, None, None)) == 3


def test_one_return_is_said_as_one(portfolio):
    report = build_report(START, END) | {"returns": {"paused": 1, "returned": 1, "days_95": 30}}
    assert "Of 1 return, 95 % came within 30 days." in text_of(written(report, "pdf"))
