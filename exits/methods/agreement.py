"""Do two people answer alike? Cohen's kappa of client against staff, first interview against second."""

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd


class Agreement(NamedTuple):
    """How far two raters agree, by name or in this order. `kappa` and its bounds are None where undefined."""

    n: int
    observed: float | None
    expected: float | None
    kappa: float | None
    lower: float | None
    upper: float | None


def agreement(first, second, confidence: float = 0.95) -> Agreement:
    """Cohen's kappa of two answers to one question about the same people, with its interval.

    A pair in which either answer is missing (None, NaN, "") is left out. `observed` is the share of equal
    answers, `expected` that by chance alone; kappa = (observed - expected) / (1 - expected), None where
    chance alone agrees always. Standard error of Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72,
    323-327. ValueError for lengths that differ.
    """
    first, second = pd.Series(list(first), dtype=object), pd.Series(list(second), dtype=object)
    if len(first) != len(second):
        raise ValueError("both must be equally long")
    given = first.notna() & second.notna() & (first != "") & (second != "")
    n = int(given.sum())
    if not n:
        return Agreement(0, None, None, None, None, None)
    table = _table(first[given], second[given]) / n
    row, column = table.sum(axis=1), table.sum(axis=0)
    observed, expected = float(np.trace(table)), float(row @ column)
    if np.isclose(expected, 1):
        return Agreement(n, observed, expected, None, None, None)
    kappa = (observed - expected) / (1 - expected)
    spread = NormalDist().inv_cdf((1 + confidence) / 2) * _error(table, row, column, kappa, expected, n)
    return Agreement(n, observed, expected, kappa, max(kappa - spread, -1.0), min(kappa + spread, 1.0))


def _table(first, second):
    names, _ = pd.factorize(pd.concat([first, second]))
    a, b = names[: len(first)], names[len(first) :]
    table = np.zeros((names.max() + 1,) * 2)
    np.add.at(table, (a, b), 1)
    return table


def _error(table, row, column, kappa, expected, n):
    agreeing = np.diag(table) @ (1 - (row + column) * (1 - kappa)) ** 2
    # Off the diagonal: answer i of the first, j of the second, with the margins crossed.
    crossed = (table * (column[:, None] + row[None, :]) ** 2).sum() - np.diag(table) @ (row + column) ** 2
    variance = agreeing + (1 - kappa) ** 2 * crossed - (kappa - expected * (1 - kappa)) ** 2
    return sqrt(max(variance, 0) / n) / (1 - expected)
