"""What pages say of a trait by which two groups of clients are compared."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exits import charts
from exits.views.analyses.base import Analysed, span_words
from spm.numbers import count_words, money_words, points_words

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


def left_and_stayed(found: dict) -> str:
    """How many left in the year that is compared, and how many there are to compare them with."""
    return ngettext(
        "From %(span)s, %(leavers)s client left; still here at the end: %(stayers)s.",
        "From %(span)s, %(leavers)s clients left; still here at the end: %(stayers)s.",
        found["leavers"],
    ) % {
        "span": span_words(found),
        "leavers": count_words(found["leavers"]),
        "stayers": count_words(found["stayers"]),
    }


class Compared(Analysed):
    """A page whose answer has `sizes`, and rows with `difference`, `low`, `high`, `standardised`."""

    def value_words(self, trait: str, value: str) -> str:
        if (trait, value) in BANDS:
            return str(BANDS[trait, value])
        if trait == "cycle":
            return _("loan %(number)s") % {"number": value}
        if trait == "size":
            return _size_words(int(value), self.answer.found["sizes"])
        return self.name_of(trait, value)

    def figure(self, rows, *, title, subtitle) -> dict | None:
        """A bar for each value that the first have more often; None where there is none."""
        more = [row for row in rows if (row["difference"] or 0) > 0][:BARS]
        bars = [
            charts.Bar(
                f"{row['trait']}: {row['value']}",
                row["difference"],
                f"+{points_words(row['difference'])}",
                (max(row["low"], 0), row["high"]),
            )
            for row in more
        ]
        return charts.breakdown(bars, title=title, subtitle=subtitle, footer=self.footer()) if more else None


def most_more(rows) -> dict | None:
    """What the first have most more often than the second; None where both differ by little alone."""
    large = (row for row in rows if (row["difference"] or 0) > 0 and _is_large(row["standardised"]))
    return next(large, None)


def _is_large(standardised):
    return standardised is None or standardised >= SMALL


def share(part: int, whole: int) -> float | None:
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
