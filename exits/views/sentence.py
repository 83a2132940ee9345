"""The answer to "Who is leaving?" in a few computed sentences, right in every language's grammar."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from exits.forms import period_words
from exits.methods import CAUSES, CLIENT, DEATH, MFI, SHARES
from exits.queries import Figures, NotComparable, difference
from exits.views.formulas import base, is_retention
from spm.numbers import count_words, points_words, share_words

SPOKEN = "exit_dealt_with"
"""The rate of the sentence: the share of those served, whatever formula stands on top."""

SMALL = 30
"""Below so many clients a rate says little, and the page says so."""


def sentences(now: Figures, then: Figures | None, offices: list[Figures], cycles: list[Figures]) -> str:
    """How many left, of how many; more or less than before; where most, and at which loan cycle."""
    if not now.dealt_with:
        return format_html("{}", _("Nobody was a client in this period and filter."))
    parts = [left_words(now), change_words(now, then), office_words(now, offices), cycle_words(cycles)]
    parts.append(small_words(now))
    return format_html_join(" ", "{}", ((part,) for part in parts if part))


def left_words(now: Figures) -> str:
    """In 2025, 1,204 clients left: 18.3 % of the 6,579 we served."""
    n = sum(now.causes[cause] for cause in now.kept)
    text = _left(now.kept, n)
    return format_html(
        text,
        when=when(now.start, now.end),
        n=count_words(n),
        rate=share_words(now.rates[SPOKEN]),
        served=count_words(now.dealt_with),
    )


def _left(kept, n):
    if set(kept) == set(CAUSES):
        return ngettext(
            "{when}, <strong>{n} client left</strong>: {rate} of the {served} we served.",
            "{when}, <strong>{n} clients left</strong>: {rate} of the {served} we served.",
            n,
        )
    if set(kept) == {CLIENT}:
        return ngettext(
            "{when}, <strong>{n} client left by choice</strong>: {rate} of the {served} we served.",
            "{when}, <strong>{n} clients left by choice</strong>: {rate} of the {served} we served.",
            n,
        )
    if set(kept) == {MFI}:
        return ngettext(
            "{when}, <strong>we ended with {n} client</strong>: {rate} of the {served} we served.",
            "{when}, <strong>we ended with {n} clients</strong>: {rate} of the {served} we served.",
            n,
        )
    if set(kept) == {DEATH}:
        return ngettext(
            "{when}, <strong>{n} client died</strong>: {rate} of the {served} we served.",
            "{when}, <strong>{n} clients died</strong>: {rate} of the {served} we served.",
            n,
        )
    return ngettext(
        "{when}, <strong>{n} client left</strong>, deaths not counted: {rate} of the {served} we served.",
        "{when}, <strong>{n} clients left</strong>, deaths not counted: {rate} of the {served} we served.",
        n,
    )


def when(start: dt.date, end: dt.date) -> str:
    """In 2025; In March 2025; From January 2025 to June 2025."""
    words = period_words(start, end)
    if _is_one(words, start):
        text = _("In %(period)s")
    elif (start.year, start.month) == (end.year, end.month):
        text = pgettext("from a day", "From %(period)s")
    else:
        text = _("From %(period)s")
    return text % {"period": words}


def _is_one(words, start):
    """Whether the period is one year or one month, not from one to another."""
    return words in (str(start.year), date_format(start, "YEAR_MONTH_FORMAT"))


def change_words(now: Figures, then: Figures | None) -> str:
    """That is 2.1 points more than in 2024, or why not compared; nothing while exits are still to come."""
    if then is None or not then.dealt_with or now.provisional:
        return ""
    try:
        change = difference(now, then, SPOKEN)
    except NotComparable as refusal:
        return refusal_words(refusal, period_words(then.start, then.end))
    if change is None:
        return ""
    before = before_words(then)
    if not round(change * 100, 1):
        return _("That is as much as %(before)s.") % {"before": before}
    more = _("That is <strong>{points} more</strong> than {before}.")
    fewer = _("That is <strong>{points} less</strong> than {before}.")
    return format_html(more if change > 0 else fewer, points=points_words(abs(change)), before=before)


def before_words(then: Figures) -> str:
    """What the figures are put beside: in 2024; in the time before, from … to …."""
    words = period_words(then.start, then.end)
    text = _("in %(period)s") if _is_one(words, then.start) else _("in the time before (%(period)s)")
    return text % {"period": words}


def refusal_words(refusal: NotComparable, before: str) -> str:
    """Why two figures are not put side by side."""
    reasons = {
        "definition": _("Not compared with %(before)s, which was counted by another definition."),
        "causes": _("Not compared with %(before)s, which counts other causes."),
        "length": _("Not compared with %(before)s, which is not as long."),
        "formula": _("Not compared with %(before)s, which is measured by another formula."),
    }
    return reasons[refusal.reason] % {"before": before}


def office_words(now: Figures, offices: list[Figures]) -> str:
    if len(offices) < 2:
        return ""
    worst = standing_out(offices, now, SPOKEN)
    if worst is None:
        return _("No office stands out.")
    return _("%(office)s loses most (%(rate)s).") % {
        "office": worst.label,
        "rate": share_words(worst.rates[SPOKEN]),
    }


def cycle_words(cycles: list[Figures]) -> str:
    """After which loan most exits came. Counted, not as a rate: whoever went on stands under a later loan."""
    exits = {figures.group: sum(figures.causes[cause] for cause in figures.kept) for figures in cycles}
    total, most = sum(exits.values()), max(exits.values(), default=0)
    peaks = [group for group, n in exits.items() if n == most]
    if total < SMALL or len(exits) < 2 or len(peaks) > 1 or peaks[0] in ("", "0"):
        return ""
    return _("More left after loan number %(number)s than after any other: %(n)s of %(total)s.") % {
        "number": peaks[0],
        "n": count_words(most),
        "total": count_words(total),
    }


def small_words(now: Figures) -> str:
    if now.dealt_with >= SMALL:
        return ""
    return _("These are few clients, so one more or less changes the rate much.")


def provisional_words(now: Figures, longest_window: int) -> str:
    """Until when the figures may still change; empty once they are final."""
    if not now.provisional:
        return ""
    final = now.end + dt.timedelta(days=longest_window + 1)
    return ngettext(
        "These figures are provisional until the data reach %(day)s: a client may rest for up to %(n)s day, "
        "so not all exits are known yet.",
        "These figures are provisional until the data reach %(day)s: a client may rest for up to %(n)s days, "
        "so not all exits are known yet.",
        longest_window,
    ) % {"day": date_format(final, "DATE_FORMAT"), "n": longest_window}


def standing_out(groups: list[Figures], whole: Figures, formula: str) -> Figures | None:
    """The group with the worst rate, if it is large enough and its interval leaves out the whole's rate."""
    known = [g for g in groups if g.group and base(g, formula) >= SMALL and g.rates[formula] is not None]
    if not known:
        return None
    worst = (min if is_retention(formula) else max)(known, key=lambda group: group.rates[formula])
    judged = formula if formula in SHARES else SPOKEN
    interval, level = worst.intervals[judged], whole.rates[judged]
    if interval is None or level is None:
        return None
    return worst if (interval[1] < level if is_retention(judged) else interval[0] > level) else None
