"""Small portfolios written by hand, a row or two at a time."""

import datetime as dt

import pandas as pd

W = 90


def day(number):
    """A day by its number in 2024, counted from 1 January = 0; later years go on."""
    return dt.date(2024, 1, 1) + dt.timedelta(days=number)


def loans(*rows):
    """Loans from (client, first day, last day or None), perhaps product; ids in the order given."""
    return pd.DataFrame(
        [
            {
                "loan_id": f"L{place}",
                "client_id": row[0],
                "product": row[3] if len(row) > 3 else "P",
                "disbursed_on": day(row[1]),
                "closed_on": None if row[2] is None else day(row[2]),
                "written_off_on": None,
            }
            for place, row in enumerate(rows)
        ]
    )


def clients(*rows):
    return pd.DataFrame(
        [{"client_id": client, "status": status, "status_on": on} for client, status, on in rows]
    )
