"""The words of the exit interview in one more language, or newer ones; none is written over."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from exits.models import InterviewWords
from exits.queries.wording import latest_words
from spm.models import AuditEvent


@transaction.atomic
def word_interview(*, language: str, words: dict[str, str], after: int | None, by) -> InterviewWords:
    """Read the interview out in these words from now on. ``after`` is the row that they were made from, None
    for a language that is new. ValidationError where there is a newer one.
    """
    made = _worded(language, words, after, by)
    AuditEvent.record("interview.worded", made, by=by, language=language, questions=len(words))
    return made


@transaction.atomic
def take_interview_words(*, said: dict[str, tuple[int | None, dict[str, str]]], by) -> list[InterviewWords]:
    """The same for several languages, all or none and with one line in the trail: ``said`` has by language
    the row that the words were made from, and the words. ValidationError as for one.
    """
    made = [_worded(language, words, after, by) for language, (after, words) in said.items()]
    told = {"languages": sorted(said), "questions": sum(len(row.words) for row in made)}
    AuditEvent.record("interview.words_taken", InterviewWords._meta.label, by=by, **told)
    return made


def _worded(language, words, after, by) -> InterviewWords:
    latest = latest_words(language)
    if (latest and latest.pk) != after:
        raise ValidationError(_("Somebody worded it in this language meanwhile. Look at it again."))
    made = InterviewWords(language=language, words=words, by=by)
    made.full_clean()
    made.save()
    return made
