"""Of those who joined together, how many are still clients?"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exits import charts
from exits.views.analyses.base import OURS, SOURCE, Analysed, Page, Reading, Section, column
from spm import views
from spm.access import Can
from spm.numbers import count_words, share_words

LINES = 7


class Cohorts(Analysed, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    kind = "cohorts"
    title = gettext_lazy("Of those who joined together, how many stayed?")

    def comparisons(self):
        return [("quarter", _("Quarter of the first loan")), ("year", _("Year of the first loan"))]

    def page(self, found):
        rows = found[self.by]
        return Page(self._sentence(found["year"]), [self._triangle(rows)], READINGS)

    def _sentence(self, years):
        # the latest cohort that has been seen for a whole year after its own
        seen = [row for row in years if len(row["shares"]) > 1]
        if not seen:
            return _("No cohort has been seen for a whole year yet.")
        row, after = seen[-1], len(seen[-1]["shares"]) - 1
        return ngettext(
            "Of the %(n)s who took their first loan in %(year)s, %(share)s were still clients %(after)s year"
            " later.",
            "Of the %(n)s who took their first loan in %(year)s, %(share)s were still clients %(after)s years"
            " later.",
            after,
        ) % {
            "n": count_words(row["clients"]),
            "year": row["cohort"],
            "share": share_words(row["shares"][-1]),
            "after": after,
        }

    def _triangle(self, cohorts):
        width = max((len(row["shares"]) for row in cohorts), default=0)
        words = _("Quarters later") if self.by == "quarter" else _("Years later")
        columns = [column(_("First loan in"), "cohort"), column(_("Clients"), "clients", "count")]
        columns += [column(f"+{number}", str(number), "share") for number in range(width)]
        rows = [
            {"cohort": row["cohort"], "clients": row["clients"]}
            | {str(n): row["shares"][n] if n < len(row["shares"]) else None for n in range(width)}
            for row in cohorts
        ]
        drawn = [row for row in cohorts if len(row["shares"]) > 1][-LINES:]
        figure = charts.cohorts(
            [(row["cohort"], row["shares"]) for row in drawn],
            title=_("Still clients, by cohort"),
            subtitle=_("Share still clients at the end of each period; %(words)s") % {"words": words.lower()},
            footer=self.footer(),
        )
        note = _("+0 is the end of the cohort's own period.")
        figure = figure if drawn else None
        return Section("cohorts", _("Still clients, by cohort"), columns, rows, figure, note, wide=True)


READINGS = [
    Reading(
        gettext_lazy("How to read the triangle"),
        gettext_lazy(
            "Each row is everybody who took a first loan in the same period. Read along a row to see how a"
            " cohort melts; read down a column to see whether later cohorts stay longer. Who left and came"
            " back counts again, so a row may rise."
        ),
        OURS,
    ),
    Reading(
        gettext_lazy("Where does it come from?"),
        gettext_lazy(
            "The foundation of BBVA publishes the share of each quarter's new clients who remain after one,"
            " two and three years."
        ),
        SOURCE,
    ),
]
