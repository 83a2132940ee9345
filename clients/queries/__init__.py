from clients.queries.clients import (
    client_numbered,
    client_rows,
    clients_with_open_loan,
    for_list,
    masked_name,
    may_identify,
    portfolio_day,
    shown_name,
    shown_phone,
)

__all__ = [
    "client_numbered",
    "client_rows",
    "clients_with_open_loan",
    "for_list",
    "masked_name",
    "may_identify",
    "portfolio_day",
    "shown_name",
    "shown_phone",
]
