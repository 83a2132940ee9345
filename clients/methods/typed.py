"""Values as a database gives them back, as those that cells are read into."""

import datetime as dt
from decimal import Decimal

from clients.methods.sheets import Kind

READ_AS = {
    Kind.DATE: lambda value: dt.date.fromisoformat(value) if isinstance(value, str) else value,
    Kind.MONEY: lambda value: value if isinstance(value, Decimal) else Decimal(str(value)),
    Kind.FLAG: bool,
}


def typed(kind: Kind, value):
    read = READ_AS.get(kind)
    return value if value is None or read is None else read(value)
