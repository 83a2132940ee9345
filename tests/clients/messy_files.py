"""Portfolio files of chance: mostly good rows, some that are there already, some as bad as they come."""

import random

from tests.clients.portfolio_files import COLUMNS, portfolio

DAYS = ["2024-01-10", "2024-01-10", "2024-06-30", "2025-02-01", "2999-01-01", ""]
ODD_DAYS = [*DAYS, "2024-02-30", "10/01/2024", " 2024-06-30 "]
AMOUNTS = ["500", "500.00", "0", "750.50", "0.0001", ""]
ODD_AMOUNTS = [*AMOUNTS, "-5", "1,5", "1e5", "1.23456", "12345678901234567", " 7 ", "+3", "007"]
CODES = {
    "office": ["NORTE", "NORTE", "SUR", "HQ", "HEAD", ""],
    "officer": ["ANA", "LUIS", ""],
    "group": ["G1", "G2", ""],
    "product": ["CAPITAL", "AHORRO", "NUEVO", ""],
}
NAMES = ["María Peña", "José", "O'Hara", "'=1+1", "#N/A", "two\nlines", " blanks ", "bell\x07", "", "x" * 201]


def ids(letter: str) -> list[str]:
    return [
        *(f"{letter}{at}" for at in range(1, 7)),
        f" {letter}1",
        f"{letter}\u200b",
        "1.2E+10",
        f"{letter}.9/a",
    ]


def messy_cell(chance: random.Random, sheet: str, column: str) -> str:
    """Mostly good, often one that is there already, now and then as bad as they come."""
    if column.endswith("_id"):
        return chance.choice(ids({"client_id": "C", "loan_id": "L", "account_id": "A"}.get(column, "R")))
    odd = chance.random() < 0.15
    if column in CODES:
        return chance.choice(CODES[column])
    if column in {"principal", "amount", "outstanding", "balance"}:
        return chance.choice(ODD_AMOUNTS if odd else AMOUNTS[:4])
    if column == "date" or column.endswith(("_on", "_date")):
        return chance.choice(ODD_DAYS if odd else DAYS)
    others = {
        "name": NAMES if odd else NAMES[:2],
        "sex": ["F", "M", "", *["X"] * odd],
        "area": ["rural", "urban", ""],
        "phone": ["", "600 700", "'+591 7"],
        "status": {"clients": ["active", "active", "deceased", ""]}.get(
            sheet, ["open", "repaid", "written_off", ""]
        ),
        "days_late": ["", "0", "3", *["-1", "1.5"] * odd],
        "by_client": ["1", "0", "", *["yes"] * odd],
        "present": ["1", "0", *[""] * odd],
    }
    return chance.choice(others[column])


LONG = ["clients", "loans", "repayments", "savings", "movements", "attendance"]


def messy(chance: random.Random) -> dict:
    """Some sheets, with rows of a sound portfolio among rows of chance, and not all columns."""
    sheets, shown = {}, {}
    for sheet in LONG:
        if chance.random() < 0.25:
            continue
        rows = [
            {column: messy_cell(chance, sheet, column) for column in COLUMNS[sheet]}
            for _ in range(chance.randrange(12))
        ]
        rows += [row for row in portfolio()[sheet] if chance.random() < 0.5]
        chance.shuffle(rows)
        sheets[sheet] = rows
        wanted = {"client_id", "name", "office", "loan_id", "product", "principal", "disbursed_on", "date"}
        wanted |= {"amount", "repayment_id", "account_id", "opened_on", "movement_id", "present"}
        left_out = {column for column in COLUMNS[sheet] if chance.random() < 0.15} - wanted
        shown[sheet] = [column for column in COLUMNS[sheet] if column not in left_out]
    return {"sheets": sheets, "columns": shown}


def touch(chance: random.Random, sheets: dict) -> None:
    """Change a cell here and there, drop some rows: the next export of the same."""
    for sheet, rows in sheets.items():
        rows[:] = [row for row in rows if chance.random() < 0.9]
        for row in rows:
            for column in COLUMNS[sheet]:
                if chance.random() < 0.03:
                    row[column] = messy_cell(chance, sheet, column)
