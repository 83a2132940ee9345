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
    latest = latest_words(language)
    if (latest and latest.pk) != after:
        raise ValidationError(_("Somebody worded it in this language meanwhile. Look at it again."))
    made = InterviewWords(language=language, words=words, by=by)
    made.full_clean()
    made.save()
    AuditEvent.record("interview.worded", made, by=by, language=language, questions=len(words))
    return made
