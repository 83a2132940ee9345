"""After which loan do clients leave?"""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits import charts
from exits.methods import wilson
from exits.views.analyses.base import (
    NOTE,
    OURS,
    Analysed,
    Page,
    Reading,
    Section,
    column,
    counted,
    interval,
    span_words,
)
from spm import views
from spm.access import Can
from spm.numbers import count_words, share_words

FEWEST = 30
LATEST = "0"


class Stages(Analysed, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    kind = "stages"
    title = gettext_lazy("After which loan do clients leave?")

    def comparisons(self):
        return [
            ("", _("All together")),
            ("product", _("Product")),
            ("office", _("Office")),
            ("year", _("Year")),
        ]

    @cached_property
    def latest(self):
        return self.answer.found["periods"][0]

    def page(self, found):
        sections = [self._whole(found)]
        if self.by == "year":
            years = [(period["end"][:4], period["all"]) for period in found["periods"][1:]]
            sections.append(self._grouped(years, found))
        elif self.by:
            groups = [(self.name_of(self.by, code), rows) for code, rows in self.latest[self.by].items()]
            sections.append(self._grouped(sorted(groups), found))
        return Page(self._sentence(found), sections, READINGS)

    def _sentence(self, found):
        rows = [row for row in self.latest["all"] if row["finished"] >= FEWEST]
        if not rows:
            return _("Too few clients finished a loan to say after which one they leave.")
        worst = max(rows, key=lambda row: row["share"])
        return _(
            "From %(span)s, clients left most often after loan number %(cycle)s: %(share)s of the %(n)s who"
            " finished it took no other."
        ) % {
            "span": span_words(self.latest),
            "cycle": self._cycle(worst["cycle"], found),
            "share": share_words(worst["share"]),
            "n": count_words(worst["finished"]),
        }

    def _cycle(self, cycle, found):
        return f"{cycle}+" if cycle == found["last_cycle"] else str(cycle)

    def _whole(self, found):
        rows = [self._row(row, found) for row in self.latest["all"]]
        figure = charts.breakdown(
            [
                charts.Bar(
                    _("Loan number %(number)s") % {"number": row["cycle"]},
                    row["share"],
                    share_words(row["share"]),
                    (row["low"], row["high"]),
                )
                for row in rows
                if row["finished"] >= FEWEST
            ],
            title=_("Who leaves after which loan"),
            subtitle=_("Clients who took no other loan, of those who finished this one; %(span)s")
            % {"span": span_words(self.latest)},
            footer=self.footer(),
        )
        title = _("Leaving at the end of each loan cycle")
        note = _("Cycles that fewer than 30 clients finished are in the table alone.")
        drawn = any(row["finished"] >= FEWEST for row in rows)
        return Section("stages", title, COLUMNS, rows, figure if drawn else None, note)

    def _row(self, row, found):
        low, high = wilson(row["left"], row["finished"])
        return {
            "cycle": self._cycle(row["cycle"], found),
            "finished": row["finished"],
            "left": row["left"],
            "share": row["share"],
            "low": low,
            "high": high,
            "interval": interval(low, high),
        }

    def _grouped(self, groups, found):
        rows = [{"group": name} | self._row(row, found) for name, cycles in groups for row in cycles]
        head = dict(self.comparisons())[self.by]
        title = _("By %(what)s and loan cycle") % {"what": head.lower()}
        note = _("%(n)s clients in all.") % {"n": counted(row["finished"] for row in rows)}
        return Section("stages-by", title, [column(head, "group"), *COLUMNS], rows, None, note)


COLUMNS = [
    column(gettext_lazy("Loan number"), "cycle", "number"),
    column(gettext_lazy("Finished it"), "finished", "count"),
    column(gettext_lazy("Took no other"), "left", "count"),
    column(gettext_lazy("Share"), "share", "share"),
    column(gettext_lazy("95 % interval, low"), "low", "share"),
    column(gettext_lazy("95 % interval, high"), "high", "share"),
]
READINGS = [
    Reading(
        gettext_lazy("Why look at the stage?"),
        gettext_lazy(
            "At which stage clients leave says where to look for reasons: after a first loan they tell of"
            " what was promised, after many of what no longer fits."
        ),
        NOTE,
    ),
    Reading(
        gettext_lazy("Who is counted?"),
        gettext_lazy(
            "Clients who repaid their loan of that number in the period, had no other open, and whose window"
            " has run out. Each client counts once, by the last such loan in the period. Loans written off"
            " are left out."
        ),
        OURS,
    ),
]
