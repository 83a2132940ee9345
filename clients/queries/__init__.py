from clients.queries.brief import OF_CLIENT, ClientInBrief
from clients.queries.clients import (
    client_numbered,
    client_rows,
    clients_with_open_loan,
    masked_name,
    may_identify,
    portfolio_day,
    shown_name,
    shown_phone,
)

__all__ = [
    "OF_CLIENT",
    "ClientInBrief",
    "client_numbered",
    "client_rows",
    "clients_with_open_loan",
    "masked_name",
    "may_identify",
    "portfolio_day",
    "shown_name",
    "shown_phone",
]
