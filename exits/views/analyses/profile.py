"""Who leaves, compared with who stays?"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits.views.analyses.base import (
    NOTE,
    SOURCE,
    Page,
    Reading,
    Section,
    column,
    ratio_column,
    rounded,
)
from exits.views.analyses.model import model_page
from exits.views.analyses.traits import TRAITS, Compared, left_and_stayed, most_more, share
from spm import views
from spm.access import Can
from spm.numbers import share_words


class Profile(Compared, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    kind = "profile"
    title = gettext_lazy("Who leaves, compared with who stays?")
    grouped = True

    def comparisons(self):
        return [("", _("Each trait by itself")), ("together", _("All traits together"))]

    def page(self, found):
        if self.by:
            return model_page(self, found)
        rows = [self._row(line) for line in found["traits"]]
        return Page(self._sentence(found, rows), [self._section(rows)], READINGS)

    def _row(self, line):
        return line | {
            "trait": str(TRAITS[line["trait"]]),
            "value": self.value_words(line["trait"], line["value"]),
            "leaver_share": share(line["leavers"], line["of_leavers"]),
            "stayer_share": share(line["stayers"], line["of_stayers"]),
            "standardised": rounded(line["standardised"]),
        }

    def _sentence(self, found, rows):
        if not found["leavers"]:
            return _("Nobody left in the latest year.")
        said = left_and_stayed(found)
        if not rows or not found["stayers"]:
            return f"{said} {_('They are too few to compare.')}"
        most = most_more(rows)
        if not most:
            return f"{said} {_('In nothing that is recorded do the two differ by much.')}"
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

    def _section(self, rows):
        figure = self.figure(
            rows,
            title=_("What leavers have more often than stayers"),
            subtitle=_("Share among leavers less share among stayers, 95 % interval"),
        )
        title = _("Leavers and stayers, trait by trait")
        note = _("Sorted by the standardised difference; below 0.1 it is usually taken as none.")
        return Section("profile", title, COLUMNS, rows, figure, note)


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
    ratio_column(gettext_lazy("Standardised difference"), "standardised"),
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
