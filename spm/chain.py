"""The seals that make the audit trail a chain: each covers its line and the seal of the line before.

A seal is an HMAC with SHA-256, so that only whoever has the key can make one. The key comes from
``AUDIT_KEY``; keys of earlier times stay in ``AUDIT_KEY_FALLBACKS``, and each line names its own.
"""

import datetime as dt
import hashlib
import hmac
import json
from functools import cache

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# Part of every seal. Another form of the text below needs another name here, and this one kept for old lines.
FORM = "spm.audit.1"
# What the first line follows.
BEGINNING = "0" * 64
# Beyond it a number with a fraction comes back from a database as another one.
MOST = 2**53


class Flaw(TextChoices):
    """What can be wrong with a line."""

    ALTERED = "altered", _("this line was altered")
    REMOVED = "removed", _("this line was removed")
    INSERTED = "inserted", _("this line was inserted")
    REORDERED = "reordered", _("this line was moved from its place")
    HEAD = "head", _("the record of where the trail ends was altered or removed before it")
    NO_KEY = "no_key", _("the key that sealed it is not in the settings")
    ANCHOR = "anchor", _("its seal is not the one noted")


def seal_of_line(*, number: int, at: dt.datetime, by, verb, target, details, key, previous) -> str | None:
    """The seal that a line of this content must have; None where its key is not at hand. ``by`` is an id."""
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return _seal(key, [number, moment, by, verb, target, _settled(details), key, previous])


def seal_of_head(*, lines: int, digest: str, key: str) -> str | None:
    return _seal(key, ["head", lines, digest, key])


def same(one: str | None, other: str | None) -> bool:
    """Are both the same seal? Takes as long for a near miss as for a far one."""
    return one is not None and other is not None and hmac.compare_digest(one.encode(), other.encode())


def key_in_use() -> str:
    """The name of the key that new lines are sealed with."""
    return next(iter(_keys()))


def knows(key: str) -> bool:
    return key in _keys()


def plain(value):
    """The value as every database gives it back: names as text, tuples as lists, 2.0 as 2.

    ValueError for a number that one of them would not keep, TypeError for what is no JSON.
    """
    return _settled(json.loads(json.dumps(value, allow_nan=False)))


def _settled(value):
    if isinstance(value, dict):
        return {name: _settled(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_settled(inner) for inner in value]
    if isinstance(value, str):
        return value.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, float):
        if abs(value) >= MOST:
            raise ValueError(f"{value} is too large for a detail of the audit trail; write it as text.")
        return int(value) if value.is_integer() else value
    return value


def _seal(key: str, facts: list) -> str | None:
    secret = _keys().get(key)
    if secret is None:
        return None
    text = json.dumps([FORM, *facts], sort_keys=True, separators=(",", ":"))
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def _keys() -> dict[str, bytes]:
    return _derived(settings.AUDIT_KEY, *settings.AUDIT_KEY_FALLBACKS)


@cache
def _derived(*texts: str) -> dict[str, bytes]:
    """Name -> key, the one in use first. The name gives nothing of the key away."""
    secrets = [hmac.new(text.encode(), b"spm.audit.chain", hashlib.sha256).digest() for text in texts]
    return {hmac.new(secret, b"name", hashlib.sha256).hexdigest()[:8]: secret for secret in secrets}
