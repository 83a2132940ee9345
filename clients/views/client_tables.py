"""The tables of the client list and of a client's page."""

from django.utils.translation import gettext_lazy as _

from spm.tables import Cell, Column, field

# Rows are ``clients.queries.clients.ClientRow``.
LIST = [
    Column(_("Client"), cell=lambda row: Cell(row.name, url=row.client.get_absolute_url())),
    field(_("Number"), "client.external_id"),
    field(_("Office"), "office"),
    field(_("Officer"), "officer"),
    Column(_("Last loan"), value=lambda row: row.last_loan and row.last_loan.product),
    Column(_("Taken on"), "date", value=lambda row: row.last_loan and row.last_loan.disbursed_on),
    Column(_("Standing"), cell=lambda row: Cell(status=row.mark, words=row.standing.label)),
]

# Rows are ``clients.queries.clients.LoanRow``, the latest first.
LOANS = [
    Column(
        _("Loan"),
        code="loan_id",
        value=lambda row: row.loan.external_id,
        cell=lambda row: Cell(f"{row.cycle} · {row.loan.external_id}"),
    ),
    field(_("Loan cycle"), "cycle", "count", on_screen=False),
    field(_("Product"), "loan.product.name", code="product"),
    field(_("Principal"), "loan.principal", "money", code="principal"),
    field(_("Taken on"), "loan.disbursed_on", "date", code="disbursed_on"),
    field(_("Due on"), "loan.due_on", "date", code="due_on"),
    field(_("Ended on"), "ended_on", "date"),
    field(_("Repaid"), "repaid", "share"),
    field(_("Last payment"), "last_paid_on", "date", code="last_payment"),
    Column(
        _("State"),
        code="state",
        value=lambda row: row.words,
        cell=lambda row: Cell(status=row.mark, words=row.words),
    ),
]

# Rows are savings accounts with ``last_moved_on``.
SAVINGS = [
    field(_("Account"), "external_id", code="account_id"),
    field(_("Product"), "product.name", code="product"),
    field(_("Balance"), "balance", "money"),
    field(_("Opened on"), "opened_on", "date"),
    field(_("Closed on"), "closed_on", "date"),
    field(_("Last movement by the client"), "last_moved_on", "date"),
]

# Rows are ``clients.queries.timeline.Event``.
EVENTS = [
    field(_("Date"), "date", "date"),
    field(_("What happened"), "title", code="what"),
    field(_("Details"), "text", code="details"),
]
