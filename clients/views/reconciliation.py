"""Whether an import adds up, on its report, and the records behind each of the numbers."""

from functools import cached_property
from operator import attrgetter

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client, ImportBatch, Loan
from clients.queries import shown_name
from clients.queries.adding_up import FLOWS, flow_steps, odd_rows, title_of
from clients.queries.reconciliation import EVENTS, behind
from spm import views
from spm.access import Can, reaches_all
from spm.numbers import count_words, money_words
from spm.tables import Cell, Column, field

# Rows are ``reconciliation.Odd``.
ODD = [
    Column(gettext_lazy("What"), value=lambda odd: odd.words),
    Column(
        gettext_lazy("Records"),
        "count",
        value=lambda odd: odd.count,
        cell=lambda odd: Cell(count_words(odd.count), url=odd.url),
    ),
]
FLOW_COLUMNS = [
    Column(gettext_lazy("Of"), value=lambda row: row[0]),
    Column(gettext_lazy("What"), value=lambda row: row[1].words),
    Column(gettext_lazy("Number"), "number", value=lambda row: row[1].number),
]
LOAN_COLUMNS = [
    field(gettext_lazy("Loan"), "external_id", code="loan"),
    field(gettext_lazy("Product"), "product", value=lambda loan: str(loan.product), order="product__name"),
    field(gettext_lazy("Disbursed on"), "disbursed_on", "date"),
    Column(
        gettext_lazy("Ended on"),
        "date",
        code="ended_on",
        value=lambda loan: loan.closed_on or loan.written_off_on,
    ),
    field(gettext_lazy("Principal"), "principal", "money"),
    field(gettext_lazy("Outstanding"), "outstanding", "money"),
]


def sections(batch: ImportBatch) -> list[dict]:
    """What came and went, as the flow component takes it; empty where the batch has no such numbers."""
    report = batch.report.get("reconciliation")
    if not report:
        return []
    may_list = batch.state == ImportBatch.State.DONE
    return [
        {
            "title": str(title),
            "steps": [
                {
                    "sign": step.sign,
                    "value": money_words(step.number) if name == "outstanding" else count_words(step.number),
                    "words": step.words,
                    "url": may_list and step.what and step.number and list_url(batch, step.what),
                }
                for step in flow_steps(report, name)
            ],
        }
        for name, title in FLOWS.items()
    ]


def odd(batch: ImportBatch) -> list:
    may_list = batch.state == ImportBatch.State.DONE
    report = batch.report.get("reconciliation", {})
    return odd_rows(report, lambda what: list_url(batch, what) if may_list else "")


def flow_rows(batch: ImportBatch) -> list[tuple]:
    """The same flows for a file: of what, and each step."""
    report = batch.report.get("reconciliation")
    flows = FLOWS.items() if report else ()
    return [(str(title), step) for name, title in flows for step in flow_steps(report, name)]


def list_url(batch: ImportBatch, what: str) -> str:
    return reverse("clients:import-behind", args=[batch.pk], query={"count": what})


class ImportBehind(views.TableList):
    """The records behind `?count=`, a number of an import's report, as they are recorded now."""

    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    template_name = "clients/import_behind.html"

    @cached_property
    def batch(self) -> ImportBatch:
        batches = ImportBatch.objects.visible_to(self.request.user).select_related("changes")
        batch = batches.filter(pk=self.kwargs["pk"], state=ImportBatch.State.DONE).first()
        if batch is None or "reconciliation" not in batch.report:
            raise Http404
        return batch

    @property
    def what(self) -> str:
        return self.request.GET.get("count", "clients-new")

    def decide(self):
        self.get_queryset()  # without its rows: is there such a number?
        super().decide()

    def get_queryset(self):
        try:
            rows = behind(self.batch, self.what, self.request.user)
        except LookupError:
            raise Http404 from None
        way = self.way(rows.model)
        related = [f"{way}__{name}" if way else name for name in ("office", "officer")]
        if rows.model is Loan:
            related.append("product")
        return rows.select_related(*related).order_by("pk")

    @staticmethod
    def way(model) -> str:
        """The way from a record to its client; none from the client itself."""
        return EVENTS[model._meta.model_name][1]

    @cached_property
    def model_behind(self):
        return self.get_queryset().model

    def get_columns(self):
        return [*self.client_columns(self.way(self.model_behind)), *self.record_columns()]

    def client_columns(self, way: str) -> list[Column]:
        user, prefix = self.request.user, f"{way}__" if way else ""
        client_of = attrgetter(way.replace("__", ".")) if way else lambda client: client
        # The order of masked names would give the names away.
        by_name = reaches_all(user, Can.CLIENTS_IDENTIFY, of=Can.CLIENTS_VIEW)

        def client_cell(row):
            client = client_of(row)
            return Cell(shown_name(client, user), url=client.get_absolute_url(), note=client.external_id)

        return [
            Column(
                _("Client"),
                code="client",
                value=lambda row: shown_name(client_of(row), user),
                cell=client_cell,
                order=f"{prefix}search_name" if by_name else f"{prefix}external_id",
            ),
            Column(
                _("Client number"),
                code="client_id",
                value=lambda row: client_of(row).external_id,
                on_screen=False,
            ),
            Column(
                _("Office"),
                code="office",
                value=lambda row: client_of(row).office.name,
                order=f"{prefix}office__name",
            ),
        ]

    def record_columns(self) -> list[Column]:
        if self.what.startswith("future-"):
            number = [field(_("Number"), "external_id")] if hasattr(self.model_behind, "external_id") else []
            return [*(number if self.model_behind is not Client else []), field(_("Day"), "day", "date")]
        if self.model_behind is Client:
            return [field(_("Joined on"), "joined_on", "date")]
        return LOAN_COLUMNS

    @property
    def table_name(self) -> str:
        return title_of(self.what)

    def about(self):
        return [(_("File"), self.batch.source)]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"batch": self.batch, "heading": self.table_name}
