"""What a hostile file is, and what is to come of it."""

from collections.abc import Callable
from dataclasses import dataclass

type Files = list[tuple[str, bytes]]
type Cell = tuple[str, int, str, str]

HEAVY = frozenset(
    {
        "two million cells of one figure",
        "two million cells of one figure, not packed",
        "more shared texts than the cells could show",
    }
)


@dataclass(frozen=True)
class Case:
    """One upload by the web's form.

    ``gate`` is the code of the refusal at the gate. Where the file comes in, ``unreadable`` is the flaw for
    which all of it is refused, ``rows`` are the bad cells (sheet, row, column, code) of a file of which the
    rest is taken, and ``notices`` the codes of what is said besides.
    """

    name: str
    files: Callable[[], Files]
    gate: str = ""
    unreadable: Cell | None = None
    rows: tuple[Cell, ...] = ()
    notices: tuple[str, ...] = ()
    decimal: str = "."

    @property
    def is_heavy(self) -> bool:
        """Does making and reading it take seconds?"""
        return self.name in HEAVY

    def __str__(self) -> str:
        return self.name


def one(content: bytes, name: str = "portfolio.xlsx") -> Files:
    return [(name, content)]
