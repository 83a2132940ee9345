"""Saved mappings, and which of them reads a file."""

from dataclasses import dataclass

from clients.methods.mapping import Found, preview, recognises
from clients.methods.sheets import SHEETS
from clients.models import ImportProfile
from clients.queries.imports import reason


def profile_for(sheets: list[Found]) -> ImportProfile | None:
    """The profile that knows these sheets by their headers; of several the one saved last."""
    profiles = ImportProfile.objects.latest_versions().order_by("-created_at", "-pk")
    return next((profile for profile in profiles if recognises(profile.mapping, sheets)), None)


def profile_named(name: str) -> ImportProfile | None:
    """The profile's latest version."""
    return ImportProfile.objects.filter(name=name).order_by("-version").first()


@dataclass(frozen=True)
class PreviewCell:
    text: str
    # Why the row would be rejected, in words.
    problem: str


@dataclass(frozen=True)
class SheetPreview:
    """The first rows of a sheet as they will be read: number and cells of each, under our columns."""

    label: str
    to: str
    columns: list[str]
    rows: list[tuple[int, list[PreviewCell]]]

    @property
    def problems(self) -> int:
        return sum(any(cell.problem for cell in cells) for _number, cells in self.rows)

    @property
    def missing(self) -> list[str]:
        """Columns that our sheet must have and that nothing feeds."""
        return [name for name in SHEETS[self.to].required if name not in self.columns]


def previews(sheets: list[Found], mapping: dict) -> list[SheetPreview]:
    by_label = {found.label: found for found in sheets}
    return [
        SheetPreview(
            entry["label"],
            entry["to"],
            list(entry["columns"]),
            [
                (number, [in_words(cell) for cell in cells])
                for number, cells in preview(by_label[entry["label"]], entry, mapping)
            ],
        )
        for entry in mapping["sheets"]
    ]


def in_words(cell) -> PreviewCell:
    if cell.flaw is None:
        return PreviewCell(cell.text, "")
    facts = {"sheet": "", "row": 0, "column": "", "value": cell.flaw.value}
    return PreviewCell(cell.text, reason({"code": cell.flaw.code, "params": cell.flaw.params, **facts}))
