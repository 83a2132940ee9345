"""Tables of the page of reasons, each a section with its rows and columns."""

from collections.abc import Callable
from operator import itemgetter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits import charts
from exits.forms import age_words
from exits.methods import agreement, wilson
from exits.queries.reasons import OVER, UNDER
from exits.views.analyses.base import Section, column
from spm.numbers import count_words, number_words, share_words
from spm.tables import Cell, Column

BARS = 12
MATRIX = [("F", UNDER), ("F", OVER), ("M", UNDER), ("M", OVER)]
SEXES = {"F": gettext_lazy("Women %(age)s"), "M": gettext_lazy("Men %(age)s")}


def matrix_section(found, url: Callable[..., str]) -> Section:
    """How many were asked by branch, sex and age on leaving; each number opens the reasons of these."""
    rows = [
        {"code": code, "name": name, "all": counts.total()} | {cell: counts[cell] for cell in MATRIX}
        for (code, name), counts in sorted(found.items(), key=lambda item: item[0][1])
    ]

    def link(key, **which):
        def cell(row):
            n = row[key]
            return Cell(count_words(n), url(office=row["code"], alone="1", **which) if n else "")

        return cell

    columns = [
        Column(_("Branch"), code="branch", value=itemgetter("name")),
        *(
            Column(
                str(SEXES[sex]) % {"age": age_words(young)},
                "count",
                code=f"{sex}_{young}",
                value=itemgetter((sex, young)),
                cell=link((sex, young), sex=sex, young=young),
            )
            for sex, young in MATRIX
        ),
        Column(_("Everybody"), "count", code="all", value=itemgetter("all"), cell=link("all")),
    ]
    title = _("Whose reasons do you want to know?")
    note = _(
        "Interviews by branch. Open a number to read why these clients left. Whoever has no sex or no birth"
        " date on record is in the last column alone."
    )
    return Section("groups", title, columns, rows, note=note)


def reason_section(named, n: int, listed, *, title, measure, footer) -> Section:
    """Heads most named first with the reasons beneath, as a Pareto chart and a table; `n` interviews."""
    mentions = sum(one.n for one in named)
    rows, so_far = [], 0
    for one in named:
        so_far += one.n
        rows.append(_row(listed[one.head].label, "", one.n, n) | {"adding_up": so_far / mentions})
        rows += [_row(listed[one.head].label, listed[code].label, m, n) for code, m in one.reasons]
    drawn = named[:BARS]
    figure = charts.pareto(
        [listed[one.head].label for one in drawn],
        [one.n / mentions for one in drawn],
        [f"{share_words(one.n / mentions, 0)} ({count_words(one.n)})" for one in drawn],
        adding_up=_("Adding up"),
        title=title,
        subtitle=_("%(measure)s: share of mentions, and what they add up to (line)") % {"measure": measure},
        footer=footer,
    )
    return Section("reasons", title, REASON_COLUMNS, rows, figure if named else None)


def _row(head, reason, n, of):
    low, high = wilson(n, of)
    return {
        "head": head,
        "reason": reason,
        "n": n,
        "share": n / of,
        "low": low,
        "high": high,
        "adding_up": None,
    }


REASON_COLUMNS = [
    column(gettext_lazy("Head"), "head"),
    column(gettext_lazy("Reason"), "reason", cell=lambda row: Cell(row["reason"] or _("In all"))),
    column(gettext_lazy("Interviews"), "n", "count"),
    column(gettext_lazy("Share of interviews"), "share", "share"),
    column(gettext_lazy("95 % interval, low"), "low", "share"),
    column(gettext_lazy("95 % interval, high"), "high", "share"),
    column(gettext_lazy("Adding up, share of mentions"), "adding_up", "share"),
]


def group_section(found, listed, *, title, head, label: Callable[[str], str]) -> Section:
    """For each group how many interviews name each head. `label` says a group's name."""
    named = _in_order({code for counts in found.values() for code in counts if code}, listed)
    rows = [
        {"group": label(group), "n": counts[""]} | {code: counts.get(code, 0) for code in named}
        for group, counts in sorted(found.items(), key=lambda item: (-item[1][""], item[0]))
    ]
    columns = [
        column(head, "group"),
        column(_("Interviews"), "n", "count"),
        *(
            Column(listed[code].label, "count", code=code, value=itemgetter(code), cell=_of_n(code))
            for code in named
        ),
    ]
    note = _("Beside each number its share of the interviews in the row.")
    return Section("breakdown", title, columns, rows, note=note, wide=True)


def _of_n(code):
    def cell(row):
        return Cell(count_words(row[code]), note=share_words(row[code] / row["n"], 0) if row[code] else "")

    return cell


def pair_section(name, pairs, listed, *, title, one, other) -> Section:
    """Two answers to one question as a table, with how far they agree. `one`, `other`: whose they are."""
    across = _in_order({code for pair in pairs for code in pair}, listed)
    rows = [
        {"head": listed[code].label} | {there: pairs.get((code, there), 0) for there in across}
        for code in across
    ]
    head = _("%(one)s, by row; %(other)s, by column") % {"one": one, "other": other}
    columns = [column(head, "head"), *(column(listed[code].label, code, "count") for code in across)]
    return Section(name, title, columns, rows, note=agreement_words(pairs), wide=True)


def agreement_words(pairs) -> str:
    """Of how many pairs what share agrees, and kappa with its interval."""
    said = [pair for pair, n in pairs.items() for _each in range(n)]
    found = agreement([one for one, _other in said], [other for _one, other in said])
    if not found.n:
        return ""
    words = _("Of %(n)s pairs %(share)s are equal.") % {
        "n": count_words(found.n),
        "share": share_words(found.observed, 0),
    }
    if found.kappa is None:
        return f"{words} {_('Kappa cannot be told, as all gave one answer.')}"
    kappa = _(
        "Kappa is %(kappa)s (95 %% interval %(low)s to %(high)s): 1 is full agreement, 0 that of chance."
    )
    numbers = {"kappa": found.kappa, "low": found.lower, "high": found.upper}
    return f"{words} {kappa % {name: number_words(round(value, 2), 2) for name, value in numbers.items()}}"


def competitor_section(found) -> Section:
    rows = [{"name": one.name, "product": one.product, "better": one.better, "n": one.n} for one in found]
    title = _("To whom did they go?")
    return Section("competitors", title, COMPETITOR_COLUMNS, rows)


COMPETITOR_COLUMNS = [
    column(gettext_lazy("Other lender"), "name"),
    column(gettext_lazy("Product there"), "product"),
    column(gettext_lazy("Better there"), "better"),
    column(gettext_lazy("Interviews"), "n", "count"),
]


def _in_order(codes, listed):
    return sorted(codes, key=lambda code: (listed[code].position, code))
