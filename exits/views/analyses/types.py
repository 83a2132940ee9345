"""How does one type of leaver differ from another?"""

from functools import cached_property

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exits.forms import PairForm
from exits.methods.analyses import set_against
from exits.models import Initiative, Tone
from exits.queries import reasons
from exits.views.analyses.base import (
    OURS,
    SOURCE,
    Page,
    Reading,
    Section,
    column,
    ratio_column,
    rounded,
    span_words,
)
from exits.views.analyses.traits import TRAITS, Compared, share
from spm import disclosure, views
from spm.access import Can
from spm.numbers import count_words, share_words

GROUPINGS = {
    "leaver_type": gettext_lazy("Type of leaver"),
    "initiative": gettext_lazy("Initiative"),
    "tone": gettext_lazy("Tone"),
}


class Types(Compared, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    template_name = "exits/type_list.html"
    kind = "profile"
    grouped = True
    title = gettext_lazy("How does one type of leaver differ from another?")

    def comparisons(self):
        return list(GROUPINGS.items())

    @cached_property
    def k(self) -> int:
        return disclosure.smallest_cell()

    @cached_property
    def form(self):
        found = self.answer.found["groups"]
        large = sorted((code for code in found if found[code] >= self.k), key=lambda code: -found[code])
        groups = [(code, f"{self.group_words(code)} ({count_words(found[code])})") for code in large]
        user = self.request.user
        return PairForm(self.request.GET, user=user, comparisons=self.comparisons(), groups=groups)

    @cached_property
    def group_names(self) -> dict[str, str]:
        named = {"initiative": Initiative.choices, "tone": Tone.choices}
        return dict(named[self.by]) if self.by in named else reasons.leaver_types()

    def group_words(self, code: str) -> str:
        """The name of a group; "" is all others."""
        return str(self.group_names.get(code, code)) if code else _("All other confirmed leavers")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.answer is None:
            return context
        return context | {"switches": self.switches(), "confirmed": self.confirmed, "k": self.k}

    def switches(self) -> list[dict]:
        office = self.form.chosen()["office"]
        kept = f"&office={office}" if office else ""
        return [
            {"words": words, "url": f"?by={name}{kept}", "current": name == self.by}
            for name, words in GROUPINGS.items()
        ]

    @property
    def confirmed(self) -> int:
        return sum(self.answer.found["groups"].values())

    def page(self, found):
        first, second = self.form.pair
        names = self.group_words(first), self.group_words(second)
        of_second = found["groups"][second] if second else self.confirmed - found["groups"].get(first, 0)
        if not first or of_second < self.k:
            return Page(self._limit(found), [self._section([], names)])
        rows = [self._row(line) for line in set_against(found, first, second, fewest=self.k)]
        sentence = f"{self._limit(found)} {self._sentence(rows, names)}"
        return Page(sentence, [self._section(rows, names)], READINGS)

    def _row(self, line):
        return line | {
            "trait": str(TRAITS[line["trait"]]),
            "value": self.value_words(line["trait"], line["value"]),
            "first_share": share(line["first"], line["of_first"]),
            "second_share": share(line["second"], line["of_second"]),
            "standardised": rounded(line["standardised"]),
        }

    def _when(self) -> str:
        """Until when confirmations are counted here."""
        return date_format(localtime(self.answer.read_at), "DATETIME_FORMAT")

    def about(self):
        return [*super().about(), (_("Confirmations counted until"), self._when())]

    def _limit(self, found):
        """Of how many leavers nothing is said."""
        unknown = found["leavers"] - self.confirmed
        said = ngettext(
            "From %(span)s, %(leavers)s client left; by %(when)s, staff had confirmed %(confirmed)s of these"
            " exits.",
            "From %(span)s, %(leavers)s clients left; by %(when)s, staff had confirmed %(confirmed)s of these"
            " exits.",
            found["leavers"],
        ) % {
            "span": span_words(found),
            "leavers": count_words(found["leavers"]),
            "when": self._when(),
            "confirmed": count_words(self.confirmed),
        }
        if not unknown:
            return said
        limit = ngettext(
            "For the other one (%(share)s) no type is known: nothing here speaks for that client.",
            "For the other %(n)s (%(share)s) no type is known: nothing here speaks for them.",
            unknown,
        ) % {"n": count_words(unknown), "share": share_words(unknown / found["leavers"], 0)}
        return f"{said} {limit}"

    def _sentence(self, rows, names):
        sure = [row for row in rows if (row["low"] or 0) > 0 or (row["high"] or 0) < 0]
        if not sure:
            return _("No difference here is larger than chance may explain.")
        most = sure[0]
        return _(
            "They differ most in this: %(trait)s, %(value)s: %(first)s of “%(one)s”, %(second)s of"
            " “%(other)s”."
        ) % {
            "trait": most["trait"].lower(),
            "value": most["value"],
            "first": share_words(most["first_share"], 0),
            "one": names[0],
            "second": share_words(most["second_share"], 0),
            "other": names[1],
        }

    def _section(self, rows, names):
        one, other = names
        figure = self.figure(
            beyond_chance(rows),
            title=_("What “%(one)s” have more often than “%(other)s”") % {"one": one, "other": other},
            subtitle=_(
                "Share among the first less share among the second, where its 95 % interval is above 0"
            ),
        )
        title = _("“%(one)s” and “%(other)s”, trait by trait") % {"one": one, "other": other}
        note = _(
            "Sorted by the standardised difference; below 0.1 it is usually taken as none. What fewer than"
            " %(k)s of both together have is left out."
        ) % {"k": self.k}
        return Section("types", title, columns(one, other), rows, figure, note)


def beyond_chance(rows: list[dict]) -> list[dict]:
    """What the first have more often, for certain: few leavers differ in much by chance."""
    return [row for row in rows if (row["low"] or 0) > 0]


def columns(one: str, other: str) -> list:
    share_of = _("Share of “%(name)s”")
    return [
        column(_("Trait"), "trait"),
        column(_("Value"), "value"),
        column(one, "first", "count"),
        column(share_of % {"name": one}, "first_share", "share"),
        column(other, "second", "count"),
        column(share_of % {"name": other}, "second_share", "share"),
        column(_("Difference"), "difference", "share"),
        column(_("95 % interval, low"), "low", "share"),
        column(_("95 % interval, high"), "high", "share"),
        ratio_column(_("Standardised difference"), "standardised"),
    ]


READINGS = [
    Reading(
        gettext_lazy("Why compare leavers with leavers?"),
        gettext_lazy(
            "Who moved up and who was dissatisfied leave for other reasons, and ask for other answers. What"
            " one type has more often than the others says whom to ask, and where to look."
        ),
        OURS,
    ),
    Reading(
        gettext_lazy("Who is counted?"),
        gettext_lazy(
            "Clients who left in the latest twelve whole months that are known, and whose exit staff have"
            " confirmed when this was last counted, as the page says above; of an officer's own clients that"
            " is now. What is confirmed later is counted after the next import."
        ),
        OURS,
    ),
    Reading(
        gettext_lazy("How sure is a difference?"),
        gettext_lazy(
            "The interval of a difference of shares is Newcombe's. Where it holds 0, chance may explain the"
            " difference. Of many that are looked at, about one in twenty lies outside its interval by chance"
            " alone: trust what fits what clients say."
        ),
        SOURCE,
    ),
]
