"""Words that an institution writes in any number of languages: those in which clients are asked.

The interface speaks the languages of its catalogues. What officers read out to clients, such as reasons and
questions, is data, ``{language: text}`` in a ``JSONField``, and may be in languages that no catalogue has.
"""

import re

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

# As browsers and catalogues write them: es, qu, pt-br.
CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
LONGEST = 1000
Words = dict[str, str]
# Names of languages for themselves that Django does not know, of places where microfinance is at work.
OWN_NAMES = {
    "ak": "Akan",
    "am": "አማርኛ",
    "ay": "Aymar aru",
    "bm": "Bamanankan",
    "ceb": "Binisaya",
    "ee": "Eʋegbe",
    "ff": "Fulfulde",
    "fil": "Filipino",
    "gn": "Avañe'ẽ",
    "ha": "Hausa",
    "ht": "Kreyòl ayisyen",
    "jv": "Basa Jawa",
    "km": "ខ្មែរ",
    "lg": "Luganda",
    "ln": "Lingála",
    "lo": "ລາວ",
    "mam": "Qyol Mam",
    "mg": "Malagasy",
    "my": "မြန်မာ",
    "nah": "Nāhuatl",
    "ny": "Chichewa",
    "om": "Afaan Oromoo",
    "qu": "Runasimi",
    "quc": "K'iche'",
    "rn": "Ikirundi",
    "rw": "Ikinyarwanda",
    "si": "සිංහල",
    "sn": "chiShona",
    "so": "Soomaali",
    "st": "Sesotho",
    "ti": "ትግርኛ",
    "tl": "Tagalog",
    "wo": "Wolof",
    "xh": "isiXhosa",
    "yo": "Yorùbá",
    "zu": "isiZulu",
}


def in_language(words: Words, language: str | None = None) -> str:
    """The words in this language, that of the page without; else in the nearest that there is: the same
    without its region, that of the page, those of the interface in their order, then whichever comes first.
    """
    page = get_language() or ""
    asked = (language or page).lower()
    ours = [settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    for code in (asked, _without_region(asked), page, _without_region(page), *ours, *words):
        if words.get(code):
            return words[code]
    return ""


def _without_region(language: str) -> str:
    return language.partition("-")[0]


def language_name(code: str) -> str:
    """The language's own name for itself; the code where that is not known."""
    try:
        return get_language_info(code)["name_local"].capitalize()
    except KeyError:
        return OWN_NAMES.get(code, code)


class LanguageCode(forms.TextInput):
    """A code, with languages to choose from by their own names; any other may be typed."""

    def render(self, name, value, attrs=None, renderer=None):
        listed = f"{name}_known"
        known = sorted({*LANG_INFO, *OWN_NAMES})
        options = format_html_join(
            "", '<option value="{}">{}</option>', ((c, language_name(c)) for c in known)
        )
        typed = super().render(name, value, (attrs or {}) | {"list": listed}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', typed, listed, options)


class WordedForm:
    """Put it before the form's base. ``worded`` names what is said in several languages, with its label: the
    form has a line for each language of the interface and each that ``initial`` has words in, and asks for
    one more. Cleaned, it is ``{language: text}``, without the languages in which nothing is said.
    """

    worded: dict[str, str] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in self.worded.items():
            for code in self.languages_of(name):
                text = self._text(f"{label} ({language_name(code)})", self._said(name).get(code, ""))
                text.widget.attrs["lang"] = code
                self.fields[f"{name}_{code}"] = text
            one_more = _("One more language, as two or three letters such as qu")
            self.fields[f"{name}_code"] = forms.CharField(
                label=one_more, max_length=20, required=False, widget=LanguageCode
            )
            self.fields[f"{name}_more"] = self._text(_("%(label)s, in that language") % {"label": label}, "")

    @staticmethod
    def _text(label: str, initial: str) -> forms.CharField:
        return forms.CharField(label=label, initial=initial, max_length=LONGEST, required=False)

    def _said(self, name: str) -> Words:
        return self.initial.get(name) or {}

    def languages_of(self, name: str) -> list[str]:
        return list(dict.fromkeys([*(code for code, _name in settings.LANGUAGES), *self._said(name)]))

    def clean(self):
        super().clean()
        for name in self.worded:
            self.cleaned_data[name] = self._words(name)
        return self.cleaned_data

    def _words(self, name: str) -> Words:
        said = {code: self.cleaned_data.get(f"{name}_{code}") for code in self.languages_of(name)}
        code, more = (self.cleaned_data.get(f"{name}_{part}", "") for part in ("code", "more"))
        code = code.lower()
        if more and not CODE.fullmatch(code):
            self.add_error(f"{name}_code", _("Write two or three letters, such as es or qu."))
        elif code and not more:
            self.add_error(f"{name}_more", _("Write the words in this language, or take the language out."))
        else:
            said[code] = more
        words = {code: text for code, text in said.items() if text}
        if not words:
            self.add_error(f"{name}_{self.languages_of(name)[0]}", _("Write it in one language at least."))
        return words
