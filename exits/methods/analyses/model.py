"""Who leaves when everything else is equal? All traits at once, by a logistic model."""

import numpy as np
import pandas as pd

from exits.methods.analyses.seen import Seen
from exits.methods.analyses.traits import LATE, Year, of_the_year
from exits.methods.logistic import Logistic, logistic

MODELLED = ("sex", "age", "area", "product", "cycle", "size", "late")
"""Officers and groups are not in it, as there are too many of them; nor are years as a client: beside the
loan cycle they only tell how fast loans followed each other, in odds that nobody could read."""
EACH = 10
"""A value stands alone in the model where as many leavers and as many stayers have it."""
PER_COEFFICIENT = 10
"""So many leavers (or stayers, if those are fewer) are needed for each value that is set against another."""
LOOSE = 1.25
"""A standard error above this, in log odds, is no knowledge: the ends of its interval are 130 times apart."""
Z = 1.959963984540054
"""Of the 95 % interval."""
TOGETHER = "*"
"""The value of a trait that stands for all its small ones."""

BANDS = [name for _edge, name in LATE]


def model(seen: Seen) -> dict:
    """Odds of leaving in the latest year by each trait, the others equal (`logistic`).

    `state` is "made", or why there are no `terms`: "few" (fewer left or stayed than `needed` for so many
    `coefficients`), "parted" (separation, or traits that nearly tell each other), "alike" (nothing to
    compare). Each term has the value that it is compared with as `reference`, its odds ratio, and the
    interval; `together` has by trait the values that count as `TOGETHER`; `left_out` the traits that tell
    nothing apart, or nothing that another does not.
    """
    year = of_the_year(seen)
    values, together = _grouped(year)
    patterns = _patterns(values, year.gone)
    compared, left_out = _told_apart(values, patterns)
    coefficients = sum(len(others) for _trait, _reference, others in compared)
    events = int(min(year.gone.sum(), (~year.gone).sum()))
    found = {
        "start": year.start.isoformat(),
        "end": year.end.isoformat(),
        "leavers": int(year.gone.sum()),
        "stayers": int((~year.gone).sum()),
        "sizes": year.sizes,
        "together": together,
        "left_out": left_out,
        "coefficients": coefficients,
        "needed": PER_COEFFICIENT * coefficients,
    }
    if not coefficients:
        return found | {"state": "alike", "terms": []}
    if events < found["needed"]:
        return found | {"state": "few", "terms": []}
    fit = logistic(_columns(patterns, compared), patterns["left"], patterns["n"])
    if fit is None or fit.errors[1:].max() > LOOSE:
        return found | {"state": "parted", "terms": []}
    return found | {"state": "made", "terms": _terms(fit, compared, values, year.gone)}


def _grouped(year: Year):
    """The modelled traits with small values taken together, and which these are."""
    traits = year.traits()
    values, together = {}, {}
    for name in MODELLED:
        text = traits[name].fillna("").astype(str).to_numpy()
        small = _small(text, year.gone)
        if small:
            together[name] = sorted(small)
            text = np.where(np.isin(text, together[name]), TOGETHER, text)
        values[name] = text
    return pd.DataFrame(values), together


def _small(text, gone) -> set[str]:
    """Values with few leavers or few stayers, with the next smallest until their sum has enough of both."""
    counts = pd.crosstab(text, gone).reindex(columns=[False, True], fill_value=0)
    enough = (counts >= EACH).all(axis=1)
    small, large = counts[~enough], counts[enough]
    for value in large.sum(axis=1).sort_values(kind="stable").index:
        if small.empty or (small.sum() >= EACH).all():
            break
        small = pd.concat([small, large.loc[[value]]])
    return set(small.index) if len(small) > 1 else set()


def _patterns(values, gone):
    """Each combination of values once: how many clients have it, and how many of these left."""
    counted = values.assign(left=gone.astype(int), n=1)
    return counted.groupby(list(MODELLED), as_index=False, sort=True).sum()


def _told_apart(values, patterns):
    """By trait its reference and the other values; and the traits that add nothing to those before."""
    compared, left_out, columns = [], [], np.ones((len(patterns), 1))
    for name in MODELLED:
        named = values[name].value_counts().sort_index().sort_values(ascending=False, kind="stable").index
        reference = next((value for value in named if value not in ("", TOGETHER)), None)
        others = sorted((value for value in named if value != reference), key=_place)
        more = np.column_stack([columns, *(patterns[name] == value for value in others)])
        if reference is None or not others or np.linalg.matrix_rank(more) < more.shape[1]:
            left_out.append(name)
        else:
            columns = more
            compared.append((name, reference, others))
    return compared, left_out


def _place(value):
    """Bands in their order, what is not recorded and what is taken together last."""
    band = BANDS.index(value) if value in BANDS else -1
    return value in ("", TOGETHER), band, not value.startswith("<"), value


def _columns(patterns, compared):
    ones = np.ones(len(patterns))
    return np.column_stack(
        [ones, *(patterns[name] == value for name, _reference, others in compared for value in others)]
    )


def _terms(fit: Logistic, compared, values, gone):
    pairs = [(name, reference, value) for name, reference, others in compared for value in others]
    terms = []
    for (name, reference, value), b, error in zip(pairs, fit.coefficients[1:], fit.errors[1:], strict=True):
        has = (values[name] == value).to_numpy()
        terms.append(
            {
                "trait": name,
                "value": value,
                "reference": reference,
                "n": int(has.sum()),
                "leavers": int((has & gone).sum()),
                "odds": float(np.exp(b)),
                "low": float(np.exp(b - Z * error)),
                "high": float(np.exp(b + Z * error)),
            }
        )
    return terms
