"""How leavers differ from stayers: shares of each group, their difference, and how large it is."""

from dataclasses import dataclass
from math import sqrt

from exits.methods.rates import wilson


@dataclass(frozen=True)
class Difference:
    """A trait's share in two groups: `first` of `first_n` have it, `second` of `second_n`.

    `difference` is the first share less the second, `lower` and `upper` its interval; `standardised` is the
    difference in units of the pooled standard deviation. All are None where a group is empty; `standardised`
    also where all of one group and none of the other have the trait.
    """

    first: int
    first_n: int
    second: int
    second_n: int
    difference: float | None
    lower: float | None
    upper: float | None
    standardised: float | None


def difference(first: int, first_n: int, second: int, second_n: int, confidence: float = 0.95) -> Difference:
    """Compare the shares of two groups that have nobody in common.

    The interval is Newcombe's method 10, from two Wilson intervals (1998, Statistics in Medicine 17,
    873-890); the standardised difference is that of Austin (2009, Communications in Statistics 38,
    1228-1234).
    """
    if not first_n or not second_n:
        return Difference(first, first_n, second, second_n, None, None, None, None)
    p, q = first / first_n, second / second_n
    (p_low, p_high), (q_low, q_high) = (
        wilson(first, first_n, confidence),
        wilson(second, second_n, confidence),
    )
    deviation = sqrt((p * (1 - p) + q * (1 - q)) / 2)
    return Difference(
        first,
        first_n,
        second,
        second_n,
        p - q,
        p - q - sqrt((p - p_low) ** 2 + (q_high - q) ** 2),
        p - q + sqrt((p_high - p) ** 2 + (q - q_low) ** 2),
        (p - q) / deviation if deviation else (0.0 if p == q else None),
    )
