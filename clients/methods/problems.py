"""What can be wrong with a portfolio file, as codes; the words belong to whoever shows them."""

from dataclasses import dataclass, field


class Absent:
    """Stands in for a cell whose column the file does not have."""

    def __repr__(self):
        return "absent"


ABSENT = Absent()


@dataclass(frozen=True, slots=True, eq=False)
class Bad:
    """Stands in the place of a cell's value that cannot be used; equal only to itself."""

    code: str
    value: str
    params: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad cell. ``row`` counts the header as 1."""

    sheet: str
    row: int
    column: str
    value: str
    code: str
    params: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know that keeps no row out."""

    code: str
    params: dict = field(default_factory=dict)


class Unreadable(Exception):
    """The source as a whole, or a sheet of it, cannot be read."""

    def __init__(self, code: str, sheet: str = "", column: str = "", row: int = 1, kind: str = "", **params):
        super().__init__(code)
        # Which of our sheets it is, where the file calls it by another name.
        self.kind = kind or sheet
        self.problem = Problem(sheet, row, column, "", code, params)
