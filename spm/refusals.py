"""Why a work refused, kept with its job so that it can be read in any language.

A work raises ``ValidationError(gettext_lazy("…%(name)s…"), params={"name": …})``; kept are the words as they
stand in the code and what fills them. Words that are not lazy stay as whoever asked would read them.
"""

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext


def kept(refused: ValidationError) -> list[dict]:
    """Its sentences as plain values for JSON."""
    return [_kept(error.message, error.params or {}) for error in refused.error_list]


def _kept(message, params: dict) -> dict:
    with translation.override(None):
        words = {name: str(value) for name, value in params.items() if isinstance(value, Promise)}
        source = str(message)
    values = {name: _plain(value) for name, value in params.items() if name not in words}
    return {"message": source, "values": values, "words": words}


def _plain(value):
    return value if isinstance(value, int | float) else str(value)


def in_words(sentences: list[dict]) -> str:
    """What was kept, in the reader's language."""
    return " ".join(_said(**sentence) for sentence in sentences)


def _said(message: str, values: dict, words: dict) -> str:
    filled = values | {name: gettext(said) for name, said in words.items()}
    return gettext(message) % filled if filled else gettext(message)
