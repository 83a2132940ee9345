"""What became of the mutants that were tried."""

import time
from pathlib import Path

from tools.mutants import Mutant

SURVIVED, NOTICED, HUNG, OTHERWISE = "survived", "noticed", "hung", "otherwise"


class Tally:
    """What became of so many mutants; kept in a file, where there is one: of tests that are not all of them,
    whose word on what survives is not final, only what they notice.
    """

    def __init__(self, total: int, kept: Path | None = None, *, is_final: bool = True):
        self.total, self.began, self.said = total, time.monotonic(), {}
        self.kept, self.is_final, self.tried = kept, is_final, 0

    def take_up(self, mutants: list[Mutant]) -> list[Mutant]:
        """Note what an earlier run has kept of these; the others."""
        if self.kept is None or not self.kept.exists():
            return mutants
        known = dict(line.split() for line in self.kept.read_text().splitlines())
        self.said = {mutant: known[mutant.digest] for mutant in mutants if mutant.digest in known}
        return [mutant for mutant in mutants if mutant not in self.said]

    def note(self, mutant: Mutant, said: str) -> None:
        self.said[mutant] = said
        self.tried += 1
        if self.kept is not None and (self.is_final or said == NOTICED):
            with self.kept.open("a") as file:
                file.write(f"{mutant.digest} {said}\n")
        if said in {SURVIVED, HUNG}:
            print(f"{said}: {mutant}", flush=True)
        if len(self.said) % 20 == 0:
            spent = time.monotonic() - self.began
            left = spent / self.tried * (self.total - len(self.said)) / 60
            print(f"{len(self.said)} of {self.total}, about {left:.0f} minutes left", flush=True)

    def count(self, said: str) -> int:
        return list(self.said.values()).count(said)
