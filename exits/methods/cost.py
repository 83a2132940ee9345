"""What exits cost, and how far they must fall before watching them pays.

saved = fall of the exit rate x clients x (margin a cycle x cycles + cost of winning a client) - cost of the
watching. A suggestion: no source gives this formula whole. Money is in the institution's currency.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product


@dataclass(frozen=True)
class Retaining:
    """What one client kept is worth: the margin of a loan cycle, and how many cycles are to come."""

    margin_a_cycle: float
    cycles: float
    acquisition: float

    @property
    def worth(self) -> float:
        """The margin of the cycles that follow, and the cost of winning a new client instead."""
        return self.margin_a_cycle * self.cycles + self.acquisition


@dataclass(frozen=True)
class Tracking:
    """What a year of watching exits costs: so many minutes of work in all, an hour's pay, and all else."""

    minutes: float
    hour: float
    other: float = 0.0

    @property
    def cost(self) -> float:
        return self.minutes / 60 * self.hour + self.other


@dataclass(frozen=True)
class Saving:
    """`kept` clients a year, what they are worth, what the tracking costs, what is left, and the break-even.

    `break_even` is the fall of the exit rate, as a fraction, that pays for the tracking; None where a client
    kept is worth nothing or there are no clients.
    """

    kept: float
    worth: float
    cost: float
    net: float
    break_even: float | None


def saving(fall: float, clients: float, retaining: Retaining, tracking: Tracking) -> Saving:
    """What a fall of the yearly exit rate by `fall` (a fraction) saves among so many clients."""
    kept = fall * clients
    worth = kept * retaining.worth
    pays = break_even(tracking.cost, clients, retaining.worth)
    return Saving(kept, worth, tracking.cost, worth - tracking.cost, pays)


@dataclass(frozen=True)
class Estimate:
    """An assumption, or what follows from some: at least, most likely, at most."""

    low: float
    likely: float
    high: float

    @classmethod
    def sure(cls, value: float) -> "Estimate":
        return cls(value, value, value)

    @classmethod
    def among(cls, likely: float, values: Iterable[float]) -> "Estimate":
        values = list(values)
        return cls(min(values), likely, max(values))

    @property
    def ends(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True)
class Assumed:
    """What is assumed: the fall of the exit rate as a fraction, what a client kept is worth, what work costs.

    `minutes` are those of all work of the year. Nothing but the margin may be negative.
    """

    fall: Estimate
    margin_a_cycle: Estimate
    cycles: Estimate
    acquisition: Estimate
    minutes: Estimate
    hour: Estimate
    other: Estimate


@dataclass(frozen=True)
class Outlook:
    """What follows, each with its range. `break_even`: its ends are None where no fall pays for the tracking.

    The ranges are those of the worst and the best that may come together, not of what is probable.
    """

    kept: Estimate
    client: Estimate
    worth: Estimate
    cost: Estimate
    net: Estimate
    break_even: tuple[float | None, float | None, float | None]


def outlook(clients: float, assumed: Assumed) -> Outlook:
    """The saving with its range: each value is straight in each assumption, so its ends lie at their ends."""
    usual = Retaining(assumed.margin_a_cycle.likely, assumed.cycles.likely, assumed.acquisition.likely)
    tracking = Tracking(assumed.minutes.likely, assumed.hour.likely, assumed.other.likely)
    likely = saving(assumed.fall.likely, clients, usual, tracking)
    ends = product(assumed.margin_a_cycle.ends, assumed.cycles.ends, assumed.acquisition.ends)
    client = Estimate.among(usual.worth, (Retaining(*some).worth for some in ends))
    kept = Estimate(assumed.fall.low * clients, likely.kept, assumed.fall.high * clients)
    worth = Estimate.among(likely.worth, (n * value for n, value in product(kept.ends, client.ends)))
    cost = Estimate(
        Tracking(assumed.minutes.low, assumed.hour.low, assumed.other.low).cost,
        likely.cost,
        Tracking(assumed.minutes.high, assumed.hour.high, assumed.other.high).cost,
    )
    net = Estimate(worth.low - cost.high, likely.net, worth.high - cost.low)
    pays = (
        break_even(cost.low, clients, client.high),
        likely.break_even,
        break_even(cost.high, clients, client.low),
    )
    return Outlook(kept, client, worth, cost, net, pays)


def break_even(cost: float, clients: float, worth: float) -> float | None:
    """The fall of the exit rate that pays for the tracking; None where none does."""
    base = clients * worth
    return cost / base if base > 0 else None


def net_at(fall: float, clients: float, assumed: Assumed) -> Estimate:
    """What is left of a fall that is known, all else as assumed."""
    return outlook(clients, replace(assumed, fall=Estimate.sure(fall))).net
