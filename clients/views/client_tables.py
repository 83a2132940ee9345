"""The tables of a client's page."""

from django.utils.translation import gettext_lazy as _

from spm.tables import Cell, Column

# Rows are ``clients.queries.clients.LoanRow``.
LOANS = [
    Column(
        _("Loan"),
        code="loan_id",
        value=lambda row: row.loan.external_id,
        cell=lambda row: Cell(f"{row.cycle} · {row.loan.external_id}"),
    ),
    Column(_("Loan cycle"), "count", code="cycle", value=lambda row: row.cycle, on_screen=False),
    Column(_("Product"), code="product", value=lambda row: str(row.loan.product)),
    Column(_("Principal"), "money", code="principal", value=lambda row: row.loan.principal),
    Column(_("Taken on"), "date", code="disbursed_on", value=lambda row: row.loan.disbursed_on),
    Column(_("Due on"), "date", code="due_on", value=lambda row: row.loan.due_on),
    Column(_("Ended on"), "date", code="ended_on", value=lambda row: row.ended_on),
    Column(_("Repaid"), "share", code="repaid", value=lambda row: row.repaid),
    Column(_("Last payment"), "date", code="last_payment", value=lambda row: row.last_paid_on),
    Column(
        _("State"),
        code="state",
        value=lambda row: str(row.words),
        cell=lambda row: Cell(status=row.mark, words=row.words),
    ),
]

# Rows are savings accounts with ``last_moved_on``.
SAVINGS = [
    Column(_("Account"), code="account_id", value=lambda account: account.external_id),
    Column(_("Product"), code="product", value=lambda account: str(account.product)),
    Column(_("Balance"), "money", code="balance", value=lambda account: account.balance),
    Column(_("Opened on"), "date", code="opened_on", value=lambda account: account.opened_on),
    Column(_("Closed on"), "date", code="closed_on", value=lambda account: account.closed_on),
    Column(
        _("Last movement by the client"),
        "date",
        code="last_moved_on",
        value=lambda account: account.last_moved_on,
    ),
]

# Rows are ``clients.queries.timeline.Event``.
EVENTS = [
    Column(_("Date"), "date", code="date", value=lambda event: event.date),
    Column(_("What happened"), code="what", value=lambda event: str(event.title)),
    Column(_("Details"), code="details", value=lambda event: str(event.text)),
]
