"""Why do clients leave? for whoever may not open the records: main reasons of whole years, none below k."""

from functools import cached_property

from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from exits import queries
from exits.queries import reasons
from exits.views.filtered import definition_words
from spm import disclosure, tables, views
from spm.access import Can
from spm.numbers import count_words, share_words
from spm.tables import Cell, Column


class PublishedReasonList(views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    template_name = "exits/reasons_published.html"

    @cached_property
    def build(self):
        return queries.build()

    @cached_property
    def k(self) -> int:
        return disclosure.smallest_cell()

    @cached_property
    def listed(self):
        return reasons.listed_reasons()

    @cached_property
    def published(self) -> reasons.PublishedReasons:
        if not self.build:
            return reasons.PublishedReasons({}, ())
        return reasons.published_reasons(self.request.user, self.k, self.listed, made=self.build)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs) | {"hidden": disclosure.hidden_words(self.k)}
        if not self.published.blocks:
            return context
        return context | {
            "table": tables.on_screen(self.columns(), self.published.blocks),
            "counts": [(year, count_words(n)) for year, n in self.published.years.items()],
            "definition": definition_words(self.build.definition, self.build.window),
        }

    def columns(self) -> list[Column]:
        def n(year):
            def cell(block):
                share = share_words(block.n[year] / self.published.years[year], 0)
                return Cell(count_words(block.n[year]), note=share)

            return Column(str(year), "count", code=f"y{year}", value=lambda block: block.n[year], cell=cell)

        return [Column(_("Main reason"), code="head", value=self._label), *map(n, self.published.years)]

    def _label(self, block) -> str:
        labels = [self.listed[head].label if head else _("No reason given") for head in block.heads]
        return ", ".join(labels)

    def export_tables(self):
        return {"reasons": self.reasons_table}

    def reasons_table(self):
        if not self.published.blocks:
            raise Http404
        about = [
            (_("Data as of"), date_format(self.build.as_of, "DATE_FORMAT")),
            (_("By"), str(self.request.user)),
            (_("Definition"), definition_words(self.build.definition, self.build.window)),
            (pgettext("figures", "Hidden"), disclosure.hidden_words(self.k)),
        ]
        return tables.as_file(_("Why they left"), self.columns(), self.published.blocks, about)
