"""What the words of a file change: in the interview, and in a list of the institution's own."""

from collections import defaultdict

from django.conf import settings
from django.utils.translation import gettext as _

from exits.forms.interviews import read_out, told_apart
from exits.forms.word_files import OF_WORDS, Comparison, Line, in_any_language
from exits.models import InterviewWords
from spm.models.reference import Headed, Reference
from spm.reference import Standing, counting
from spm.worded import CODE, language_name


class InterviewComparison(Comparison):
    """Each line is a language, with a column for each question and answer. Columns that the file has not are
    left as they are; an empty cell takes the words out.
    """

    def __init__(self):
        super().__init__()
        self.questions = read_out()
        self.keys = {key.replace("-", "_"): key for key in self.questions}
        self.latest = {row.language: row for row in InterviewWords.objects.order_by("at", "pk")}
        self.earlier = in_any_language(lambda: _("earlier words"))

    def compare(self, line: Line) -> None:
        if line.cells.get("state", "").casefold() in self.earlier:
            self.seen.add("")
            return
        language = self.code_of(line)
        if not language:
            return
        if not CODE.fullmatch(language):
            self.refuse(line, "code", _("Write two or three letters, such as es or qu."))
        elif language in dict(settings.LANGUAGES):
            self.refuse(line, "code", _("The pages speak this language already: choose it at their top."))
        else:
            self._compare(line, language)

    def _compare(self, line: Line, language: str) -> None:
        latest = self.latest.get(language)
        before = {
            key: text for key, text in (latest.words if latest else {}).items() if key in self.questions
        }
        given = {self.keys[name]: self.text_of(line, name) for name in line.cells if name in self.keys}
        after = {key: text for key, text in (before | given).items() if text}
        if not after:
            self.refuse(line, "code", _("Write one question at least."))
        elif after != before:
            self.said[language] = [latest and latest.pk, after]
            for key in self.questions:
                what = f"{language_name(language)}: {told_apart(key, self.questions)}"
                self.note(what, language, before, after, key)


class EntryComparison(Comparison):
    """Each line is an entry by its code, with a column for its words in each language; as above."""

    def __init__(self, kind: type[Reference]):
        super().__init__()
        self.kind = kind
        self.entries = {entry.code: entry for entry in counting(kind).filter(ends_on=None)}
        self.known_codes = set(kind.objects.values_list("code", flat=True))
        self.over = in_any_language(lambda: Standing.EARLIER.label)
        self.over |= in_any_language(lambda: Standing.WITHDRAWN.label)
        self.lines: dict[str, Line] = {}
        self.words = {code: entry.words for code, entry in self.entries.items()}

    def compare(self, line: Line) -> None:
        if line.cells.get("standing", "").casefold() in self.over:
            self.seen.add("")
            return
        code = self.code_of(line)
        if code in self.entries:
            self._compare(line, self.entries[code])
        elif code in self.known_codes:
            self.refuse(line, "code", _("This entry is withdrawn: bring it back first."))
        elif code:
            self.refuse(line, "code", _("The list has no entry with the code “%(code)s”.") % {"code": code})

    def _compare(self, line: Line, entry: Reference) -> None:
        given = {
            match[1].replace("_", "-"): self.text_of(line, name)
            for name in line.cells
            if (match := OF_WORDS.fullmatch(name))
        }
        after = {language: text for language, text in (entry.words | given).items() if text}
        if not after:
            self.refuse(line, "code", _("Write it in one language at least."))
        elif after != entry.words:
            self.said[str(entry.pk)] = [entry.version, after]
            self.lines[entry.code], self.words[entry.code] = line, after
            for language in {**entry.words, **after}:
                what = f"{entry}: {language_name(language)}"
                self.note(what, language, entry.words, after, language)

    def end(self) -> None:
        """Nobody can choose between two entries that say the same."""
        found = defaultdict(list)
        for code, words in self.words.items():
            entry = self.entries[code]
            place = entry.head if isinstance(entry, Headed) else ""
            for language, text in words.items():
                found[place, language, text.casefold()].append(code)
        for (_place, language, _text), codes in found.items():
            for code in codes if len(codes) > 1 else ():
                if code in self.lines:
                    other = self.entries[next(one for one in codes if one != code)]
                    why = _("The list says this already: %(entry)s.") % {"entry": other}
                    self.refuse(self.lines[code], f"words_{language.replace('-', '_')}", why)
