"""How long do clients stay, and what ends it?"""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits import charts, queries
from exits.models import Spell
from exits.views.analyses.base import SOURCE, Analysed, Page, Reading, Section, column, time_words
from spm import views
from spm.access import Can
from spm.numbers import count_words, share_words

YEAR = 365
LINES = 7
"""Curves that are drawn: the largest groups; the table has all."""
CAUSE = "cause"
COMPARED = {
    "": gettext_lazy("Everybody together"),
    "product": gettext_lazy("Product"),
    "office": gettext_lazy("Office"),
    "sex": gettext_lazy("Sex"),
    "area": gettext_lazy("Area"),
    "entry_cycle": gettext_lazy("Loan they began with"),
    CAUSE: gettext_lazy("What ended it"),
}


class Stays(Analysed, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    title = gettext_lazy("How long do clients stay?")
    grouped = True

    def comparisons(self):
        return list(COMPARED.items())

    @property
    def kind(self):
        return "causes" if self.by == CAUSE else "stays"

    @cached_property
    def answer(self):
        user, by = self.request.user, "" if self.by == CAUSE else self.by
        if queries.reaches_offices(user):
            return queries.answer(user, self.kind, by, self.form.office_id)
        return queries.own_answer(user, self.kind, by)

    def page(self, found):
        return self._by_cause(found) if self.by == CAUSE else self._by_group(found)

    def _by_group(self, found):
        groups = [group for group in found["groups"] if group["n"]]
        names = [self._name(group["group"]) for group in groups]
        return Page(self._sentence(groups, names, found["p"]), self._sections(groups, names), READINGS)

    def _name(self, code):
        if not self.by:
            return _("All clients")
        if self.by == "entry_cycle":
            return _("Loan number %(number)s") % {"number": f"{code}+" if code == "4" else code}
        return self.name_of(self.by, code)

    def _sentence(self, groups, names, p):
        if not groups:
            return _("Too few clients to say how long they stay.")
        if len(groups) == 1:
            return self._one(groups[0])
        least, most = (pick(groups, key=_after_a_year) for pick in (min, max))
        said = _("After one year %(low)s are still clients of %(worst)s, %(high)s of %(best)s.") % {
            "low": share_words(_after_a_year(least), 0),
            "worst": names[groups.index(least)],
            "high": share_words(_after_a_year(most), 0),
            "best": names[groups.index(most)],
        }
        return f"{said} {_chance(p)}"

    def _one(self, group):
        half = group["median"]
        if half is None:
            return _("After one year %(share)s are still clients; more than half have not left yet.") % {
                "share": share_words(_after_a_year(group), 0)
            }
        return _("Half of the clients have left after %(time)s; after one year %(share)s are still here.") % {
            "time": time_words(half),
            "share": share_words(_after_a_year(group), 0),
        }

    def _sections(self, groups, names):
        largest = sorted(groups, key=lambda group: -group["n"])[:LINES]
        figure = charts.curves(
            [
                charts.Curve(
                    names[groups.index(group)], group["days"], group["share"], group["low"], group["high"]
                )
                for group in largest
            ],
            title=_("Still clients, by time since the first loan"),
            subtitle=_("Share still clients after so many months, 95 % interval where there is one curve"),
            footer=self.footer(),
        )
        summary = [
            {
                "group": name,
                "n": group["n"],
                "left": group["events"],
                "median": group["median"] and time_words(group["median"]),
                "year": _after_a_year(group),
                "low": _at(group, "low", YEAR),
                "high": _at(group, "high", YEAR),
            }
            for name, group in zip(names, groups, strict=True)
        ]
        points = [
            {
                "group": name,
                "months": round(days / 30.4375),
                "at_risk": group["at_risk"][place],
                "share": group["share"][place],
                "low": group["low"][place],
                "high": group["high"][place],
            }
            for name, group in zip(names, groups, strict=True)
            for place, days in enumerate(group["days"])
        ]
        return [
            Section("stays", _("How long each group stays"), SUMMARY, summary, figure if groups else None),
            Section("curve", _("Quarter by quarter"), POINTS, points, folded=True),
        ]

    def _by_cause(self, found):
        causes = dict(Spell.Cause.choices)
        lines = [
            charts.Curve(str(causes[line["cause"]]), found["days"], line["share"], line["low"], line["high"])
            for line in found["causes"]
        ]
        figure = charts.curves(
            lines,
            title=_("What ended it, by time since the first loan"),
            subtitle=_("Share that had left for each cause after so many months"),
            footer=self.footer(),
        )
        rows = [
            {
                "cause": str(causes[line["cause"]]),
                "months": round(days / 30.4375),
                "share": line["share"][place],
                "low": line["low"][place],
                "high": line["high"][place],
            }
            for line in found["causes"]
            for place, days in enumerate(found["days"])
        ]
        section = Section("causes", _("What ended it"), CAUSES, rows, figure if lines else None, folded=True)
        return Page(self._cause_sentence(found, causes), [section], [COMPETING, KNOWN])

    def _cause_sentence(self, found, causes):
        lines = [line for line in found["causes"] if line["events"]]
        if not lines:
            return _("Nobody has left yet.")
        said = ", ".join(
            f"{causes[line['cause']].lower()} {count_words(line['events'])}"
            for line in sorted(lines, key=lambda line: -line["events"])
        )
        return _("Of %(n)s stays so many ended by: %(causes)s.") % {
            "n": count_words(found["n"]),
            "causes": said,
        }


def _at(group, name, days):
    """The value at the last point by then; None where the curve ends before."""
    if not group["days"] or group["days"][-1] < days:
        return None
    place = max(place for place, point in enumerate(group["days"]) if point <= days)
    return group[name][place]


def _after_a_year(group) -> float:
    share = _at(group, "share", YEAR)
    return group["share"][-1] if share is None else share


def _chance(p):
    if p is None:
        return ""
    if p < 0.05:
        return _("The groups differ by more than chance (log-rank test, p = %(p)s).") % {"p": _p_words(p)}
    return _("Chance alone may explain the difference (log-rank test, p = %(p)s).") % {"p": _p_words(p)}


def _p_words(p):
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


SUMMARY = [
    column(gettext_lazy("Group"), "group"),
    column(gettext_lazy("Stays"), "n", "count"),
    column(gettext_lazy("Ended"), "left", "count"),
    column(gettext_lazy("Half have left after"), "median"),
    column(gettext_lazy("Still clients after a year"), "year", "share"),
    column(gettext_lazy("95 % interval, low"), "low", "share"),
    column(gettext_lazy("95 % interval, high"), "high", "share"),
]
POINTS = [
    column(gettext_lazy("Group"), "group"),
    column(gettext_lazy("Months since the first loan"), "months", "count"),
    column(gettext_lazy("Seen so long"), "at_risk", "count"),
    column(gettext_lazy("Still clients"), "share", "share"),
    column(gettext_lazy("95 % interval, low"), "low", "share"),
    column(gettext_lazy("95 % interval, high"), "high", "share"),
]
CAUSES = [
    column(gettext_lazy("What ended it"), "cause"),
    column(gettext_lazy("Months since the first loan"), "months", "count"),
    column(gettext_lazy("Had left"), "share", "share"),
    column(gettext_lazy("95 % interval, low"), "low", "share"),
    column(gettext_lazy("95 % interval, high"), "high", "share"),
]
KNOWN = Reading(
    gettext_lazy("Which clients count?"),
    gettext_lazy(
        "Every stay that began before the day until which exits are known. Who was still a client on that day"
        " counts as seen so long, not as gone. Who came back has a second stay. Groups of fewer than 20 stays"
        " are left out."
    ),
)
READINGS = [
    Reading(
        gettext_lazy("How is the curve made?"),
        gettext_lazy(
            "By Kaplan and Meier's method, which uses clients who have not left yet as far as they have been"
            " seen. The interval is the log-log one. Many clients leave together where loans end."
        ),
        SOURCE,
    ),
    KNOWN,
]
COMPETING = Reading(
    gettext_lazy("Why not a curve for each cause alone?"),
    gettext_lazy(
        "Who has died cannot leave by choice any more. The curves of Aalen and Johansen take that into"
        " account; at every time they add up to all who have left."
    ),
    SOURCE,
)
