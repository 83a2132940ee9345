"""The seven formulas in words: symbols, inputs, meaning, and the trap of each."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exits.methods import ALL_RATES, CAUSES, CLIENT, MFI, Counts
from exits.models import ExitDefinition
from exits.queries import Figures
from exits.queries.formulas import MEANINGS, SYMBOLS
from spm.numbers import count_words, number_words, share_words

TRAPS = {
    "dropout_opening": gettext_lazy(
        "Can pass 100 %: whoever comes and leaves within the period is in X but not in B."
    ),
    "exit_dealt_with": gettext_lazy("Many new clients make it look low: they have had little time to leave."),
    "retention_dealt_with": gettext_lazy(
        "It is 100 % less the exit rate of clients served, so it says nothing new."
    ),
    "retention_opening": gettext_lazy("Can be negative: when many newcomers leave within the period."),
    "exit_closing": gettext_lazy("Can pass 100 %, and rises by itself when the portfolio shrinks."),
    "exit_average": gettext_lazy("Can pass 100 %, and a portfolio that grows fast makes it look low."),
    "follow_on_retention": gettext_lazy(
        "Leaves out who has not repaid yet, whose loan was written off, and whose window still runs."
    ),
}

ABOVE = {"retention_opening": ("E", "N", "B"), "follow_on_retention": ("F", "D")}
INPUTS = {
    "dropout_opening": ("X", "B"),
    "exit_dealt_with": ("X", "B", "N"),
    "retention_dealt_with": ("E", "B", "N"),
    "exit_closing": ("X", "E"),
    "exit_average": ("X", "B", "E"),
} | ABOVE

RATES = {rate.name: rate for rate in ALL_RATES}
NOT_DEFINED = {
    "B": gettext_lazy("not defined: no clients at the start"),
    "E": gettext_lazy("not defined: no clients at the end"),
    "D": gettext_lazy("not defined: nobody had to decide"),
    "": gettext_lazy("not defined: no clients in the period"),
}
DENOMINATORS = {
    "dropout_opening": "B",
    "retention_opening": "B",
    "exit_closing": "E",
    "follow_on_retention": "D",
}


@dataclass(frozen=True)
class FormulaRow:
    """One formula on the page: its words, and its values for all causes, without deaths, by own choice."""

    name: str
    label: str
    symbols: str
    inputs: str
    meaning: str
    trap: str
    chosen: bool
    values: tuple[str, str, str]
    numbers: tuple[float | None, float | None, float | None]
    interval: str


def label_of(formula: str) -> str:
    return str(ExitDefinition.Formula(formula).label)


def is_retention(formula: str) -> bool:
    """Whether more is better."""
    return not RATES[formula].by_cause


def behind_rate(formula: str) -> str:
    """The count whose list a rate opens: what stands above its fraction bar."""
    return {"follow_on_retention": "F"}.get(formula, "E" if is_retention(formula) else "exits")


def counts_of(figures: Figures) -> Counts:
    return Counts(
        B=figures.B,
        new=figures.new,
        returned=figures.returned,
        causes=figures.causes,
        E=figures.E,
        D=figures.D,
        F=figures.F,
    )


def base(figures: Figures, formula: str) -> float:
    """The n of a rate: what it divides by."""
    return RATES[formula].denominator(counts_of(figures), CAUSES)


def base_words(formula: str, n: float = 2) -> str:
    """What the n counts, as said of so many."""
    many = 1 if n == 1 else 2
    return {
        "dropout_opening": ngettext("client at the start", "clients at the start", many),
        "retention_opening": ngettext("client at the start", "clients at the start", many),
        "exit_closing": ngettext("client at the end", "clients at the end", many),
        "exit_average": ngettext("average client", "average clients", many),
        "follow_on_retention": ngettext("client who decided", "clients who decided", many),
    }.get(formula, ngettext("client served", "clients served", many))


def base_said(figures: Figures, formula: str) -> str:
    """The n of a rate with what it counts: 173 clients served."""
    n = base(figures, formula)
    return f"{count_words(n)} {base_words(formula, n)}"


def shown(value: float | None, formula: str) -> str:
    """The rate as one reads it, or why there is none."""
    return str(NOT_DEFINED[DENOMINATORS.get(formula, "")]) if value is None else share_words(value)


def interval_words(interval) -> str:
    """24.6 to 30.4 %; empty where a rate has none."""
    if interval is None:
        return ""
    return _("%(low)s to %(high)s") % {
        "low": number_words(round(interval[0] * 100, 1), 1),
        "high": share_words(interval[1]),
    }


def formula_rows(figures: Figures, chosen: str) -> list[FormulaRow]:
    """All seven, whatever causes the filter keeps: three columns of causes stand side by side."""
    return [_row(rate, figures, chosen) for rate in ALL_RATES]


def _row(rate, figures, chosen):
    counts = counts_of(figures)
    numbers = [rate.value(counts, causes) for causes in (CAUSES, (CLIENT, MFI), (CLIENT,))]
    numbers = tuple(numbers if rate.by_cause else [numbers[0], None, None])
    values = [shown(numbers[0], rate.name)]
    values += [shown(n, rate.name) if rate.by_cause and numbers[0] is not None else "–" for n in numbers[1:]]
    return FormulaRow(
        name=rate.name,
        label=label_of(rate.name),
        symbols=SYMBOLS[rate.name],
        inputs=_inputs(rate.name, counts),
        meaning=str(MEANINGS[rate.name]),
        trap=str(TRAPS[rate.name]),
        chosen=rate.name == chosen,
        values=tuple(values),
        numbers=numbers,
        interval=interval_words(rate.interval(counts)),
    )


def _inputs(formula, counts):
    """X 1,204, B 5,081: what goes in, by its symbol."""
    numbers = {"X": counts.exits, "B": counts.B, "N": counts.N, "E": counts.E, "D": counts.D, "F": counts.F}
    return " · ".join(f"{symbol} {count_words(numbers[symbol])}" for symbol in INPUTS[formula])
