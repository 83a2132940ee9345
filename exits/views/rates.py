"""Who is leaving? The exit rate page: sentence, headline, roll-forward, trend, breakdown, formulas."""

from functools import cached_property

from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from exits import queries
from exits.forms import dimension_words, period_words
from exits.queries import NotComparable, difference
from exits.views.analyses.base import ways
from exits.views.breakdown import breakdown_section, ordered
from exits.views.filtered import Filtered, definition_words, footer_words
from exits.views.formulas import (
    base_said,
    behind_rate,
    formula_rows,
    interval_words,
    is_retention,
    label_of,
    shown,
)
from exits.views.published import PublishedRate
from exits.views.sentence import before_words, provisional_words, refusal_words, sentences
from exits.views.tables import figures_export
from exits.views.trend import trend_filter, trend_section
from spm import disclosure, exports, views
from spm.access import Can
from spm.numbers import count_words, points_words, share_words


class ExitRate(Filtered, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    template_name = "exits/exit_rate.html"
    has_chart = True

    def dispatch(self, request, *args, **kwargs):
        if disclosure.protects(request.user, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW):
            return PublishedRate.as_view()(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def now(self):
        return queries.whole(self.request.user, self.only, made=self.build)

    @cached_property
    def then(self):
        return queries.before(self.request.user, self.only, made=self.build, span=self.span)

    @cached_property
    def months(self):
        only = trend_filter(self.only, self.span)
        return queries.by_month(self.request.user, only, made=self.build)

    @cached_property
    def groups(self):
        """Figures by each dimension that the page speaks of."""
        spoken = {"office", "cycle"} & set(self.form.dimensions)
        asked = {*spoken, self.selection.by}
        return {d: queries.by(self.request.user, self.only, d, made=self.build) for d in asked}

    @property
    def sort(self) -> str:
        """The column that the breakdown is sorted by, with a minus from the last to the first."""
        return self.selection.address.get("sort", "")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not self.build or not self.span:
            return context | {"build": self.build} | ({} if self.build else self.before_figures())
        context |= self.filter_context() | {
            "analyses": ways(self.request),
            "presets": self.preset_links(),
            "sentence": self.sentence(),
            "provisional": provisional_words(self.now, self.build.longest_window),
            "empty": not self.now.dealt_with,
            "definition": definition_words(self.build.definition, self.build.window),
        }
        return context if context["empty"] else context | self.figures_context()

    def figures_context(self):
        footer = self.footer()
        by = self.selection.by
        return {
            "headline": self.headline(),
            "flow": self.flow(),
            "trend": trend_section(self.months, self.selection.formula, self.counted_url, footer),
            "breakdown": breakdown_section(
                self.groups[by],
                self.now,
                dimension=by,
                formula=self.selection.formula,
                sort=self.sort,
                url=self.counted_url,
                footer=footer,
            ),
            "dimensions": self.dimension_links(),
            "formulas": formula_rows(self.now, self.selection.formula),
            "filter_words": self.shown_words(),
            "overdue": self.overdue(),
            "windows": self.windows(),
            "ignored": list(queries.ignored_clients(self.request.user, made=self.build)),
        }

    def sentence(self):
        return sentences(self.now, self.then, self.groups.get("office", []), self.groups.get("cycle", []))

    def headline(self) -> list[dict]:
        """The chosen formula large; the three causes and the resting beside it."""
        formula, now = self.selection.formula, self.now
        interval = interval_words(now.intervals[formula])
        n = base_said(now, formula)
        rate = {
            "label": label_of(formula),
            "value": shown(now.rates[formula], formula),
            "url": self.counted_url(behind_rate(formula)),
            "note": f"{interval} · {n}" if interval else n,
            **self.change(formula),
        }
        causes = {"client": _("Left by choice"), "mfi": _("Ended by us"), "death": _("Deaths")}
        resting = {
            "label": _("Resting now"),
            "value": count_words(queries.resting_count(self.request.user, self.only)),
            "url": self.counted_url("resting"),
            "note": _("loans repaid, window still running"),
        }
        return [rate, *(self._cause(cause, words) for cause, words in causes.items()), resting]

    def _cause(self, cause, words):
        number, exits = self.now.causes[cause], self.now.exits
        return {
            "label": words,
            "value": count_words(number),
            "url": self.counted_url(cause, causes=None),
            "note": _("%(share)s of exits") % {"share": share_words(number / exits, 0)} if exits else "",
        }

    def change(self, formula) -> dict:
        """How the rate has changed, in words, and whether that is good."""
        if self.then is None:
            return {}
        if self.now.provisional:
            return {"change": _("provisional, so not compared yet"), "direction": "same"}
        before = before_words(self.then)
        try:
            change = difference(self.now, self.then, formula)
        except NotComparable as refusal:
            then = period_words(self.then.start, self.then.end)
            return {"change": refusal_words(refusal, then), "direction": "same"}
        if change is None:
            return {}
        if not round(change * 100, 1):
            return {"change": _("as much as %(before)s") % {"before": before}, "direction": "same"}
        text = _("%(points)s more than %(before)s") if change > 0 else _("%(points)s less than %(before)s")
        better = (change > 0) == is_retention(formula)
        return {
            "change": text % {"points": points_words(change), "before": before},
            "direction": "better" if better else "worse",
        }

    def flow(self) -> list[dict]:
        """B + new + came back − left = E, each number a link."""
        now = self.now
        steps = [
            ("", "B", now.B, _clients_on(now.start, now.B)),
            ("+", "new", now.new, npgettext("roll-forward", "new", "new", now.new)),
            (
                "+",
                "returned",
                now.returned,
                npgettext("roll-forward", "came back", "came back", now.returned),
            ),
            ("−", "exits", now.exits, npgettext("roll-forward", "left", "left", now.exits)),
            ("=", "E", now.E, _clients_on(now.end, now.E)),
        ]
        return [
            {
                "sign": sign,
                "value": count_words(n),
                "words": words,
                "url": self.counted_url(count, causes=None),
            }
            for sign, count, n, words in steps
        ]

    def preset_links(self) -> list[dict]:
        shown_now = (self.only.start_month, self.only.end_month)
        return [
            {
                "words": words,
                "url": f"?{self.selection.query(period=key, start=None, end=None)}",
                "current": months == shown_now,
            }
            for key, words, months in self.form.presets()
        ]

    def dimension_links(self) -> list[dict]:
        return [
            {
                "words": dimension_words(d).lower(),
                "url": f"?{self.selection.query(by=d)}#breakdown",
                "current": d == self.selection.by,
            }
            for d in self.form.dimensions
        ]

    def footer(self) -> str:
        """What stands under each chart: definition, n and date."""
        return footer_words(self.build, self.now.dealt_with)

    def windows(self) -> list[tuple[str, int]]:
        """Products with a window of their own, by name."""
        own = self.build.definition.product_windows if self.build.definition else {}
        names = dict(self.form.fields["product"].choices)
        return sorted((str(names.get(code, code)), days) for code, days in own.items())

    def overdue(self) -> dict | None:
        number = queries.overdue_count(self.request.user, self.only, made=self.build)
        if not number:
            return None
        words = ngettext(
            "%(n)s open loan is past due for more than %(days)s days without a payment. It keeps its client "
            "active.",
            "%(n)s open loans are past due for more than %(days)s days without a payment. They keep their "
            "clients active.",
            number,
        ) % {"n": count_words(number), "days": queries.OVERDUE_AFTER}
        return {
            "words": words,
            "url": f"{reverse('exits:overdue-list')}?{self.selection.query(sort=None)}",
        }

    # Tables to take away

    def export_tables(self):
        if not self.build or not self.span:
            raise Http404
        return {
            "breakdown": self.breakdown_table,
            "trend": self.trend_table,
            "formulas": self.formulas_table,
        }

    def trend_table(self):
        rows = [(month.group, month) for month in self.months]
        return figures_export(_("Exits by month"), _("Month"), rows, self.selection.formula, self.about())

    def breakdown_table(self):
        by, formula = self.selection.by, self.selection.formula
        rows = [(group.label, group) for group in ordered(self.groups[by], by, formula, self.sort)]
        name = _("Exits by %(dimension)s") % {"dimension": dimension_words(by).lower()}
        return figures_export(name, dimension_words(by), rows, formula, self.about())

    def formulas_table(self):
        columns = [
            exports.Column(_("Formula"), code="formula"),
            exports.Column(_("Symbols"), code="symbols"),
            exports.Column(_("Inputs"), code="inputs"),
            exports.Column(_("All exits"), kind="share", code="all"),
            exports.Column(_("Without deaths"), kind="share", code="without_deaths"),
            exports.Column(_("Own choice only"), kind="share", code="own_choice"),
            exports.Column(_("Meaning"), code="meaning"),
            exports.Column(_("Trap"), code="trap"),
        ]
        rows = [
            (row.label, row.symbols, row.inputs, *row.numbers, row.meaning, row.trap)
            for row in formula_rows(self.now, self.selection.formula)
        ]
        return exports.Table(_("Exit rates by formula"), columns=columns, rows=rows, about=self.about())


def _clients_on(day, number):
    words = ngettext("client on %(day)s", "clients on %(day)s", number)
    return words % {"day": date_format(day, "DATE_FORMAT")}
