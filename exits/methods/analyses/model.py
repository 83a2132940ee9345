"""Who leaves when everything else is equal? All traits at once, by a logistic model."""

from dataclasses import dataclass

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
    traits, together = _grouped(year)
    patterns = _patterns(traits, year.gone)
    compared, left_out = _told_apart(traits, patterns)
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
    fit = logistic(_columns(patterns, compared), patterns.left, patterns.n)
    if fit is None or fit.errors[1:].max() > LOOSE:
        return found | {"state": "parted", "terms": []}
    return found | {"state": "made", "terms": _terms(fit, compared, traits, year.gone)}


@dataclass(frozen=True)
class Trait:
    """Its values in order, and of each client (or pattern) the place of the own value among them."""

    values: np.ndarray
    place: np.ndarray

    @classmethod
    def of(cls, text: np.ndarray) -> "Trait":
        place, values = pd.factorize(text, sort=True)
        return cls(values, place)

    def count(self, of=None) -> np.ndarray:
        """How many have each value, of all or of some."""
        return np.bincount(self.place if of is None else self.place[of], minlength=len(self.values))

    def has(self, value: str) -> np.ndarray:
        return (self.values == value)[self.place]


@dataclass(frozen=True)
class Patterns:
    """Each combination of values once, in order: how many clients have it, and how many of these left."""

    traits: dict[str, Trait]
    n: np.ndarray
    left: np.ndarray


def _grouped(year: Year):
    """The modelled traits with small values taken together, and which these are."""
    traits = year.traits()
    found, together = {}, {}
    for name in MODELLED:
        trait = Trait.of(traits[name])
        small = _small(trait, year.gone)
        if small:
            together[name] = sorted(small)
            values = np.where(np.isin(trait.values, together[name]), TOGETHER, trait.values)
            trait = Trait.of(values[trait.place])
        found[name] = trait
    return found, together


def _small(trait, gone) -> set[str]:
    """Values with few leavers or few stayers, with the next smallest until their sum has enough of both."""
    counts = np.column_stack([trait.count(~gone), trait.count(gone)])
    enough = (counts >= EACH).all(axis=1)
    small, large = list(np.flatnonzero(~enough)), np.flatnonzero(enough)
    for place in large[np.argsort(counts[large].sum(axis=1), kind="stable")]:
        if not small or (counts[small].sum(axis=0) >= EACH).all():
            break
        small.append(place)
    return set(trait.values[small]) if len(small) > 1 else set()


def _patterns(traits, gone):
    shape = tuple(len(trait.values) for trait in traits.values())
    every = np.ravel_multi_index([trait.place for trait in traits.values()], shape) if len(gone) else []
    cells, pattern = np.unique(np.asarray(every, dtype=np.int64), return_inverse=True)
    places = np.unravel_index(cells, shape) if len(gone) else [cells] * len(traits)
    return Patterns(
        {
            name: Trait(trait.values, place)
            for (name, trait), place in zip(traits.items(), places, strict=True)
        },
        np.bincount(pattern, minlength=len(cells)),
        np.bincount(pattern, gone, len(cells)),
    )


def _told_apart(traits, patterns):
    """By trait its reference and the other values; and the traits that add nothing to those before."""
    compared, left_out, columns = [], [], np.ones((len(patterns.n), 1))
    for name, trait in traits.items():
        named = trait.values[np.argsort(-trait.count(), kind="stable")]
        reference = next((value for value in named if value not in ("", TOGETHER)), None)
        others = sorted((value for value in named if value != reference), key=_place)
        more = np.column_stack([columns, *(patterns.traits[name].has(value) for value in others)])
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
    ones, traits = np.ones(len(patterns.n)), patterns.traits
    return np.column_stack(
        [ones, *(traits[name].has(value) for name, _reference, others in compared for value in others)]
    )


def _terms(fit: Logistic, compared, traits, gone):
    pairs = [(name, reference, value) for name, reference, others in compared for value in others]
    terms = []
    for (name, reference, value), b, error in zip(pairs, fit.coefficients[1:], fit.errors[1:], strict=True):
        has = traits[name].has(value)
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
