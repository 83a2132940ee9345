"""Cells that cannot be used, each put into a sound portfolio as CSV files and as a workbook."""

from tests.hostile.cases import Case, one
from tests.hostile.making import book, csv_files, with_cell

# What it is, sheet, column, what stands there, what is said of it.
TEXTS = [
    ("a client number that Excel has rounded", "clients", "client_id", "1.23E+15", "damaged_id"),
    ("a client number rounded in small letters", "clients", "client_id", "1e+12", "damaged_id"),
    ("a loan number that Excel has rounded", "loans", "loan_id", "4.5678E+11", "damaged_id"),
    ("a client number with a zero-width space", "clients", "client_id", "C\u200b1", "hidden_sign"),
    ("a client number with a zero-width joiner", "clients", "client_id", "C\u200d1", "hidden_sign"),
    ("a client number with a byte order mark", "clients", "client_id", "C\ufeff1", "hidden_sign"),
    ("a client number with a soft hyphen", "clients", "client_id", "C\u00ad1", "hidden_sign"),
    ("a client number that a mark turns round", "clients", "client_id", "\u202e1C", "hidden_sign"),
    ("a client number with a right-to-left mark", "clients", "client_id", "C1\u200f2", "hidden_sign"),
    ("a client number with a no-break space inside", "clients", "client_id", "C\u00a01", "hidden_sign"),
    ("a client number over two lines", "clients", "client_id", "C\n1", "hidden_sign"),
    ("a client number with a tab", "clients", "client_id", "C\t1", "hidden_sign"),
    ("a client number of 101 characters", "clients", "client_id", "C" * 101, "too_long"),
    ("a client number of a million characters", "clients", "client_id", "C" * 1_000_000, "too_long"),
    ("a client number that is an error of a spreadsheet", "clients", "client_id", "#REF!", "sheet_error"),
    ("a client without a number", "clients", "client_id", "", "required"),
    ("a client number of blanks alone", "clients", "client_id", "   ", "required"),
    ("a name of 201 characters", "clients", "name", "n" * 201, "too_long"),
    ("a name of a million characters", "clients", "name", "n" * 1_000_000, "too_long"),
    ("a name that rings a bell", "clients", "name", "Ana\x07", "hidden_sign"),
    ("a name that a mark turns round", "clients", "name", "Ana \u202eepsiuQ", "hidden_sign"),
    ("a name with an escape sequence of a terminal", "clients", "name", "\x1b[31mAna", "hidden_sign"),
    ("a name with a sign of no script", "clients", "name", "Ana \ue000", "hidden_sign"),
    ("a name with a sign that Unicode does not have", "clients", "name", "Ana \uffff", "hidden_sign"),
    ("a name with a tag of another plane", "clients", "name", "Ana \U000e0041", "hidden_sign"),
    ("a name that is an error of a spreadsheet", "clients", "name", "#NAME?", "sheet_error"),
    ("a client without a name", "clients", "name", "", "required"),
    ("a phone of 51 characters", "clients", "phone", "7" * 51, "too_long"),
    ("a sex by its whole word", "clients", "sex", "Femenino", "choice"),
    ("a sex that is a formula", "clients", "sex", '=HYPERLINK("http://203.0.113.1","F")', "choice"),
    ("a birth date with the day first", "clients", "birth_date", "15/06/1990", "date"),
    ("a birth date with the month first", "clients", "birth_date", "06/15/1990", "date"),
    ("a birth date of two figures a year", "clients", "birth_date", "90-06-15", "date"),
    ("a birth date that no calendar has", "clients", "birth_date", "1990-02-30", "date"),
    ("a birth date in the month 13", "clients", "birth_date", "1990-13-01", "date"),
    ("a birth date in the year 0", "clients", "birth_date", "0000-01-01", "date"),
    ("a birth date in the year 10000", "clients", "birth_date", "10000-01-01", "date"),
    ("a birth date with a time", "clients", "birth_date", "1990-06-15T00:00:00", "date"),
    ("a birth date in Arabic digits", "clients", "birth_date", "١٩٩٠-٠٦-١٥", "date"),
    ("a birth date in words", "clients", "birth_date", "15 de junio de 1990", "date"),
    ("a birth date that is the number of a day", "clients", "birth_date", "33039", "date"),
    ("a birth date that is a formula", "clients", "birth_date", "=TODAY()", "date"),
    ("an amount with commas between thousands", "loans", "principal", "1,234", "number"),
    ("an amount with both signs", "loans", "principal", "1.234,50", "number"),
    ("an amount with blanks between thousands", "loans", "principal", "1 234", "number"),
    ("an amount with no-break spaces between thousands", "loans", "principal", "1\u00a0234", "number"),
    ("an amount with apostrophes between thousands", "loans", "principal", "1'234", "number"),
    ("an amount with a currency", "loans", "principal", "Bs 500", "number"),
    ("an amount in brackets", "loans", "principal", "(500)", "number"),
    ("an amount in the scientific way", "loans", "principal", "1e400", "number"),
    ("an amount that is not a number", "loans", "principal", "NaN", "number"),
    ("an amount without end", "loans", "principal", "Infinity", "number"),
    ("an amount in hexadecimal", "loans", "principal", "0x1F4", "number"),
    ("an amount with an underscore", "loans", "principal", "5_00", "number"),
    ("an amount in Arabic digits", "loans", "principal", "٥٠٠", "number"),
    ("an amount in full-width digits", "loans", "principal", "５００", "number"),
    ("an amount with a sign of its own for minus", "loans", "principal", "\u2212500", "number"),
    ("an amount that is a formula", "loans", "principal", "=1+1", "number"),
    ("an amount that is a command", "loans", "principal", "=cmd|' /C calc'!A0", "number"),
    ("an amount below zero", "loans", "principal", "-500", "negative"),
    ("an amount of five decimals", "loans", "principal", "1.23456", "decimals"),
    ("an amount of sixteen digits", "loans", "principal", "1234567890123456", "digits"),
    ("an amount of ten thousand digits", "loans", "principal", "9" * 10_000, "digits"),
    ("an amount with ten thousand decimals", "loans", "principal", "1." + "0" * 9_999 + "1", "digits"),
    ("an amount that is an error of a spreadsheet", "loans", "principal", "#DIV/0!", "sheet_error"),
    ("days late by half", "loans", "days_late", "1.5", "whole"),
    ("days late beyond what a whole number holds", "loans", "days_late", "99999999999", "digits"),
    ("days late of five thousand digits", "loans", "days_late", "9" * 5_000, "digits"),
    ("days late below zero", "loans", "days_late", "-3", "negative"),
    ("a loan of a client whom nobody knows", "loans", "client_id", "NOBODY", "unknown_client"),
    ("a loan of a client whose number looks alike", "loans", "client_id", "С1", "unknown_client"),
    ("a loan of a client whose number is written small", "loans", "client_id", "c1", "unknown_client"),
    ("a loan of a client by a piece of SQL", "loans", "client_id", "C1' OR '1'='1", "unknown_client"),
    ("a loan that names no product", "loans", "product", "", "required"),
]  # fmt: skip

# Taken as they are: they hurt nobody, and what shows them shows them as text.
HARMLESS = [
    ("a name that is markup", "name", "<script>alert(1)</script>"),
    ("a name in the language of templates", "name", "{{ 7 * 7 }}{% debug %}"),
    ("a name that is a formula", "name", '=HYPERLINK("http://203.0.113.1","x")'),
    ("a name that is a command", "name", "+cmd|' /C calc'!A0"),
    ("a name that is a piece of SQL", "name", "'; DROP TABLE clients_client; --"),
    ("a name of the sign for percent", "name", "%s %(value)s {0}"),
    ("a name of emoji", "name", "Ana 👩🏽‍🌾"),
    ("a name in another direction", "name", "فاطمة"),
    ("a name of marks upon marks", "name", "A" + "\u0301" * 90),
    ("a phone that begins as a formula", "phone", "+591 700 12345"),
    ("a client number with zeros in front", "client_id", "000123"),
]  # fmt: skip


def in_both_forms(name: str, sheet: str, column: str, value: str, **outcome) -> list[Case]:
    return [
        Case(f"{name}, in CSV", lambda: csv_files(with_cell(sheet, column, value)), **outcome),
        Case(f"{name}, in a workbook", lambda: one(book(with_cell(sheet, column, value))), **outcome),
    ]


CASES = [
    case
    for name, sheet, column, value, code in TEXTS
    for case in in_both_forms(name, sheet, column, value, rows=((sheet, 2, column, code),))
] + [case for name, column, value in HARMLESS for case in in_both_forms(name, "clients", column, value)]
