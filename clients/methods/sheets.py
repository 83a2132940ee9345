"""The sheets of a portfolio file and their columns."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a cell holds; an empty cell of the kinds ID, CHOICE and TEXT is "", of the others None."""

    ID = "id"
    REF = "ref"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    MONEY = "money"
    COUNT = "count"
    FLAG = "flag"


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    longest: int = 100
    choices: tuple[str, ...] = ()
    refers: str = ""
    negative: bool = True
    # What a new row gets where the file says nothing.
    default: object = None
    # A plan, not an event: that it lies after today is said once, not row by row.
    planned: bool = False

    @property
    def blank(self):
        """What an empty cell means."""
        if self.default is not None:
            return self.default
        return "" if self.kind in {Kind.ID, Kind.TEXT, Kind.CHOICE} else None


@dataclass(frozen=True)
class Sheet:
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    index: dict[str, int] = field(init=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "index", {column.name: at for at, column in enumerate(self.columns)})

    @property
    def required(self) -> list[str]:
        return [column.name for column in self.columns if column.required]


def _id(name: str) -> Column:
    return Column(name, Kind.ID, required=True)


def _ref(name: str, refers: str, *, required: bool = False) -> Column:
    return Column(name, Kind.REF, required=required, refers=refers)


def _date(name: str, *, required: bool = False, planned: bool = False) -> Column:
    return Column(name, Kind.DATE, required=required, planned=planned)


def _choice(name: str, *choices: str, default: str | None = None) -> Column:
    return Column(name, Kind.CHOICE, choices=choices, default=default)


def _name() -> Column:
    return Column("name", required=True, longest=200)


def _sheet(name: str, *columns: Column, key: tuple[str, ...] = ()) -> Sheet:
    return Sheet(name, columns, key or (columns[0].name,))


# In the order in which they are read and written: whatever a sheet refers to comes before it.
SHEETS: dict[str, Sheet] = {
    sheet.name: sheet
    for sheet in (
        _sheet(
            "offices",
            _id("code"),
            _name(),
            _choice("kind", "head", "region", "branch"),
            _ref("parent", "offices"),
        ),
        _sheet("products", _id("code"), _name(), _choice("kind", "loan", "savings", default="loan")),
        _sheet("officers", _id("code"), _name()),
        _sheet("groups", _id("code"), _name()),
        _sheet(
            "clients",
            _id("client_id"),
            _name(),
            _ref("office", "offices", required=True),
            _choice("sex", "F", "M"),
            _date("birth_date"),
            _choice("area", "rural", "urban"),
            _ref("officer", "officers"),
            _ref("group", "groups"),
            _date("joined_on"),
            Column("phone", longest=50),
            _choice("status", "active", "deceased", "expelled", default="active"),
            _date("status_on"),
        ),
        _sheet(
            "loans",
            _id("loan_id"),
            _ref("client_id", "clients", required=True),
            _ref("product", "products", required=True),
            Column("principal", Kind.MONEY, required=True, negative=False),
            _date("disbursed_on", required=True),
            _date("due_on", planned=True),
            _date("closed_on"),
            _choice("status", "open", "repaid", "written_off"),
            _date("written_off_on"),
            _ref("officer", "officers"),
            _ref("office", "offices"),
            _ref("group", "groups"),
            Column("outstanding", Kind.MONEY, negative=False),
            Column("days_late", Kind.COUNT, negative=False),
        ),
        _sheet(
            "repayments",
            _ref("loan_id", "loans", required=True),
            _date("date", required=True),
            Column("amount", Kind.MONEY, required=True),
            _id("repayment_id"),
            key=("repayment_id",),
        ),
        _sheet(
            "savings",
            _id("account_id"),
            _ref("client_id", "clients", required=True),
            _ref("product", "products", required=True),
            _date("opened_on", required=True),
            _date("closed_on"),
            Column("balance", Kind.MONEY),
        ),
        _sheet(
            "movements",
            _id("movement_id"),
            _ref("account_id", "savings", required=True),
            _date("date", required=True),
            Column("amount", Kind.MONEY, required=True),
            Column("by_client", Kind.FLAG, default=True),
        ),
        _sheet(
            "attendance",
            _ref("client_id", "clients", required=True),
            _date("date", required=True),
            Column("present", Kind.FLAG, required=True),
            key=("client_id", "date"),
        ),
    )
}

MUST_BE_THERE = ("clients", "loans")

# Sheets whose rows a file may name without defining them; they are then made.
MADE_WHEN_NAMED = frozenset({"offices", "products", "officers", "groups"})

# The column that spm adds to the rows it hands back; read again, it says nothing.
COMMENT = "reason"
