"""What of the portfolio somebody may take away, sheet by sheet."""

from clients.methods.outgoing import SHEET_ROWS
from clients.methods.sheets import SHEETS, Column
from clients.models import (
    Attendance,
    Client,
    Group,
    Loan,
    Office,
    Officer,
    Product,
    Repayment,
    SavingsAccount,
    SavingsMovement,
)
from spm.access import Can, reaches_all, scopes

MODELS = {
    "offices": Office,
    "products": Product,
    "officers": Officer,
    "groups": Group,
    "clients": Client,
    "loans": Loan,
    "repayments": Repayment,
    "savings": SavingsAccount,
    "movements": SavingsMovement,
    "attendance": Attendance,
}


def reaches_whole(user) -> bool:
    """Does the export hold every row? That of a command, whose user is None, does."""
    reach = [] if user is None else scopes(user, Can.PORTFOLIO_EXPORT)
    return user is None or any(scope.whole and not scope.own_only for scope in reach)


def names_go_out(user) -> bool:
    """May the user read the name of every client in the export?"""
    return user is None or reaches_all(user, Can.CLIENTS_IDENTIFY, of=Can.PORTFOLIO_EXPORT)


def rows_within_reach(user) -> dict:
    """The rows of each sheet, as querysets without an order."""
    if reaches_whole(user):
        # also officers and groups without a client, whom only loans name
        return {name: model.objects.order_by() for name, model in MODELS.items()}
    return {
        name: model.objects.visible_to(user, Can.PORTFOLIO_EXPORT).order_by()
        for name, model in MODELS.items()
    }


def columns_within_reach(user) -> dict[str, list[Column]]:
    """The columns of each sheet that go out; what is left out, an import of the file leaves as it is."""
    left_out = set()
    if not names_go_out(user):
        left_out |= {("clients", name) for name in Client.Privacy.personal}
    if not reaches_whole(user):
        # an office above the reach; an empty cell would hang the office under the head office
        left_out.add(("offices", "parent"))
    return {
        name: [column for column in sheet.columns if (name, column.name) not in left_out]
        for name, sheet in SHEETS.items()
    }


def counts_within_reach(user) -> dict[str, int]:
    """How many rows each sheet has, counted no further than to see that no workbook holds them."""
    return {name: rows[: SHEET_ROWS + 1].count() for name, rows in rows_within_reach(user).items()}


def too_long(counts: dict[str, int]) -> list[str]:
    """The sheets that are longer than those of a workbook."""
    return [name for name, count in counts.items() if count > SHEET_ROWS]
