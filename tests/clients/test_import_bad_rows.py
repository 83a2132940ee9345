"""A bad row of every kind: reported, kept out, put right, brought in."""

import json

import pytest

from clients.queries.imports import report_in_words
from tests.clients.bad_rows import BLAMED, mended, with_bad_rows
from tests.clients.imported import bad_cells, contents, numbers, take_in
from tests.clients.portfolio_files import write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """Writes sheets as CSV files and gives their folder."""
    made = iter(range(99))
    return lambda sheets, **how: write_csv(tmp_path / f"portfolio-{next(made)}", sheets, **how)


def test_a_bad_row_of_every_kind_is_reported_and_the_good_rows_are_in(folder):
    report = take_in(folder(with_bad_rows()))

    assert bad_cells(report) == BLAMED
    assert {name: counts["rejected"] for name, counts in report["sheets"].items()} == {
        "offices": 5,
        "products": 0,
        "clients": 12,
        "loans": 16,
        "repayments": 2,
        "savings": 2,
        "movements": 2,
        "attendance": 3,
    }
    with_bad = contents()
    assert [row[0] for row in with_bad["clients"]] == ["C1", "C2", "C3"]
    assert [row[0] for row in with_bad["loans"]] == ["L1", "L2", "L3"]
    assert [row[0] for row in with_bad["offices"]] == ["HQ", "NORTE", "SIERRA"]


def test_the_corrected_rows_bring_in_the_rest_and_a_third_import_writes_nothing(folder):
    take_in(folder(with_bad_rows()))
    corrected = folder(mended())

    second = take_in(corrected)
    third = take_in(corrected)

    assert second["rejected"] == []
    assert {name: numbers(second, name)[1:] for name in second["sheets"]} == {
        "offices": (1, 0, 0, 0),
        "clients": (2, 0, 0, 0),
        "loans": (2, 0, 0, 0),
        "repayments": (1, 0, 0, 0),
        "savings": (1, 0, 0, 0),
        "movements": (1, 0, 0, 0),
        "attendance": (1, 0, 0, 0),
    }
    assert {numbers(third, name)[1:3] for name in third["sheets"]} == {(0, 0)}


def test_every_reason_has_words(folder):
    report = report_in_words(take_in(folder(with_bad_rows())))

    assert report["rejected"][0] == {
        "sheet": "offices",
        "row": 5,
        "column": "parent",
        "value": "RING-1",
        "reason": "Going up from this office never reaches the head office.",
    }
    assert all(entry["reason"] and "%(" not in entry["reason"] for entry in report["rejected"])
    json.dumps(report)


def test_what_is_recognised_by_two_cells_is_blamed_in_both_with_each_ones_value(folder):
    report = report_in_words(take_in(folder(with_bad_rows())))

    assert [
        (bad["row"], bad["column"], bad["value"], bad["reason"])
        for bad in report["rejected"]
        if bad["sheet"] == "attendance"
    ][:2] == [
        (3, "client_id", "C2", "client_id and date stand together in 2 rows of this file: 3, 4."),
        (3, "date", "2024-02-01", "client_id and date stand together in 2 rows of this file: 3, 4."),
    ]
