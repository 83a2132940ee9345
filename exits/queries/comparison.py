"""Two figures side by side, and which pairs must not be put so."""

from exits.queries.figures import Figures, month_of, months_between


class NotComparable(ValueError):
    """The two figures do not measure the same: `reason` is definition, formula, causes, or length."""

    def __init__(self, reason: str):
        super().__init__(f"figures of different {reason} cannot be compared")
        self.reason = reason


def difference(now: Figures, then: Figures, formula: str, then_formula: str | None = None) -> float | None:
    """How much the rate has changed, as a fraction (0.021 = 2.1 points); None where one is not defined.

    Rates are subtracted, never added. Raises NotComparable for another definition, formula, choice of
    causes, or number of months.
    """
    if formula != (then_formula or formula) or formula not in now.rates:
        raise NotComparable("formula")
    if _definition(now) != _definition(then):
        raise NotComparable("definition")
    if set(now.kept) != set(then.kept):
        raise NotComparable("causes")
    if _months(now) != _months(then):
        raise NotComparable("length")
    one, other = now.rates[formula], then.rates[formula]
    return None if one is None or other is None else one - other


def _definition(figures):
    version = figures.definition
    return (version.pk, figures.window, version.product_windows, version.counts_savings)


def _months(figures):
    return months_between(month_of(figures.start), month_of(figures.end))
