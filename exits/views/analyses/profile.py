"""Who leaves, compared with who stays?"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits import charts
from exits.views.analyses.base import (
    NOTE,
    SOURCE,
    Analysed,
    Page,
    Reading,
    Section,
    column,
    rounded,
    span_words,
)
from spm import views
from spm.access import Can
from spm.numbers import count_words, money_words, points_words, share_words

BARS = 10
SMALL = 0.1
"""A standardised difference below this is taken as none (Austin 2009)."""
TRAITS = {
    "sex": gettext_lazy("Sex"),
    "age": gettext_lazy("Age at the start"),
    "area": gettext_lazy("Area"),
    "product": gettext_lazy("Product"),
    "cycle": gettext_lazy("Loan cycle"),
    "size": gettext_lazy("Size of the last loan"),
    "late": gettext_lazy("Days late on the last loan"),
    "tenure": gettext_lazy("Years as a client"),
    "officer": gettext_lazy("Officer"),
    "group": gettext_lazy("Group"),
}
BANDS = {
    ("late", "none"): gettext_lazy("not late"),
    ("late", "1-30"): gettext_lazy("1 to 30 days"),
    ("late", "31-90"): gettext_lazy("31 to 90 days"),
    ("late", "91+"): gettext_lazy("over 90 days"),
    ("tenure", "<1"): gettext_lazy("less than one year"),
    ("tenure", "1-2"): gettext_lazy("1 to 2 years"),
    ("tenure", "2-4"): gettext_lazy("2 to 4 years"),
    ("tenure", "4+"): gettext_lazy("4 years and more"),
    ("cycle", "6"): gettext_lazy("loan 6 and later"),
}


class Profile(Analysed, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    kind = "profile"
    title = gettext_lazy("Who leaves, compared with who stays?")

    def page(self, found):
        rows = [self._row(line, found["sizes"]) for line in found["traits"]]
        return Page(self._sentence(found, rows), [self._section(found, rows)], READINGS)

    def _row(self, line, sizes):
        return line | {
            "trait": str(TRAITS[line["trait"]]),
            "value": self._value(line["trait"], line["value"], sizes),
            "leaver_share": _share(line["leavers"], line["of_leavers"]),
            "stayer_share": _share(line["stayers"], line["of_stayers"]),
            "standardised": rounded(line["standardised"]),
        }

    def _value(self, trait, value, sizes):
        if (trait, value) in BANDS:
            return str(BANDS[trait, value])
        if trait == "cycle":
            return _("loan %(number)s") % {"number": value}
        if trait == "size":
            return _size_words(int(value), sizes)
        return self.name_of(trait, value)

    def _sentence(self, found, rows):
        if not found["leavers"]:
            return _("Nobody left in the latest year.")
        large = [row for row in rows if (row["difference"] or 0) > 0 and _is_large(row["standardised"])]
        said = _("From %(span)s %(leavers)s clients left and %(stayers)s were still here at the end.") % {
            "span": span_words(found),
            "leavers": count_words(found["leavers"]),
            "stayers": count_words(found["stayers"]),
        }
        if not large:
            return f"{said} {_('In nothing that is recorded do the two differ by much.')}"
        most = large[0]
        return (
            said
            + " "
            + _(
                "They differ most in this: %(trait)s, %(value)s: %(leavers)s of leavers, %(stayers)s of"
                " stayers."
            )
            % {
                "trait": most["trait"].lower(),
                "value": most["value"],
                "leavers": share_words(most["leaver_share"], 0),
                "stayers": share_words(most["stayer_share"], 0),
            }
        )

    def _section(self, found, rows):
        more = [row for row in rows if (row["difference"] or 0) > 0][:BARS]
        figure = charts.breakdown(
            [
                charts.Bar(
                    f"{row['trait']}: {row['value']}",
                    row["difference"],
                    f"+{points_words(row['difference'])}",
                    (max(row["low"], 0), row["high"]),
                )
                for row in more
            ],
            title=_("What leavers have more often than stayers"),
            subtitle=_("Share among leavers less share among stayers, 95 % interval"),
            footer=self.footer(),
        )
        title = _("Leavers and stayers, trait by trait")
        note = _("Sorted by the standardised difference; below 0.1 it is usually taken as none.")
        return Section("profile", title, COLUMNS, rows, figure if more else None, note)


def _is_large(standardised):
    return standardised is None or standardised >= SMALL


def _share(part, whole):
    return part / whole if whole else None


def _size_words(quarter, sizes):
    if quarter == 1:
        return _("up to %(to)s") % {"to": money_words(sizes[0])}
    if quarter > len(sizes):
        return _("over %(above)s") % {"above": money_words(sizes[-1])}
    return _("%(above)s to %(to)s") % {
        "above": money_words(sizes[quarter - 2]),
        "to": money_words(sizes[quarter - 1]),
    }


COLUMNS = [
    column(gettext_lazy("Trait"), "trait"),
    column(gettext_lazy("Value"), "value"),
    column(gettext_lazy("Leavers"), "leavers", "count"),
    column(gettext_lazy("Share of leavers"), "leaver_share", "share"),
    column(gettext_lazy("Stayers"), "stayers", "count"),
    column(gettext_lazy("Share of stayers"), "stayer_share", "share"),
    column(gettext_lazy("Difference"), "difference", "share"),
    column(gettext_lazy("95 % interval, low"), "low", "share"),
    column(gettext_lazy("95 % interval, high"), "high", "share"),
    column(gettext_lazy("Standardised difference"), "standardised", "number"),
]
READINGS = [
    Reading(
        gettext_lazy("Why compare with stayers?"),
        gettext_lazy(
            "That most leavers are women says nothing where most clients are. Only what is more common among"
            " leavers than among stayers points to who is leaving."
        ),
        NOTE,
    ),
    Reading(
        gettext_lazy("Why two kinds of difference?"),
        gettext_lazy(
            "The difference of shares says how many people it is about; the standardised one, in units of the"
            " spread, can be compared between traits. Its interval is Newcombe's. Traits are looked at one by"
            " one: that a trait goes with leaving does not make it the reason."
        ),
        SOURCE,
    ),
]
