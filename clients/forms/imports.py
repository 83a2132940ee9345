import shutil
import tempfile
import zipfile
from pathlib import PurePosixPath

from django import forms
from django.core.files import File
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from clients.methods.sheets import SHEETS
from clients.models import ImportBatch
from spm import uploads
from spm.forms import CrispyMixin

CHUNK = 1 << 20


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PortfolioField(forms.FileField):
    """One workbook, one zip, or several CSV files; each passes the gate."""

    widget = SeveralFiles(attrs={"accept": ".xlsx,.zip,.csv"})

    def clean(self, data, initial=None):
        # Without a file the browser sends an empty list, which is as little as none.
        files = (data if isinstance(data, list | tuple) else [data]) or [None]
        return [uploads.admit(super(PortfolioField, self).clean(file, initial)) for file in files]


class ImportForm(CrispyMixin, forms.Form):
    files = PortfolioField(
        label=_("Files"),
        help_text=_(
            "One Excel workbook, or one ZIP of CSV files, or the CSV files themselves, several at once."
        ),
    )
    profile = forms.ChoiceField(
        label=_("Where the files come from"),
        choices=ImportBatch.Profile,
        initial=ImportBatch.Profile.GENERIC,
        widget=forms.RadioSelect,
    )
    decimal = forms.ChoiceField(
        label=_("Decimal sign in CSV files"),
        choices=[(".", _("Point: 1234.50")), (",", _("Comma: 1234,50"))],
        initial=".",
        widget=forms.RadioSelect,
    )
    strict = forms.BooleanField(
        label=_("All rows or none"),
        help_text=_("Write nothing at all if a single row is bad. Without this, the good rows come in."),
        required=False,
    )

    def clean(self):
        cleaned = super().clean()
        admitted = cleaned.get("files") or []
        kinds = {file.kind for file in admitted}
        workbooks_together = cleaned.get("profile") == ImportBatch.Profile.FINERACT and kinds == {"xlsx"}
        names = {file.name.casefold() for file in admitted}
        if len(admitted) > 1 and kinds != {"csv"} and not workbooks_together:
            self._refuse("together", _("Choose one workbook, or one ZIP, or several CSV files."))
        elif len(names) < len(admitted):
            self._refuse("twice", _("Two of the files have the same name."))
        elif cleaned.get("profile") == ImportBatch.Profile.MAPPED:
            return cleaned
        elif kinds == {"csv"} and not any(sheet_name(file.name) in SHEETS for file in admitted):
            self._refuse(
                "unnamed", _("Name each CSV file after its sheet: clients.csv, loans.csv and so on.")
            )
        return cleaned

    def _refuse(self, code: str, words) -> None:
        self.add_error("files", forms.ValidationError(words, code=code))

    def tell_too_large(self, words: str) -> None:
        """Say why not all files arrived, and nothing of the fields that would have followed them."""
        self.files = MultiValueDict()
        self.fields["files"].error_messages["required"] = words
        chosen = {name: field.initial for name, field in self.fields.items() if name not in self.data}
        self.data = {**chosen, **self.data.dict()}

    def source(self) -> str:
        """The names of the files as they were handed in."""
        return ", ".join(file.name for file in self.cleaned_data["files"])

    def as_one_file(self) -> File:
        """The upload to keep: the file itself, or a zip of the CSV files or workbooks."""
        admitted = self.cleaned_data["files"]
        if len(admitted) == 1 and admitted[0].kind != "csv":
            return File(admitted[0].open(), name=f"portfolio.{admitted[0].kind}")
        packed = tempfile.TemporaryFile()  # noqa: SIM115 closed by whoever keeps it
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in admitted:
                with archive.open(file.name, "w") as member:
                    shutil.copyfileobj(file.open(), member, CHUNK)
        packed.seek(0)
        return File(packed, name="portfolio.zip")


def sheet_name(file_name: str) -> str:
    return PurePosixPath(file_name).stem.casefold()
