"""What the page says of the model of leaving: all traits at once."""

from math import floor, log, log10

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits import charts
from exits.methods.analyses import TOGETHER
from exits.views.analyses.base import (
    OURS,
    SOURCE,
    Page,
    Reading,
    Section,
    column,
)
from exits.views.analyses.traits import BARS, TRAITS, Compared, left_and_stayed
from spm.numbers import count_words, number_words
from spm.tables import Cell, Column

WORDS = {
    "less": gettext_lazy("Left less often than “%(reference)s” with an otherwise equal profile: %(odds)s."),
    "more": gettext_lazy("Left more often than “%(reference)s” with an otherwise equal profile: %(odds)s."),
    "unclear": gettext_lazy(
        "No clear difference from “%(reference)s” with an otherwise equal profile: %(odds)s."
    ),
}


ODDS, SMALL = ("odds", "low", "high"), 0.1


def model_page(view: Compared, found: dict) -> Page:
    """The answer of `exits.methods.analyses.model`, or the reason why there is none."""
    rows = [_row(view, term) for term in found["terms"]]
    clear = [row for row in rows if row["way"] != "unclear"]
    clear.sort(key=lambda row: -abs(log(row["odds_ratio"])))
    said = f"{left_and_stayed(found)} {_finding(found, clear)}"
    return Page(said, [_section(view, found, rows, clear)], READINGS)


def _row(view, term):
    words = {name: _value(view, term["trait"], term[name]) for name in ("value", "reference")}
    way = "less" if term["high"] < 1 else "more" if term["low"] > 1 else "unclear"
    said = WORDS[way] % {"reference": words["reference"], "odds": odds_words(term)}
    shown = {"trait": str(TRAITS[term["trait"]]), "way": way, "words": said, "odds_ratio": term["odds"]}
    return term | words | shown | {name: rounded(term[name]) for name in ODDS}


def _value(view, trait, value):
    return _("all others together") if value == TOGETHER else view.value_words(trait, value)


def places(odds: float) -> int:
    """Two decimals, or as many as show two digits of small odds: rounded to 0.00 they would say never."""
    return 2 if odds >= SMALL or odds == 0 else 1 - floor(log10(odds))


def rounded(odds: float) -> float:
    return round(odds, places(odds))


def _number(odds: float) -> str:
    return number_words(odds, places(odds))


def odds_words(term: dict) -> str:
    """odds 0.80 (0.71 to 0.90)"""
    numbers = {name: _number(rounded(term[name])) for name in ODDS}
    return _("odds %(odds)s (%(low)s to %(high)s)") % numbers


def _finding(found, clear):
    if found["state"] == "few":
        return _(
            "The model needs at least %(needed)s who left and as many who stayed, ten for each of its"
            " %(n)s comparisons, so none is shown. Choose a larger office, or look at each trait by itself."
        ) % {"needed": count_words(found["needed"]), "n": count_words(found["coefficients"])}
    if found["state"] == "parted":
        return _(
            "Some traits go together so closely, or tell so surely who left, that no odds can be given for"
            " each. Choose a larger office, or look at each trait by itself."
        )
    if found["state"] == "alike":
        return _("In what is recorded, too few clients differ to compare them.")
    if not clear:
        return _("With everything else equal, nothing that is recorded goes with leaving beyond chance.")
    most = clear[0]
    words = {"trait": most["trait"].lower(), "value": most["value"], "reference": most["reference"]}
    words["odds"] = odds_words(most)
    if most["way"] == "more":
        return (
            _(
                "With everything else equal, this goes most with leaving: %(trait)s, %(value)s, against"
                " %(reference)s: %(odds)s."
            )
            % words
        )
    return (
        _(
            "With everything else equal, this goes most with staying: %(trait)s, %(value)s, against"
            " %(reference)s: %(odds)s."
        )
        % words
    )


def _section(view, found, rows, clear):
    drawn = clear[:BARS]
    figure = drawn and charts.odds(
        [
            charts.Bar(
                _("%(trait)s: %(value)s, against %(reference)s") % row,
                row["odds"],
                _number(row["odds"]),
                (row["low"], row["high"]),
            )
            for row in drawn
        ],
        title=_("What goes with leaving when everything else is equal"),
        subtitle=_("Odds of leaving, times those of the group it is compared with; 95 % interval"),
        footer=view.footer(),
    )
    title = _("All traits together")
    return Section("model", title, COLUMNS, rows, figure or None, _note(view, found))


def _note(view, found):
    said = []
    for trait, values in found["together"].items():
        named = ", ".join(view.value_words(trait, value) for value in values)
        words = _("%(trait)s: so few have these that they count together: %(values)s.")
        said.append(words % {"trait": TRAITS[trait], "values": named})
    if found["left_out"]:
        named = ", ".join(str(TRAITS[trait]).lower() for trait in found["left_out"])
        said.append(_("Left out, as they tell nothing apart here: %(traits)s.") % {"traits": named})
    return " ".join(said)


def _odds_column(label, name: str) -> Column:
    return column(label, name, "number", cell=lambda row: Cell(_number(row[name])))


COLUMNS = [
    column(gettext_lazy("Trait"), "trait"),
    column(gettext_lazy("Value"), "value"),
    column(gettext_lazy("Against"), "reference"),
    column(gettext_lazy("Clients"), "n", "count"),
    column(gettext_lazy("Of these left"), "leavers", "count"),
    _odds_column(gettext_lazy("Odds ratio"), "odds"),
    _odds_column(gettext_lazy("95 % interval, low"), "low"),
    _odds_column(gettext_lazy("95 % interval, high"), "high"),
    column(gettext_lazy("In words"), "words"),
]
READINGS = [
    Reading(
        gettext_lazy("What does “everything else equal” mean?"),
        gettext_lazy(
            "Women may leave less often because they have smaller loans. The model compares women and men of"
            " the same age, area, product, loan and time as clients, as far as these are recorded."
        ),
        SOURCE,
    ),
    Reading(
        gettext_lazy("What is an odds ratio?"),
        gettext_lazy(
            "Odds of 1 to 4 say that one leaves for every four who stay. A value of 2 here says that the"
            " odds of leaving are twice those of the group it is compared with; 1 that they are the same."
            " Where the interval holds 1, chance may explain the difference."
        ),
        SOURCE,
    ),
    Reading(
        gettext_lazy("What can the model not say?"),
        gettext_lazy(
            "Why clients leave. It shows what goes with leaving, not what causes it: what is not recorded,"
            " such as an illness or another lender's offer, may stand behind both. Ask those who left."
        ),
        OURS,
    ),
    Reading(
        gettext_lazy("What is in the model?"),
        gettext_lazy(
            "A logistic model of the latest year. Of each trait the largest group is the one that others are"
            " compared with; groups of fewer than ten who left or ten who stayed count together. Officers and"
            " groups are not in it, as there are too many of them, nor are years as a client, which the loan"
            " cycle tells already. Deaths and those whom we let go count as leavers."
        ),
        OURS,
    ),
]
