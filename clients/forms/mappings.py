from dataclasses import dataclass

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from clients.methods.mapping import Found
from clients.methods.names import fold
from clients.methods.proposing import has_few_values, propose_sheet, proposed_values
from clients.methods.sheets import SHEETS, Column, Kind
from clients.queries.imports import SHEET_NAMES

SAMPLED = 200
CONSTANT = "="
DATES = [
    ("iso", "2026-11-24"),
    ("dmy", _("24/11/2026, day before month")),
    ("mdy", _("11/24/2026, month before day")),
    ("serial", _("46350, Excel's number of the day")),
]


@dataclass(frozen=True)
class ColumnRow:
    """One of our columns, and the fields that say what feeds it."""

    column: Column
    source: BoundField
    constant: BoundField
    values: BoundField | None

    @property
    def is_date(self) -> bool:
        return self.column.kind is Kind.DATE


@dataclass(frozen=True)
class SheetRows:
    """A sheet of the file: what it is for us, and our columns of that."""

    label: str
    to: BoundField
    rows: list[ColumnRow]


class MappingForm(forms.Form):
    """Which column of a file feeds which of ours. Made for the sheets of one file, from a mapping.

    Where somebody chooses what a sheet is, its columns are those of the next answer.
    """

    name = forms.CharField(
        label=_("Save as"),
        max_length=60,
        help_text=_("The name of the system, for instance. The next file with these columns is read so too."),
    )
    dates = forms.ChoiceField(label=_("How days are written"), choices=DATES, widget=forms.RadioSelect)
    decimal = forms.ChoiceField(
        label=_("Decimal sign"),
        choices=[(".", _("Point: 1,234.50")), (",", _("Comma: 1.234,50"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, data=None, *, sheets: list[Found], mapping: dict, name: str = ""):
        self.sheets = sheets
        self.entries = {entry["label"]: entry for entry in mapping["sheets"]}
        super().__init__(data, initial={"name": name, **{key: mapping[key] for key in ("dates", "decimal")}})
        for at, found in enumerate(sheets):
            self.add_sheet(at, found)

    def add_sheet(self, at: int, found: Found) -> None:
        entry = self.entries.get(found.label, {"to": "", "columns": {}})
        self.fields[f"to-{at}"] = forms.ChoiceField(
            label=_("These rows are"),
            required=False,
            choices=[("", _("left out")), *SHEET_NAMES.items()],
            initial=entry["to"],
        )
        to = self.chosen(f"to-{at}", entry["to"])
        if to not in SHEETS:
            return
        if to != entry["to"]:
            entry = propose_sheet(found, to, found.sample(SAMPLED))
        for column in SHEETS[to].columns:
            self.add_column(at, found, column, entry)

    def add_column(self, at: int, found: Found, column: Column, entry: dict) -> None:
        key, way = f"{at}-{column.name}", entry["columns"].get(column.name, {})
        headers = [(fold(header), header) for header in found.headers if fold(header)]
        first = ("", _("choose a column") if column.required else _("nothing"))
        self.fields[f"from-{key}"] = forms.ChoiceField(
            required=False,
            choices=[first, *headers, (CONSTANT, _("always the same:"))],
            initial=CONSTANT if "constant" in way else way.get("from", ""),
        )
        self.fields[f"constant-{key}"] = forms.CharField(
            required=False, max_length=100, initial=way.get("constant", "")
        )
        if has_few_values(column):
            values = entry.get("values", {}).get(column.name, {})
            self.fields[f"values-{key}"] = forms.CharField(
                required=False, widget=forms.Textarea(attrs={"rows": 3}), initial=as_lines(values)
            )

    def chosen(self, name: str, initial: str) -> str:
        return self.data.get(name, initial) if self.is_bound else initial

    def full_clean(self):
        """Fields of a sheet that was only now chosen are not in what was sent: the guess stands for them."""
        if self.is_bound:
            sent = self.data.copy()
            for name, field in self.fields.items():
                if name not in sent and name.partition("-")[0] in {"from", "constant", "values"}:
                    sent[name] = field.initial
            self.data = sent
        super().full_clean()

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.mapping()["sheets"]:
            raise forms.ValidationError(_("Say at least of one sheet what its rows are."))
        return cleaned

    def is_complete(self) -> bool:
        """Does something feed every column that must be there? What is missing becomes an error."""
        for at in range(len(self.sheets)):
            to = self.cleaned_data.get(f"to-{at}")
            for name in SHEETS[to].required if to else ():
                if not self.cleaned_data.get(f"from-{at}-{name}"):
                    self.add_error(f"from-{at}-{name}", _("Choose a column: every row needs this."))
        return not self.errors

    def mapping(self) -> dict:
        """What the form says, as ``clients.methods.mapping`` reads it."""
        kept = self.cleaned_data
        entries = []
        for at, found in enumerate(self.sheets):
            to = kept.get(f"to-{at}")
            if to:
                entries.append(self.entry(at, found, to))
        return {"dates": kept["dates"], "decimal": kept["decimal"], "sheets": entries}

    def entry(self, at: int, found: Found, to: str) -> dict:
        columns, values = {}, {}
        for column in SHEETS[to].columns:
            key = f"{at}-{column.name}"
            source = self.cleaned_data.get(f"from-{key}")
            if not source:
                continue
            constant = {"constant": self.cleaned_data.get(f"constant-{key}", "")}
            columns[column.name] = constant if source == CONSTANT else {"from": source}
            if has_few_values(column):
                said = from_lines(self.cleaned_data.get(f"values-{key}", ""))
                values[column.name] = said or self.guessed(found, column, source)
        header = sorted(way["from"] for way in columns.values() if "from" in way)
        return {"label": found.label, "header": header, "to": to, "columns": columns, "values": values}

    def guessed(self, found: Found, column: Column, source: str) -> dict:
        place = found.places.get(source)
        if place is None:
            return {}
        return proposed_values(column, [row[place] for row in found.sample(SAMPLED) if place < len(row)])

    def rows(self) -> list[SheetRows]:
        """The form as its page shows it, sheet by sheet."""
        return [
            SheetRows(
                found.label,
                self[f"to-{at}"],
                [
                    self.row(f"{at}-{column.name}", column)
                    for column in SHEETS.get(
                        self.chosen(f"to-{at}", self.fields[f"to-{at}"].initial), NONE
                    ).columns
                    if f"from-{at}-{column.name}" in self.fields
                ],
            )
            for at, found in enumerate(self.sheets)
        ]

    def row(self, key: str, column: Column) -> ColumnRow:
        values = self[f"values-{key}"] if f"values-{key}" in self.fields else None
        return ColumnRow(column, self[f"from-{key}"], self[f"constant-{key}"], values)


@dataclass(frozen=True)
class NoSheet:
    columns: tuple = ()


NONE = NoSheet()


def as_lines(values: dict[str, str]) -> str:
    """A line for each value: theirs, an equals sign, ours."""
    return "\n".join(f"{theirs} = {ours}" for theirs, ours in values.items())


def from_lines(text: str) -> dict[str, str]:
    pairs = [line.rpartition("=") for line in text.splitlines() if "=" in line]
    return {fold(theirs): ours.strip() for theirs, _sign, ours in pairs if theirs.strip()}
