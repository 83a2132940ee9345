"""What an import says of what was there before it, what it moved, and what is there now."""

import datetime as dt

import pytest

from clients.models import ImportBatch
from clients.queries.reconciliation import behind
from tests.clients.imported import take_in
from tests.clients.portfolio_files import client, loan, portfolio, write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """Writes sheets as CSV files and gives their folder."""
    made = iter(range(99))
    return lambda sheets, **how: write_csv(tmp_path / f"portfolio-{next(made)}", sheets, **how)


def second() -> dict:
    """After ``portfolio``: one loan ends, one goes on, one begins, one begins and ends, one opens again."""
    return {
        "clients": [client("C4"), client("C5")],
        "loans": [
            loan("L2", "C2", principal="750.50", closed_on="2025-03-05", status="repaid", outstanding="0"),
            loan("L4", "C4", outstanding="400.5"),
            loan("L5", "C4", closed_on="2024-06-01", status="repaid"),
            loan("L1", "C1", outstanding="30"),
        ],
    }


def test_clients_and_loans_add_up_from_before_to_after(folder):
    first = take_in(folder(portfolio()))["reconciliation"]
    assert first["clients"] == {"before": 0, "created": 3, "after": 3}
    assert first["loans"] == {"before": 0, "begun": 3, "reopened": 0, "ended": 2, "after": 1}

    report = take_in(folder(second()))["reconciliation"]
    assert report["clients"] == {"before": 3, "created": 2, "after": 5}
    assert report["loans"] == {"before": 1, "begun": 2, "reopened": 1, "ended": 2, "after": 2}
    assert report["outstanding"] == {
        "before": "120.2500",
        "begun": "400.5000",
        "reopened": "30.0000",
        "ended": "120.2500",
        "went_on": "0.0000",
        "after": "430.5000",
    }
