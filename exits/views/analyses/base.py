"""What every analysis page does: whose clients, a sentence, charts with their tables, how to read them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.models import Office, Officer, Product
from exits import queries
from exits.forms import AnalysisForm, own_portfolio_only
from exits.methods import DEFAULT_WINDOW
from exits.queries import Answer
from exits.views.filtered import Filtered, definition_words
from spm import disclosure, exports, tables
from spm.access import Can, can
from spm.guidance import RestsOn
from spm.numbers import count_words, number_words, share_words
from spm.tables import Cell, Column

NOTE, SOURCE, OURS = RestsOn.NOTE, RestsOn.SOURCE, RestsOn.OURS


WAYS = (
    ("exits:exit-rate", gettext_lazy("How many?")),
    ("exits:reason-list", gettext_lazy("Why?")),
    ("exits:watch-list", gettext_lazy("Who may be next?")),
    ("exits:stage-list", gettext_lazy("After which loan?")),
    ("exits:profile-list", gettext_lazy("Who?")),
    ("exits:type-list", gettext_lazy("Of which type?")),
    ("exits:stay-curve", gettext_lazy("After how long?")),
    ("exits:cohort-list", gettext_lazy("Of which cohort?")),
    ("exits:season-list", gettext_lazy("In which months?")),
    ("exits:limit-chart", gettext_lazy("More than chance?")),
    ("exits:return-curve", gettext_lazy("Who comes back?")),
    ("exits:register-list", gettext_lazy("Who has left?")),
    ("exits:interview-list", gettext_lazy("What do they say?")),
    ("exits:winback-list", gettext_lazy("Whom to win back?")),
)
"""Questions about leaving, each a page."""


@dataclass(frozen=True)
class Section:
    """A table with its chart: `name` is what `?table=` calls it, `rows` are mappings that columns read."""

    name: str
    title: str
    columns: list[Column]
    rows: list[dict]
    figure: dict | None = None
    note: str = ""
    # Opened by whoever wants it; its first column stays while a wide one is scrolled.
    folded: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Reading:
    """How to read a page: a term, its text, and what that rests on."""

    term: str
    text: str
    rests_on: RestsOn = OURS

    @property
    def source(self) -> str:
        return str(self.rests_on.label)


@dataclass(frozen=True)
class Page:
    """What a page shows of an answer."""

    sentence: str
    sections: list[Section] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


def column(label, name: str, kind: str = "text", **more) -> Column:
    """A column that holds the entry `name` of its rows; `more` as `Column` takes it."""
    return Column(label, kind, code=name, value=itemgetter(name), **more)


OF_MANAGERS = (("exits:exit-cost", gettext_lazy("What does it cost?"), Can.EXITS_REPORT),)
"""The same for whoever may more than see exits."""


def ways(request) -> list[dict]:
    """The questions about leaving, the one of this page marked."""
    here = request.resolver_match.view_name
    more = [(name, words) for name, words, needs in OF_MANAGERS if can(request.user, needs)]
    return [{"url": reverse(name), "words": words, "current": name == here} for name, words in (*WAYS, *more)]


class Analysed:
    """Goes before `Exported`; the screen has `kind`, `title`, `page()`, and perhaps `comparisons()`."""

    template_name = "exits/analysis.html"
    has_chart = True
    kind: str
    title: str
    # Where a comparison is a dimension that the answer is grouped by.
    grouped = False

    def decide(self):
        if disclosure.protects(self.request.user, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW):
            raise PermissionDenied

    def comparisons(self) -> list[tuple[str, str]]:
        return []

    @cached_property
    def asked(self) -> AnalysisForm:
        """Of whom and by what: which answer to read."""
        return AnalysisForm(self.request.GET, user=self.request.user, comparisons=self.comparisons())

    @property
    def form(self) -> AnalysisForm:
        """What is shown, to be changed; made when the answer is known."""
        return self.asked

    @property
    def by(self) -> str:
        return self.asked.comparison

    @cached_property
    def answer(self) -> Answer | None:
        user, by = self.request.user, self.by if self.grouped else ""
        if queries.reaches_offices(user):
            return queries.answer(user, self.kind, by, self.asked.office_id)
        return queries.own_answer(user, self.kind, by)

    def page(self, found: dict) -> Page:
        raise NotImplementedError

    @cached_property
    def shown(self) -> Page:
        return self.page(self.answer.found)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs) | {"title": self.title, "analyses": ways(self.request)}
        if self.answer is None:
            return context | self.nothing_yet()
        return context | {
            "page": self.shown,
            "sections": [self.section_context(section) for section in self.shown.sections if section.rows],
            "form": self.form if self.form.visible_fields() else None,
            "chips": self.form.chips(),
            "clear_url": self.request.path,
            "filter_words": self.filter_words(),
            "own_portfolio": own_portfolio_only(self.request.user),
            "answer": self.answer,
            "definition": self.definition_words(),
        }

    def nothing_yet(self) -> dict:
        frame = Filtered()
        frame.request = self.request
        return frame.before_figures()

    def section_context(self, section: Section) -> dict:
        table = tables.on_screen(section.columns, section.rows)
        return {"section": section, "table": table}

    def export_tables(self):
        if self.answer is None:
            raise Http404
        return {section.name: self._file(section) for section in self.shown.sections}

    def _file(self, section):
        def made() -> exports.Table:
            return tables.as_file(section.title, section.columns, section.rows, self.about())

        return made

    def about(self) -> list[tuple[str, str]]:
        return [
            (_("Filter"), self.filter_words()),
            (_("Data as of"), date_format(self.answer.as_of, "DATE_FORMAT")),
            (_("Exits known until"), date_format(self.answer.known_until, "DATE_FORMAT")),
            (_("By"), str(self.request.user)),
            (_("Definition"), self.definition_words()),
        ]

    def filter_words(self) -> str:
        chosen = [chip["value"] for chip in self.form.chips()]
        return ", ".join(chosen) or (
            _("own portfolio") if own_portfolio_only(self.request.user) else _("everything in reach")
        )

    @property
    def window(self) -> int:
        """Days a client may rest by the definition in force."""
        return self.answer.definition.window if self.answer.definition else DEFAULT_WINDOW

    def definition_words(self) -> str:
        version = self.answer.definition
        return definition_words(version if version and version.pk else None, self.window)

    def footer(self) -> str:
        """What stands under each chart."""
        return _("%(definition)s. Exits known until %(day)s.") % {
            "definition": self.definition_words(),
            "day": date_format(self.answer.known_until, "DATE_FORMAT"),
        }

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """Names of codes, by the dimension."""
        kinds = {"office": Office, "product": Product, "officer": Officer}
        return {kind: dict(model.objects.values_list("code", "name")) for kind, model in kinds.items()} | {
            "sex": {"F": _("Women"), "M": _("Men")},
            "area": {"rural": _("Rural"), "urban": _("Urban")},
            "age": {"<25": _("under 25"), "55+": _("55 and over")},
        }

    def name_of(self, dimension: str, code: str) -> str:
        if not code:
            return _("Not recorded")
        return self.names.get(dimension, {}).get(code, code)


def ratio_column(label, name: str) -> Column:
    """A plain number, with both its decimals on the screen."""

    def cell(row):
        return Cell("–" if row[name] is None else number_words(row[name], 2))

    return column(label, name, "number", cell=cell)


def rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def span_words(found: dict) -> str:
    """From 1 June 2025 to 31 May 2026."""
    return _("%(start)s to %(end)s") % {
        "start": date_format(day(found["start"]), "DATE_FORMAT"),
        "end": date_format(day(found["end"]), "DATE_FORMAT"),
    }


def time_words(days: float) -> str:
    """Days as years and months: 2 years and 6 months."""
    years, months = divmod(round(days / 30.4375), 12)
    said = []
    if years:
        said.append(ngettext("%(n)s year", "%(n)s years", years) % {"n": years})
    if months or not years:
        said.append(ngettext("%(n)s month", "%(n)s months", months) % {"n": months})
    return _(" and ").join(said)


def interval(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": share_words(low), "high": share_words(high)}


def counted(numbers: Iterable[int]) -> str:
    return count_words(sum(numbers))
