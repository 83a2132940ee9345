"""Columns of cells read at once: the same values as cell by cell."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clients.methods.cells import Reader
from clients.methods.columns import ColumnReader, plain_amounts, plain_ids, plain_texts, stored
from clients.methods.problems import Bad
from clients.methods.sheets import SHEETS
from tests.exits.portfolios import sweep

TODAY = dt.date(2026, 11, 24)
COLUMNS = [column for sheet in SHEETS.values() for column in sheet.columns]
SIGNS = st.sampled_from("019aZñ-+_.,/ '#=e\n\t\u200b\x07")
CELLS = st.lists(
    st.text(SIGNS, max_size=9)
    | st.from_regex(r"-?[0-9]{1,16}([.,][0-9]{0,5})?", fullmatch=True)
    | st.sampled_from(["2024-02-29", "2999-01-01", "1", "0", "active", "x" * 101, "#N/A", "1.2E+10"]),
    min_size=1,
    max_size=4,
)


def told(value):
    return (value.code, value.value, value.params) if isinstance(value, Bad) else value


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: f"{column.name}-{column.kind}")
@pytest.mark.parametrize("decimal", [".", ","])
def test_a_column_read_at_once_is_what_its_cells_are(column, decimal):
    @sweep(60, at_least=20)
    @given(CELLS)
    @example(["12345678901.2345", "5"])
    @example(["7\n8"])
    @example(["A1", ""])
    def hold(cells):
        careful = Reader(column, decimal=decimal, today=TODAY)
        at_once = ColumnReader(column, decimal=decimal, today=TODAY)
        expected = [told(stored(careful[cell])) for cell in cells]
        found = [told(value) for value in at_once.values(cells)]
        assert list(map(as_number, found)) == list(map(as_number, expected))
        assert (at_once.saw_bad, at_once.saw_future, at_once.latest) == (
            (careful.saw_bad, careful.saw_future, careful.latest)
        )

    def as_number(value):
        """Amounts are equal as numbers: ``500.00`` and ``500`` are one to the database."""
        return float(value) if column.kind == "money" and isinstance(value, str) else value

    hold()


def reader(sheet: str, column: str, decimal=".") -> ColumnReader:
    return ColumnReader(SHEETS[sheet].columns[SHEETS[sheet].index[column]], decimal=decimal, today=TODAY)


def test_ordinary_columns_take_the_short_way():
    ids = ["C-0001", "C-0002", "b_1.7/2"]
    assert plain_ids(reader("clients", "client_id"), ids) == ids
    assert plain_texts(reader("clients", "name"), ["María Peña", "O. Díaz"]) == ["María Peña", "O. Díaz"]
    assert plain_amounts(reader("repayments", "amount"), ["5", "7.50"]) == ["5", "7.50"]
    assert plain_amounts(reader("repayments", "amount", ","), ["5", "7,50"]) == ["5", "7.50"]
    assert plain_amounts(reader("loans", "outstanding"), ["5", ""]) == ["5", None]
