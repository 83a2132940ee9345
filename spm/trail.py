"""The audit trail in words: verbs, targets and details. Each app names its own in `models/trail.py`."""

import datetime as dt
import re
from collections.abc import Mapping

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

VERBS: dict[str, str] = {}
"""Verb -> title, lazily translated."""
TARGETS: dict[str, str] = {}
"""Label of a model, or view name of a screen -> title, lazily translated."""
DETAILS: dict[str, str] = {}
"""Key of a detail -> title, lazily translated."""
VALUES: dict[str, Mapping] = {}
"""Key of a detail -> {code: words}, where a detail is a code."""


def name(*, verbs=None, targets=None, details=None, values=None) -> None:
    """Give words to what an app records. ValueError for a key that has others already."""
    for register, words in ((VERBS, verbs), (TARGETS, targets), (DETAILS, details), (VALUES, values)):
        for key, said in (words or {}).items():
            if register.setdefault(key, said) != said:
                raise ValueError(f"{key!r} is called {register[key]!s} already.")


def verb_words(verb: str) -> str:
    return str(VERBS.get(verb, verb))


def target_words(target: str) -> str:
    """`clients.ImportBatch:3` is "Import 3"; a job's long id is cut to what tells it from others."""
    label, _colon, key = target.rpartition(":")
    if target in TARGETS or label not in TARGETS:
        return str(TARGETS.get(target, target))
    return f"{TARGETS[label]} {key[:8]}"


def details_words(details: dict) -> list[tuple[str, str]]:
    """Title and words of each detail that says something."""
    pairs = [(_title(key), _words(key, details[key])) for key in _in_order(details)]
    return [(title, words) for title, words in pairs if words]


def _in_order(details: dict) -> list[str]:
    """The keys as PostgreSQL keeps them, short ones first, so that every database tells the same story."""
    return sorted(details, key=lambda key: (len(key), key))


def _title(key: str) -> str:
    return str(DETAILS.get(key, key))


def _words(key: str, value) -> str:
    if isinstance(value, dict):
        return ", ".join(
            _nested(_title(inner), _words(inner, v), v)
            for inner in _in_order(value)
            if _says(v := value[inner])
        )
    if isinstance(value, list):
        return ", ".join(_words(key, inner) for inner in value if _says(inner))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return ""
    if isinstance(value, int):
        return number_format(value, force_grouping=True)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date_format(dt.date.fromisoformat(value), "DATE_FORMAT")
    return str(VALUES.get(key, {}).get(value, value))


def _nested(title: str, words: str, value) -> str:
    return f"{title} ({words})" if isinstance(value, dict) else f"{title} {words}"


def _says(value) -> bool:
    """Counts of nothing, and empty values, are left out."""
    return any(map(_says, value.values())) if isinstance(value, dict) else value not in (0, None, "", [])
