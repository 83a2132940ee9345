"""Entries of the institution's own lists."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from spm.forms import CrispyMixin
from spm.models.reference import Reference
from spm.reference import languages_of
from spm.worded import WordedForm


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class EntryForm(WordedForm, CrispyMixin, forms.Form):
    """A new entry, or what ``entry`` shall say from a day on. ``own`` are the fields of the kind."""

    kind: type[Reference]
    own: tuple[str, ...] = ()
    worded = {"words": _("What it says")}
    starts_on = forms.DateField(
        label=_("From which day?"),
        widget=Day,
        help_text=_("What was recorded before that day keeps the words that it was asked in."),
    )

    def __init__(self, data=None, *, entry: Reference | None = None):
        said = {name: getattr(entry, name) for name in ("words", *self.own) if entry}
        self.day = max(timezone.localdate(), entry.starts_on) if entry else timezone.localdate()
        super().__init__(data, initial=said | {"starts_on": self.day})
        last = {name: self.fields.pop(name) for name in (*self.own, "starts_on")}
        self.fields |= last

    def languages_of(self, name):
        return list(dict.fromkeys([*super().languages_of(name), *self.languages]))

    @property
    def languages(self) -> list[str]:
        """In which the list is worded, beside those of the interface; asked for once."""
        if not hasattr(self, "_languages"):
            self._languages = languages_of(self.kind)
        return self._languages

    def said(self) -> dict:
        """What the action takes."""
        return {name: self.cleaned_data[name] for name in ("words", "starts_on", *self.own)}


class WithdrawForm(CrispyMixin, forms.Form):
    ends_on = forms.DateField(label=_("From which day is it offered no more?"), widget=Day)
