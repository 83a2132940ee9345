"""Who is leaving? for whoever may not open the records behind a figure: small groups stay hidden."""

from functools import cached_property

from django.http import Http404
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from exits import charts, queries
from exits.forms import dimension_words
from exits.methods import ALL_RATES, CAUSES, CLIENT, MFI
from exits.models import ExitDefinition
from exits.queries import DIMENSIONS, Published
from exits.queries.formulas import SYMBOLS
from exits.views.breakdown import BARS, usual_sort
from exits.views.filtered import definition_words, footer_words, recount_line, recount_words
from exits.views.formulas import base_said, interval_words, label_of
from exits.views.sentence import SPOKEN, change_words, left_words, provisional_words
from spm import disclosure, tables, views
from spm.access import Can
from spm.numbers import count_words, share_words
from spm.tables import Cell, Column

COUNTS = {
    "B": gettext_lazy("Clients at the start"),
    "entrants": gettext_lazy("New or came back"),
    "new": pgettext_lazy("clients", "New"),
    "returned": gettext_lazy("Came back"),
    "exits": gettext_lazy("Exits"),
    "client": gettext_lazy("Own choice"),
    "mfi": gettext_lazy("Ended by us"),
    "death": gettext_lazy("Deaths"),
    "E": gettext_lazy("Clients at the end"),
    "D": gettext_lazy("Had to decide"),
    "F": gettext_lazy("Took a follow-on loan"),
}
OF_A_GROUP = ("B", "entrants", "exits", "E")
"""Counts of a group, and of a month."""


class PublishedRate(views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    template_name = "exits/published.html"
    has_chart = True

    @cached_property
    def build(self):
        return queries.build()

    @cached_property
    def k(self) -> int:
        return disclosure.smallest_cell()

    @cached_property
    def years(self) -> dict[int, Published]:
        return queries.published_years(self.request.user, self.k, made=self.build) if self.build else {}

    @property
    def year(self) -> int:
        """The one asked for; the last where none is, or none of those published."""
        asked = self.request.GET.get("year", "")
        return next((year for year in self.years if str(year) == asked), next(iter(self.years)))

    @property
    def by(self) -> str:
        asked = self.request.GET.get("by", "")
        return asked if asked in DIMENSIONS else DIMENSIONS[0]

    @property
    def now(self) -> Published:
        return self.years[self.year]

    @cached_property
    def formula(self) -> str:
        """The institution's own; follow-on loans are not told by group."""
        chosen = (self.build.definition or ExitDefinition()).formula
        return SPOKEN if chosen == "follow_on_retention" else chosen

    @cached_property
    def groups(self):
        """As `Breakdown`, the worst rate first and ages and cycles in their order."""
        return queries.published_by(
            self.request.user, self.by, self.year, self.years, self.k, made=self.build
        )

    @cached_property
    def months(self) -> list[Published]:
        return queries.published_months(self.request.user, self.year, self.k, made=self.build)

    @property
    def hidden_words(self) -> str:
        return disclosure.hidden_words(self.k)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs) | {"build": self.build, "hidden": self.hidden_words}
        if not self.years:
            return context
        return context | {
            "years": [self.way(str(year), year=year, by=self.by) for year in self.years],
            "dimensions": [self.way(dimension_words(d).lower(), year=self.year, by=d) for d in DIMENSIONS],
            "sentence": self.sentence(),
            "recount": recount_words(self.build),
            "provisional": provisional_words(self.now.figures, self.build.longest_window),
            "headline": self.headline(),
            "flow": self.flow(),
            "groups": self.groups,
            "breakdown_title": self.breakdown_title(),
            "groups_words": self.groups_words(),
            "breakdown": tables.on_screen(self.group_columns(), self.ordered()),
            "breakdown_figure": self.breakdown_figure(),
            "months": self.months,
            "trend": tables.on_screen(self.month_columns(), self.months),
            "trend_figure": self.trend_figure(),
            "by_year": tables.on_screen(self.year_columns(), self.years.values()),
            "formulas": tables.on_screen(self.formula_columns(), ALL_RATES),
            "definition": definition_words(self.build.definition, self.build.window),
        }

    def way(self, words, *, year, by) -> dict:
        current = (year, by) == (self.year, self.by)
        return {"words": words, "url": f"?year={year}&by={by}", "current": current}

    def sentence(self) -> str:
        before = self.years.get(self.year - 1)
        change = change_words(self.now.figures, before and before.figures)
        return format_html("{} {}", left_words(self.now.figures), change)

    def headline(self) -> list[dict]:
        formula, figures = self.formula, self.now.figures
        interval = interval_words(self.now.interval(formula))
        n = base_said(figures, formula)
        rate = {
            "label": label_of(formula),
            "value": share_words(self.now.rate(formula)),
            "note": f"{interval} · {n}" if interval else n,
        }
        causes = {"client": _("Left by choice"), "mfi": _("Ended by us"), "death": _("Deaths")}
        return [rate, *(self._cause(cause, words) for cause, words in causes.items())]

    def _cause(self, cause, words):
        number = self.now.count(cause)
        if number is None:
            return {"label": words, "value": _("hidden"), "note": self.hidden_words}
        share = share_words(number / self.now.figures.exits, 0)
        return {
            "label": words,
            "value": count_words(number),
            "note": _("%(share)s of exits") % {"share": share},
        }

    def flow(self) -> list[dict]:
        """B + new or came back − left = E."""
        signs = zip(("", "+", "−", "="), OF_A_GROUP, strict=True)
        return [
            {"sign": sign, "value": count_words(self.now.count(name)), "words": str(COUNTS[name]).lower()}
            for sign, name in signs
        ]

    def breakdown_title(self) -> str:
        return _("Exits by %(dimension)s") % {"dimension": dimension_words(self.by).lower()}

    def groups_words(self) -> str:
        """What is counted together, and why."""
        if not self.groups.together:
            return ""
        return _("%(hidden)s: %(groups)s. They are counted together as one group.") % {
            "hidden": self.hidden_words,
            "groups": ", ".join(self.groups.together),
        }

    # Tables

    def ordered(self) -> list[Published]:
        """Worst rate first, ages and cycles in their own order; the small groups together come last."""
        groups = list(self.groups.groups)
        together = [groups.pop()] if groups and self.groups.together else []
        sort = usual_sort(self.by, self.formula)
        if sort != "group":
            groups.sort(key=lambda group: group.rate(self.formula), reverse=sort.startswith("-"))
        return groups + together

    def figure_columns(self, head: str, counts) -> list[Column]:
        def number(name):
            return Column(
                COUNTS[name],
                "count",
                code=name,
                value=lambda row: row.count(name),
                cell=lambda row: _cell(row.count(name)),
            )

        formula = self.formula
        return [
            Column(head, code="group", value=lambda row: capfirst(row.label)),
            Column(label_of(formula), "share", code=formula, value=lambda row: row.rate(formula)),
            Column(_("95 % interval, low"), "share", code="low", value=lambda row: _end(row, formula, 0)),
            Column(_("95 % interval, high"), "share", code="high", value=lambda row: _end(row, formula, 1)),
            *map(number, counts),
        ]

    def group_columns(self):
        return self.figure_columns(dimension_words(self.by), OF_A_GROUP)

    def month_columns(self):
        return self.figure_columns(_("Month"), OF_A_GROUP)

    def year_columns(self):
        def year(row):
            return str(row.figures.start.year)

        def hidden(row):
            return ", ".join(str(words) for name, words in COUNTS.items() if name in row.hidden)

        named = pgettext("figures", "Hidden")
        columns = self.figure_columns(_("Year"), COUNTS)[1:]
        return [
            Column(_("Year"), code="group", value=year),
            *columns,
            Column(named, code="hidden", value=hidden, on_screen=False),
        ]

    def formula_columns(self):
        def values(code, label, causes):
            def asked(rate):
                return causes == CAUSES or rate.by_cause

            def value(rate):
                return self.now.rate(rate.name, causes) if asked(rate) else None

            def cell(rate):
                if asked(rate) and not self.now.tells(rate.name, causes):
                    return Cell(_("hidden"))
                return Cell(tables.in_words(value(rate), "share"))

            return Column(label, "share", code=code, value=value, cell=cell)

        return [
            Column(_("Formula"), code="formula", value=lambda rate: label_of(rate.name)),
            Column(_("In symbols"), code="symbols", value=lambda rate: SYMBOLS[rate.name]),
            values("all", _("All exits"), CAUSES),
            values("without_deaths", _("Without deaths"), (CLIENT, MFI)),
            values("own_choice", _("Own choice only"), (CLIENT,)),
        ]

    def export_tables(self):
        if not self.years:
            raise Http404
        made = {
            "breakdown": (self.breakdown_title(), self.group_columns, self.ordered),
            "trend": (_("Exits by month"), self.month_columns, lambda: self.months),
            "by-year": (_("Exits by year"), self.year_columns, self.years.values),
            "formulas": (_("Exit rates by formula"), self.formula_columns, lambda: ALL_RATES),
        }
        return {
            name: lambda title=title, columns=columns, rows=rows: tables.as_file(
                title, columns(), rows(), self.about()
            )
            for name, (title, columns, rows) in made.items()
        }

    def about(self) -> list[tuple[str, str]]:
        """What travels with every export."""
        return [
            (_("Filter"), str(self.year)),
            (_("Data as of"), date_format(self.build.as_of, "DATE_FORMAT")),
            *recount_line(self.build),
            (_("By"), str(self.request.user)),
            (_("Definition"), definition_words(self.build.definition, self.build.window)),
            (pgettext("figures", "Hidden"), self.groups_words() or self.hidden_words),
        ]

    # Charts

    def breakdown_figure(self):
        """None where there is nothing to compare."""
        drawn, formula = self.ordered()[:BARS], self.formula
        if len(drawn) < 2:
            return None
        bars = [
            charts.Bar(capfirst(g.label), g.rate(formula), share_words(g.rate(formula)), g.interval(formula))
            for g in drawn
        ]
        rate = self.now.rate(formula)
        by = {"formula": label_of(formula), "dimension": dimension_words(self.by).lower()}
        return charts.breakdown(
            bars,
            title=self.breakdown_title(),
            subtitle=_("%(formula)s, by %(dimension)s") % by,
            footer=self.footer(),
            whole=rate,
            whole_words=_("all: %(rate)s") % {"rate": share_words(rate)},
        )

    def trend_figure(self):
        if not self.months:
            return None
        label = label_of(self.formula)
        return charts.trend(
            [charts.Month(m.figures.start, m.rate(self.formula), m.figures.provisional) for m in self.months],
            name=label,
            title=_("Month by month"),
            subtitle=_("%(formula)s, each month") % {"formula": label},
            footer=self.footer(),
            provisional=_("provisional"),
        )

    def footer(self) -> str:
        words = footer_words(self.build, self.now.figures.dealt_with)
        return f"{words} {self.groups_words()}".strip()


def _cell(number) -> Cell:
    return Cell(_("hidden") if number is None else count_words(number))


def _end(row, formula, end):
    interval = row.interval(formula)
    return interval and interval[end]
