"""The institution's own lists: an entry is added, reworded, withdrawn, brought back, moved; none is lost."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from spm.models import AuditEvent
from spm.models.reference import Headed, Reference
from spm.models.versioned import Stale
from spm.reference import counting, is_latest, level, under

LONGEST_STEM = 30


@transaction.atomic
def add_entry(*, kind: type[Reference], words: dict, starts_on: dt.date, by, **given) -> Reference:
    """A new entry, the last of its level; ``given`` are the fields of its kind. Its code comes of its words.

    ValidationError for a day that has passed, for words that the level has already, for a head that is none.
    """
    _refuse_past(starts_on)
    _hold(kind)
    entry = kind(code=_code(kind, words), words=words, starts_on=starts_on, by=by, **given)
    _refuse_without_head(entry, _("This head is not in the list any more."))
    _refuse_same_words(entry)
    last = kind.objects.filter(**_of_level(entry)).aggregate(last=Max("position"))["last"] or 0
    entry.position = last + 1
    entry.full_clean()
    entry.save(force_insert=True)
    AuditEvent.record("list.added", entry, by=by, code=entry.code, starts_on=starts_on.isoformat())
    return entry


@transaction.atomic
def reword_entry(
    *, entry: Reference, version: int, words: dict, starts_on: dt.date, by, **given
) -> Reference:
    """Other words, and other fields of its kind, from ``starts_on`` on: the entry ends, and another starts
    under its code. Only one that has yet to start, on that very day, is changed itself, as nobody was asked
    by it.
    Nothing is written where nothing differs.

    ValidationError for a day that has passed or lies before the entry, for one that is withdrawn, and for
    words that another has; Stale if somebody was first.
    """
    reworded = _reworded(entry, version, words, starts_on, by, given)
    if reworded is None:
        return entry
    _refuse_same_words(reworded)
    AuditEvent.record("list.reworded", reworded, by=by, code=reworded.code, starts_on=starts_on.isoformat())
    return reworded


@transaction.atomic
def reword_entries(
    *, kind: type[Reference], said: dict[int, tuple[int, dict]], starts_on: dt.date, by
) -> list[Reference]:
    """The same for many entries, all or none and with one line in the trail: ``said`` has by the key of an
    entry the version that its new words were made from, and the words. Refusals as of one; Stale where an
    entry is gone.
    """
    _hold(kind)
    rows = kind.objects.in_bulk(said)
    if rows.keys() != said.keys():
        raise Stale
    made = [_reworded(rows[pk], version, words, starts_on, by, {}) for pk, (version, words) in said.items()]
    made = [entry for entry in made if entry]
    for entry in made:  # when all are in their place, as two may change words with one another
        _refuse_same_words(entry)
    languages = sorted({language for entry in made for language in entry.words})
    told = {"entries": len(made), "languages": languages}
    AuditEvent.record("list.words_taken", kind._meta.label, by=by, starts_on=starts_on.isoformat(), **told)
    return made


@transaction.atomic
def withdraw_entry(*, entry: Reference, version: int, ends_on: dt.date, by) -> Reference:
    """Offer it no more from this day on; what was recorded by it stays.

    ValidationError for a day that has passed or lies before the entry, for one that is withdrawn, and for a
    head under which others count; Stale if somebody was first.
    """
    entry.take(version)
    _refuse_past(ends_on)
    if entry.ends_on is not None:
        raise ValidationError(_("This entry is withdrawn already."))
    _refuse_before(ends_on, entry)
    if under(entry).exists():
        raise ValidationError(_("Withdraw what stands under it first."))
    entry.ends_on = ends_on
    entry.save(update_fields=["ends_on"])
    AuditEvent.record("list.withdrawn", entry, by=by, code=entry.code, ends_on=ends_on.isoformat())
    return entry


@transaction.atomic
def bring_back_entry(*, entry: Reference, version: int, by) -> Reference:
    """Offer it again from today on, as it was worded last; one that was to be withdrawn later simply stays.

    ValidationError for one that is not withdrawn, or whose head is; Stale if somebody was first.
    """
    entry.take(version)
    today = timezone.localdate()
    if entry.ends_on is None or not is_latest(entry):
        raise ValidationError(_("This entry is not withdrawn."))
    _refuse_without_head(entry, _("Bring back the head first that it stands under."))
    if entry.ends_on > today:
        entry.ends_on = None
        entry.save(update_fields=["ends_on"])
    else:
        entry = _copy(entry, starts_on=today, by=by)
        _refuse_same_words(entry)
        entry.full_clean()
        entry.save()
    AuditEvent.record(
        "list.brought_back", entry, by=by, code=entry.code, starts_on=entry.starts_on.isoformat()
    )
    return entry


@transaction.atomic
def move_entry(*, entry: Reference, up: bool, by) -> None:
    """Change places with the entry before it on its level, or after it; nothing happens at the end of it."""
    kind = type(entry)
    _hold(kind)
    rows = level(entry).order_by("position", "code").values_list("code", flat=True)
    order = list(dict.fromkeys(rows))
    if entry.code not in order:
        return
    place = order.index(entry.code)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    for position, code in enumerate(order, start=1):
        kind.objects.filter(code=code).exclude(position=position).update(position=position)
    AuditEvent.record("list.moved", entry, by=by, code=entry.code)


def _reworded(entry, version, words, starts_on, by, given) -> Reference | None:
    """What now says these words, saved; None where it said them already."""
    entry.take(version)
    _refuse_past(starts_on)
    if entry.ends_on is not None:
        raise ValidationError(_("This entry is withdrawn: bring it back first."))
    _refuse_before(starts_on, entry)
    if (words, given) == (entry.words, {name: getattr(entry, name) for name in given}):
        return None
    if starts_on > entry.starts_on or entry.starts_on <= timezone.localdate():
        entry = _followed_by(entry, starts_on)
    entry.words, entry.by = words, by
    for name, value in given.items():
        setattr(entry, name, value)
    entry.full_clean()
    entry.save()
    return entry


def _hold(kind: type[Reference]) -> None:
    """One after the other: who adds or moves looks at the whole list."""
    list(kind.objects.order_by("pk").select_for_update().values_list("pk"))


def _refuse_past(day: dt.date) -> None:
    if day < timezone.localdate():
        raise ValidationError(_("Choose today or a later day."))


def _refuse_before(day: dt.date, entry: Reference) -> None:
    if day < entry.starts_on:
        said = {"day": date_format(entry.starts_on, "DATE_FORMAT")}
        raise ValidationError(_("These words start on %(day)s: choose that day or a later one.") % said)


def _refuse_without_head(entry: Reference, why: str) -> None:
    head = getattr(entry, "head", "")
    if head and not counting(type(entry)).filter(head="", code=head).exists():
        raise ValidationError(why)


def _refuse_same_words(entry: Reference) -> None:
    """Nobody can choose between two entries that say the same."""
    said = {(language, text.casefold()) for language, text in entry.words.items()}
    for other in level(entry).exclude(code=entry.code):
        if said & {(language, text.casefold()) for language, text in other.words.items()}:
            raise ValidationError(_("The list says this already: %(entry)s.") % {"entry": other})


def _of_level(entry: Reference) -> dict:
    return {"head": entry.head} if isinstance(entry, Headed) else {}


def _followed_by(entry: Reference, day: dt.date) -> Reference:
    """End the entry on this day; what follows it, not saved yet."""
    entry.ends_on = day
    entry.save(update_fields=["ends_on"])
    return _copy(entry, starts_on=day)


def _copy(entry: Reference, **given) -> Reference:
    own = {name: getattr(entry, name) for name in entry.own}
    return type(entry)(code=entry.code, position=entry.position, words=entry.words, **own, **given)


def _code(kind: type[Reference], words: dict) -> str:
    """Of the first words; free, as a code stays with its entry for ever."""
    stem = slugify(next(iter(words.values()), ""))[:LONGEST_STEM].replace("-", "_") or "entry"
    taken = set(kind.objects.filter(code__startswith=stem).values_list("code", flat=True))
    numbered = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (stem, *numbered) if code not in taken)
