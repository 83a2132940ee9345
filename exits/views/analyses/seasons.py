"""In which months do clients leave, and has an office left the limits of chance?"""

import datetime as dt

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exits import charts
from exits.views.analyses.base import (
    NOTE,
    OURS,
    SOURCE,
    Analysed,
    Page,
    Reading,
    Section,
    column,
    ratio_column,
    rounded,
    span_words,
)
from spm import views
from spm.access import Can
from spm.numbers import share_words
from spm.tables import Cell


class Seasons(Analysed, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    kind = "seasons"
    title = gettext_lazy("In which months do clients leave?")

    def page(self, found):
        return Page(self._sentence(found), [self._months(found)], SEASON_READINGS)

    def _sentence(self, found):
        known = [row for row in found["months"] if row["index"] is not None]
        if found["months"] and not known:
            return _("Nobody left in the years that are known whole.")
        if not known:
            return _("A whole year of known exits is needed to see a season.")
        worst, best = max(known, key=_index), min(known, key=_index)
        return _(
            "Most leave in %(worst)s, %(share)s of the clients of its first day; fewest in %(best)s."
        ) % {
            "worst": _month(worst),
            "share": share_words(worst["share"]),
            "best": _month(best),
        }

    def _months(self, found):
        rows = [
            row | {"month": capfirst(_month(row)), "index": rounded(row["index"])} for row in found["months"]
        ]
        title = _("Exits by month of the year")
        return Section("seasons", title, SEASONS, rows, self._figure(found, rows) if rows else None)

    def _figure(self, found, rows):
        usual = sum(row["exits"] for row in rows) / max(sum(row["clients"] for row in rows), 1)
        return charts.breakdown(
            [
                charts.Bar(row["month"], row["share"], share_words(row["share"]))
                for row in rows
                if row["share"] is not None
            ],
            title=_("Exits by month of the year"),
            subtitle=_("Share of the clients of the month's first day who left in it; %(span)s")
            % {"span": span_words(found)},
            footer=self.footer(),
            whole=usual,
            whole_words=_("usual: %(share)s") % {"share": share_words(usual)},
        )


class Limits(Analysed, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    kind = "limits"
    title = gettext_lazy("Is more leaving than chance explains?")

    def page(self, found):
        return Page(self._sentence(found), [self._chart(found)], LIMIT_READINGS)

    def _sentence(self, found):
        if found["mean"] is None:
            return _("Nobody was a client in the latest two years.")
        if not any(month["served"] for month in found["months"][-3:]):
            return _("Nobody was a client in the latest three months that are known whole.")
        if not found["out"]:
            return _(
                "In the latest three months no more clients left than chance explains: the usual share is"
                " %(mean)s a month."
            ) % {"mean": share_words(found["mean"])}
        return ngettext(
            "In %(n)s of the latest three months more clients left than chance explains: the usual share is"
            " %(mean)s a month.",
            "In %(n)s of the latest three months more clients left than chance explains: the usual share is"
            " %(mean)s a month.",
            found["out"],
        ) % {"n": found["out"], "mean": share_words(found["mean"])}

    def _chart(self, found):
        rows = [row | {"mark": _mark(row)} for row in reversed(found["months"])]
        known = found["mean"] is not None
        figure = self._figure(found) if known else None
        return Section("limits", _("Exits month by month"), LIMITS, rows if known else [], figure)

    def _figure(self, found):
        return charts.control(
            [
                charts.Limit(
                    dt.date.fromisoformat(f"{row['month']}-01"), row["share"], row["low"], row["high"]
                )
                for row in found["months"]
            ],
            name=_("exits"),
            low_name=_("lower limit"),
            high_name=_("upper limit"),
            mean=found["mean"],
            mean_words=_("usual: %(share)s") % {"share": share_words(found["mean"])},
            title=_("Exits month by month, with the limits of chance"),
            subtitle=_("Share of all clients served in the month"),
            footer=self.footer(),
        )


def _month_cell(row):
    return Cell(date_format(dt.date.fromisoformat(f"{row['month']}-01"), "YEAR_MONTH_FORMAT"))


def _mark(row):
    if not row["out"]:
        return ""
    return _("above the limit") if row["share"] > row["high"] else _("below the limit")


def _index(row):
    return row["index"]


def _month(row):
    return date_format(dt.date(2000, row["month"], 1), "F")


SEASONS = [
    column(gettext_lazy("Month"), "month"),
    column(gettext_lazy("Clients at its start, all years"), "clients", "count"),
    column(gettext_lazy("Exits"), "exits", "count"),
    column(gettext_lazy("Share"), "share", "share"),
    ratio_column(gettext_lazy("Against the usual, 1 is as usual"), "index"),
]
LIMITS = [
    column(gettext_lazy("Month"), "month", cell=_month_cell),
    column(gettext_lazy("Exits"), "exits", "count"),
    column(gettext_lazy("Clients served"), "served", "count"),
    column(gettext_lazy("Share"), "share", "share"),
    column(gettext_lazy("Lower limit"), "low", "share"),
    column(gettext_lazy("Upper limit"), "high", "share"),
    column(gettext_lazy("Remark"), "mark"),
]
SEASON_READINGS = [
    Reading(
        gettext_lazy("What is a season good for?"),
        gettext_lazy(
            "Harvest, school fees and feasts make clients rest or leave. Compare a month with the same month"
            " of other years, and ask staff what they know of it, before calling it a trend."
        ),
        SOURCE,
    ),
]
LIMIT_READINGS = [
    Reading(
        gettext_lazy("Why watch it month by month?"),
        gettext_lazy("A rising exit can warn of a grave problem while there is still time to act."),
        NOTE,
    ),
    Reading(
        gettext_lazy("How are the limits made?"),
        gettext_lazy(
            "Three standard errors on either side of the office's own mean of 24 months. They are wider where"
            " fewer clients were served. Chance alone passes them about three times in a thousand months; a"
            " season passes them too."
        ),
        OURS,
    ),
]
