"""After how long do clients come back? What the window is chosen by."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exits import charts
from exits.views.analyses.base import NOTE, OURS, SOURCE, Analysed, Page, Reading, Section, column, span_words
from spm import views
from spm.access import Can
from spm.numbers import count_words, share_words

LINES = 6


class Returns(Analysed, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    kind = "returns"
    title = gettext_lazy("After how long do clients come back?")

    def page(self, found):
        return Page(self._sentence(found), [self._curve(found), self._windows(found)], READINGS)

    def _sentence(self, found):
        curve = found["curve"]
        if curve["window"] is None:
            return _("Nobody has come back after repaying a loan yet.")
        return ngettext(
            "Of %(n)s return, 95 %% came within %(days)s days of the last repayment. The window in force is"
            " %(window)s days.",
            "Of %(n)s returns, 95 %% came within %(days)s days of the last repayment. The window in force is"
            " %(window)s days.",
            curve["returns"],
        ) % {
            "n": count_words(curve["returns"]),
            "days": curve["window"],
            "window": self.window,
        }

    def _curve(self, found):
        products = sorted(found["products"].items(), key=lambda pair: -pair[1]["returns"])
        named = [(_("All products"), found["curve"])]
        named += [(self.name_of("product", code), curve) for code, curve in products]
        known = [(name, curve) for name, curve in named if curve["returns"]]
        figure = charts.curves(
            [
                charts.Curve(
                    name, [p["days"] for p in curve["points"]], [p["share"] for p in curve["points"]]
                )
                for name, curve in known[: LINES + 1]
            ],
            title=_("How soon clients come back"),
            subtitle=_("Share of all returns that came within so many days"),
            footer=self.footer(),
            in_days=True,
        )
        rows = [
            {"product": name, "days": point["days"], "returns": point["returns"], "share": point["share"]}
            for name, curve in known
            for point in curve["points"]
        ]
        return Section(
            "returns", _("How soon clients come back"), CURVE, rows, figure if known else None, folded=True
        )

    def _windows(self, found):
        windows = found["windows"]
        rows = [
            row | {"window": row["days"], "force": _("in force") if row["days"] == self.window else ""}
            for row in windows["rows"]
            if row["rate"] is not None
        ]
        figure = charts.breakdown(
            [
                charts.Bar(_("%(days)s days") % {"days": row["days"]}, row["rate"], share_words(row["rate"]))
                for row in rows
            ],
            title=_("What each window would make of the exit rate"),
            subtitle=_("Exits of all clients served, %(span)s") % {"span": span_words(windows)},
            footer=_("Product windows of their own are left aside here."),
        )
        return Section(
            "windows",
            _("What each window would make of the exit rate"),
            WINDOWS,
            rows,
            figure if rows else None,
        )


CURVE = [
    column(gettext_lazy("Product"), "product"),
    column(gettext_lazy("Days since the last repayment"), "days", "count"),
    column(gettext_lazy("Returns by then"), "returns", "count"),
    column(gettext_lazy("Share of returns"), "share", "share"),
]
WINDOWS = [
    column(gettext_lazy("Window, days"), "window", "count"),
    column(gettext_lazy("Exits"), "exits", "count"),
    column(gettext_lazy("Clients served"), "served", "count"),
    column(gettext_lazy("Exit rate"), "rate", "share"),
    column(gettext_lazy("Counted as having come back"), "returned", "count"),
    column(gettext_lazy("Remark"), "force"),
]
READINGS = [
    Reading(
        gettext_lazy("Why a window at all?"),
        gettext_lazy(
            "Clients rest between two loans. Too short a window counts resters as leavers; too long a one"
            " hides exits for months."
        ),
        NOTE,
    ),
    Reading(
        gettext_lazy("Where does it come from?"),
        gettext_lazy(
            "Prizma, in Bosnia, looked at its own history and found that nearly all who came back had done so"
            " by day 90, and took 90 days."
        ),
        SOURCE,
    ),
    Reading(
        gettext_lazy("Which day should we take?"),
        gettext_lazy(
            "The smallest one by which 95 % of all returns had come. A young portfolio has not seen late"
            " returns yet, so look again each year."
        ),
        OURS,
    ),
]
