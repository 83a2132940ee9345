"""A portfolio in parts is the same portfolio."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clients.imported import contents, forget_everything, take_in
from tests.clients.portfolio_files import client, loan, portfolio, write_csv

pytestmark = pytest.mark.django_db
EXAMPLES = max(5, round(40 * float(os.environ.get("SPM_EXAMPLES", "1"))))
SLOW_IS_FINE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def folder(tmp_path):
    """Writes sheets as CSV files and gives their folder."""
    made = iter(range(99))
    return lambda sheets, **how: write_csv(tmp_path / f"portfolio-{next(made)}", sheets, **how)


def test_importing_in_parts_equals_importing_at_once(folder):
    whole = portfolio()
    part = {**whole, "clients": whole["clients"][:1], "loans": whole["loans"][:1]}
    part |= {"repayments": whole["repayments"][:1]}
    rest = {**whole, "clients": whole["clients"][1:], "loans": whole["loans"][1:]}
    rest |= {"repayments": whole["repayments"][1:]}

    take_in(folder(part))
    take_in(folder(rest))
    in_parts = contents()
    forget_everything()
    take_in(folder(whole))

    assert contents() == in_parts


@st.composite
def portfolios(draw) -> dict:
    """A portfolio of a few clients, each with loans that are open, repaid or written off."""
    sheets = {"clients": [], "loans": [], "repayments": [], "attendance": []}
    for number in range(draw(st.integers(2, 5))):
        code = f"C{number}"
        place = {"office": draw(st.sampled_from("NS")), "officer": draw(st.sampled_from(["", "ANA", "LUIS"]))}
        sheets["clients"].append(client(code, group=draw(st.sampled_from(["", "G1"])), **place))
        sheets["attendance"].append({"client_id": code, "date": "2024-02-01", "present": "1"})
        for cycle in range(draw(st.integers(0, 3))):
            end = draw(st.sampled_from([{}, {"closed_on": "2024-09-01"}, {"written_off_on": "2024-10-01"}]))
            amount = str(draw(st.decimals(0, 10_000, places=2)))
            sheets["loans"].append(loan(f"{code}-{cycle}", code, principal=amount, **end, status=""))
            paid = {"loan_id": f"{code}-{cycle}", "date": "2024-05-01", "amount": amount}
            sheets["repayments"].append({**paid, "repayment_id": f"{code}-{cycle}-1"})
    return sheets


def of_clients(sheets: dict, codes: set, order) -> dict:
    """The rows of these clients alone, in another order."""
    rows = {
        name: [row for row in rows if (row.get("client_id") or row["loan_id"][:2]) in codes]
        for name, rows in sheets.items()
    }
    return {name: order(rows[name]) for name in rows}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW_IS_FINE)
@given(data=st.data(), sheets=portfolios())
def test_any_shuffled_split_of_a_portfolio_equals_the_whole(db, data, sheets):
    codes = [row["client_id"] for row in sheets["clients"]]
    first = set(data.draw(st.lists(st.sampled_from(codes), unique=True)))
    chance = data.draw(st.randoms())

    def shuffled(rows):
        return chance.sample(rows, len(rows))

    forget_everything()
    with tempfile.TemporaryDirectory() as folder:
        for name, part in (("first", first), ("rest", set(codes) - first)):
            report = take_in(write_csv(Path(folder, name), of_clients(sheets, part, shuffled)))
            assert report["rejected"] == []
        in_parts = contents()
        forget_everything()
        take_in(write_csv(Path(folder, "whole"), sheets))

        assert contents() == in_parts
        again = take_in(write_csv(Path(folder, "again"), of_clients(sheets, set(codes), shuffled)))
        assert {(counts["created"], counts["updated"]) for counts in again["sheets"].values()} == {(0, 0)}
