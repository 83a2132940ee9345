"""What exits cost, and how far they must fall before watching them pays."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Retaining:
    """What one client kept is worth: money in the institution's currency, cycles a number of loans."""

    margin_a_cycle: float
    cycles: float
    acquisition: float

    @property
    def worth(self) -> float:
        """The margin of the cycles that follow, and the cost of winning a new client instead."""
        return self.margin_a_cycle * self.cycles + self.acquisition


@dataclass(frozen=True)
class Tracking:
    """What a year of watching exits costs: interviews of so many minutes, an hour's pay, and all else."""

    interviews: int
    minutes: float
    hour: float
    other: float = 0.0

    @property
    def cost(self) -> float:
        return self.interviews * self.minutes / 60 * self.hour + self.other


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
    """What a fall of the yearly exit rate by `fall` (a fraction) saves among so many clients.

    fall x clients x (margin a cycle x cycles + cost of winning a client) - cost of the tracking. A
    suggestion: no source gives this formula whole.
    """
    kept = fall * clients
    worth = kept * retaining.worth
    base = clients * retaining.worth
    return Saving(
        kept, worth, tracking.cost, worth - tracking.cost, tracking.cost / base if base > 0 else None
    )
