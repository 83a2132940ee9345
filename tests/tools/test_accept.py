import datetime
import json

import openpyxl
import pytest

from tools import accept

LOANS = "loan_id,client_id,product,principal,disbursed_on,closed_on\n"


def portfolio(folder, loans=LOANS + "L1,C1,P,100,2023-02-01,2024-01-31\nL2,C1,P,100,2024-12-31,\n"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "clients.csv").write_text("client_id,name,office\nC1,Ana,O1\n")
    (folder / "loans.csv").write_text(loans)
    return folder


def test_a_folder_with_clients_and_loans_is_a_portfolio_and_other_files_are_left_alone(tmp_path):
    wanted = portfolio(tmp_path / "deep/below")
    (tmp_path / "survey.csv").write_text("a,b\n")
    (tmp_path / "broken.xlsx").write_text("no workbook")
    assert list(accept.portfolios(tmp_path)) == [
        accept.Portfolio(wanted, "generic", datetime.date(2024, 1, 1), datetime.date(2024, 12, 31))
    ]


def test_a_workbook_with_both_sheets_is_a_portfolio(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Clients"
    book.active.append(["client_id", "name", "office"])
    loans = book.create_sheet("Loans")
    loans.append(["Loan_ID", "Client_ID", "Disbursed_On", "Closed_On"])
    loans.append(["L1", "C1", datetime.date(2023, 3, 1), datetime.date(2023, 9, 1)])
    book.save(tmp_path / "mfi.xlsx")
    assert list(accept.portfolios(tmp_path)) == [
        accept.Portfolio(
            tmp_path / "mfi.xlsx", "generic", datetime.date(2023, 3, 1), datetime.date(2023, 9, 1)
        )
    ]


def test_semicolons_dates_ahead_and_cells_that_are_no_dates_do_not_disturb(tmp_path):
    loans = "loan_id;disbursed_on;closed_on\nL1;2022-05-01;soon\nL2;2999-01-01;\nL3;2023-06-30;\n"
    days = list(accept.dates(portfolio(tmp_path, loans)))
    assert days == [datetime.date(2022, 5, 1), datetime.date(2023, 6, 30)]


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        ("2020-01-01", "2024-12-31", "2024-01-01", "2024-12-31"),
        ("2020-01-01", "2024-12-30", "2023-01-01", "2023-12-31"),
        ("2024-02-01", "2024-11-30", "2024-02-01", "2024-11-30"),
    ],
)
def test_figures_are_asked_for_the_last_full_year(first, last, start, end):
    day = datetime.date.fromisoformat
    assert accept.last_full_year([day(last), day(first)]) == (day(start), day(end))


def test_the_fineract_workbook_has_each_header_in_its_own_column(tmp_path):
    columns = [
        {"col": 0, "header": "Office Name*"},
        {"col": 4, "header": "External Id* "},
        {"col": 7, "header": "Lookup"},
    ]
    columns.insert(1, {"col": 3, "header": "Opened On Date*"})
    columns.insert(1, {"col": 1, "header": "Parent Office*"})
    headers = tmp_path / "headers.json"
    headers.write_text(json.dumps({"_source": "where from", "Offices": columns}))
    made = accept.write_fineract_workbook(headers, tmp_path / "made.xlsx")
    rows = list(openpyxl.load_workbook(made.path)["Offices"].iter_rows(values_only=True))
    assert rows[0] == (
        "Office Name*",
        "Parent Office*",
        None,
        "Opened On Date*",
        "External Id* ",
        None,
        None,
        "Lookup",
    )
    assert rows[2] == ("Lakeside", "Head Office", None, "2016-01-01", "LAKE", None, None, None)
    assert made.profile == "fineract"


@pytest.mark.parametrize("arguments", [[], [""], ["/no/such/folder"]])
def test_without_a_folder_it_says_what_it_needs(arguments, capsys):
    assert accept.main(arguments) == 2
    assert capsys.readouterr().err == "Say where the files are: make accept DATA=folder\n"


def test_a_folder_without_a_portfolio_is_no_failure(tmp_path, capsys):
    assert accept.main([str(tmp_path)]) == 0
    assert "No portfolio" in capsys.readouterr().out
