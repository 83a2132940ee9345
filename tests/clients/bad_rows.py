"""A portfolio with a bad row of every kind, what is wrong with each, and the rows put right."""

from tests.clients.portfolio_files import client, loan, portfolio

BAD = {
    "offices": [
        {"code": "LOST", "name": "Lost", "kind": "branch", "parent": "RING-1"},
        {"code": "RING-1", "name": "Ring", "kind": "branch", "parent": "RING-2"},
        {"code": "RING-2", "name": "Ring", "kind": "branch", "parent": "RING-1"},
        {"code": "", "name": "No code", "kind": "branch"},
        {"code": "ODD", "name": "Odd", "kind": "kiosk"},
    ],
    "clients": [
        client("TWICE"),
        client("TWICE", name="Another"),
        client("", name="No number"),
        client("B1", name=""),
        client("B2", office=""),
        client("B3", sex="X", area="sea"),
        client("B4", birth_date="15/06/1990", joined_on="2024-02-30"),
        client("B5", status="deceased"),
        client("B6", status="gone"),
        client("B7", name="n" * 201),
        client("B8\u200b"),
        client("B9", name="bell\x07"),
    ],
    "loans": [
        loan("K1", "NOBODY"),
        loan("K2", "B1"),
        loan("K3", "C1", closed_on="2024-01-09", status="repaid"),
        loan("K4", "C1", written_off_on="2023-01-09", status="written_off"),
        loan("K5", "C1", closed_on="2024-02-09", status="open"),
        loan("K6", "C1", status="repaid"),
        loan("K7", "C1", status="written_off"),
        loan("K8", "C1", written_off_on="2024-02-09", closed_on="2024-02-09", status="repaid"),
        loan("K9", "C1", principal="1,000.50", outstanding="-1", days_late="1.5"),
        loan("K10", "C1", principal="-5"),
        loan("K11", "C1", principal="1e5"),
        loan("K12", "C1", principal="nan"),
        loan("K13", "C1", principal="1.23456"),
        loan("K14", "C1", disbursed_on="", product=""),
        loan("K15", "C1", principal="12345678901234567"),
        loan("K16", "C1", disbursed_on="10 Jan 2024", status="paid"),
    ],
    "repayments": [
        {"loan_id": "K1", "date": "2024-12-20", "amount": "5", "repayment_id": "Q1"},
        {"loan_id": "L1", "date": "", "amount": "", "repayment_id": "Q2"},
    ],
    "savings": [
        {"account_id": "Z1", "client_id": "B1", "product": "AHORRO", "opened_on": "2024-01-05"},
        {
            "account_id": "Z2",
            "client_id": "C1",
            "product": "AHORRO",
            "opened_on": "2024-01-05",
            "closed_on": "2023-01-01",
        },
    ],
    "movements": [
        {"movement_id": "Y1", "account_id": "Z1", "date": "2024-02-01", "amount": "80", "by_client": "1"},
        {"movement_id": "Y2", "account_id": "A1", "date": "2024-02-01", "amount": "80", "by_client": "yes"},
    ],
    "attendance": [
        {"client_id": "C2", "date": "2024-02-01", "present": "1"},
        {"client_id": "C2", "date": "2024-02-01", "present": "0"},
        {"client_id": "C2", "date": "2024-02-08", "present": ""},
    ],
}

BLAMED = [
    ("offices", 5, "parent", "office_circle"),
    ("offices", 6, "parent", "office_circle"),
    ("offices", 7, "parent", "office_circle"),
    ("offices", 8, "code", "required"),
    ("offices", 9, "kind", "choice"),
    ("clients", 5, "client_id", "twice"),
    ("clients", 6, "client_id", "twice"),
    ("clients", 7, "client_id", "required"),
    ("clients", 8, "name", "required"),
    ("clients", 9, "office", "required"),
    ("clients", 10, "sex", "choice"),
    ("clients", 10, "area", "choice"),
    ("clients", 11, "birth_date", "date"),
    ("clients", 11, "joined_on", "date"),
    ("clients", 12, "status_on", "status_needs_date"),
    ("clients", 13, "status", "choice"),
    ("clients", 14, "name", "too_long"),
    ("clients", 15, "client_id", "hidden_sign"),
    ("clients", 16, "name", "hidden_sign"),
    ("loans", 5, "client_id", "unknown_client"),
    ("loans", 6, "client_id", "unknown_client"),
    ("loans", 7, "closed_on", "before_start"),
    ("loans", 8, "written_off_on", "before_start"),
    ("loans", 9, "status", "open_has_end"),
    ("loans", 10, "status", "repaid_needs_closed_on"),
    ("loans", 11, "status", "written_off_needs_date"),
    ("loans", 12, "status", "repaid_is_written_off"),
    ("loans", 13, "principal", "number"),
    ("loans", 13, "outstanding", "negative"),
    ("loans", 13, "days_late", "whole"),
    ("loans", 14, "principal", "negative"),
    ("loans", 15, "principal", "number"),
    ("loans", 16, "principal", "number"),
    ("loans", 17, "principal", "decimals"),
    ("loans", 18, "product", "required"),
    ("loans", 18, "disbursed_on", "required"),
    ("loans", 19, "principal", "digits"),
    ("loans", 20, "disbursed_on", "date"),
    ("loans", 20, "status", "choice"),
    ("repayments", 4, "loan_id", "unknown_loan"),
    ("repayments", 5, "date", "required"),
    ("repayments", 5, "amount", "required"),
    ("savings", 3, "client_id", "unknown_client"),
    ("savings", 4, "closed_on", "before_start"),
    ("movements", 4, "account_id", "unknown_account"),
    ("movements", 5, "by_client", "flag"),
    ("attendance", 3, "client_id", "twice_together"),
    ("attendance", 3, "date", "twice_together"),
    ("attendance", 4, "client_id", "twice_together"),
    ("attendance", 4, "date", "twice_together"),
    ("attendance", 5, "present", "required"),
]


def with_bad_rows() -> dict:
    return {name: rows + BAD.get(name, []) for name, rows in portfolio().items()}


def mended() -> dict:
    """The bad rows, put right."""
    return {
        "offices": [{"code": "RING-1", "name": "Ring", "kind": "branch", "parent": "SIERRA"}],
        "clients": [client("B1", name="Named"), client("TWICE")],
        "loans": [loan("K2", "B1"), loan("K3", "C1", closed_on="2024-02-09", status="repaid")],
        "repayments": [{"loan_id": "K2", "date": "2024-12-20", "amount": "5", "repayment_id": "Q1"}],
        "savings": [{"account_id": "Z1", "client_id": "B1", "product": "AHORRO", "opened_on": "2024-01-05"}],
        "movements": [{"movement_id": "Y1", "account_id": "Z1", "date": "2024-02-01", "amount": "80"}],
        "attendance": [{"client_id": "C2", "date": "2024-02-01", "present": "1"}],
    }
