"""The exit interview in one more language: a line for each question and each answer that is read out."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits.forms.interviews import read_out, told_apart
from exits.models import InterviewWords
from spm.forms import CrispyMixin
from spm.worded import CODE, LONGEST, LanguageCode


class WordingForm(CrispyMixin, forms.Form):
    language = forms.CharField(
        label=gettext_lazy("Language, as two or three letters such as qu"),
        max_length=20,
        widget=LanguageCode,
    )

    def __init__(self, data=None, *, latest: InterviewWords | None = None):
        words = latest.words if latest else {}
        super().__init__(data, initial={"language": latest.language if latest else ""})
        if latest:
            self.fields["language"].widget = forms.HiddenInput()
        questions = read_out()
        for key in questions:
            label = told_apart(key, questions)
            text = forms.CharField(label=label, max_length=LONGEST, required=False, initial=words.get(key))
            if latest:
                text.widget.attrs["lang"] = latest.language
            self.fields[key] = text
        after = latest and latest.pk
        self.fields["after"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=after)

    def clean_language(self):
        code = self.cleaned_data["language"].lower()
        if not CODE.fullmatch(code):
            raise ValidationError(_("Write two or three letters, such as es or qu."))
        if code in dict(settings.LANGUAGES):
            raise ValidationError(_("The pages speak this language already: choose it at their top."))
        return code

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not self.words():
            raise ValidationError(_("Write one question at least."))
        return cleaned

    def words(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key in read_out() if self.cleaned_data.get(key)}
