"""Walking the chain of the audit trail: is every line as it was written, and is none missing or too many?"""

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from spm import chain
from spm.chain import Flaw
from spm.models import AuditEvent, AuditHead
from spm.numbers import count_words

log = logging.getLogger(__name__)

BATCH = 2000
"""So many lines are in memory at a time."""
NEAR = 10_000
"""A line that is not where it was sealed is looked for within so many places."""
EVERY = dt.timedelta(hours=20)
VERIFIED = "audit.verified"


@dataclass(frozen=True)
class Verdict:
    """How many ``lines`` are whole, the ``digest`` of their last, the ``flaw`` of the next if it has one."""

    lines: int
    digest: str
    flaw: Flaw | None = None
    at: dt.datetime | None = None

    @property
    def is_whole(self) -> bool:
        return self.flaw is None

    @property
    def broken_at(self) -> int:
        """The number of the first broken line."""
        return self.lines + 1

    def __str__(self):
        if self.is_whole:
            said = ngettext(
                "The audit trail is whole: %(lines)s line, and the seal of the last is %(digest)s.",
                "The audit trail is whole: %(lines)s lines, and the seal of the last is %(digest)s.",
                self.lines,
            )
            return said % {"lines": count_words(self.lines), "digest": self.digest}
        when = f" ({date_format(timezone.localtime(self.at), 'DATETIME_FORMAT')})" if self.at else ""
        said = _("The audit trail is broken at line %(number)s%(when)s: %(what)s.")
        return said % {"number": self.broken_at, "when": when, "what": self.flaw.label}


def verify(anchor: tuple[int, str] | None = None) -> Verdict:
    """Walk the whole chain, in batches. ``anchor``: number and seal of a line as noted somewhere else.

    Lines may be written meanwhile; only the last few are read while nobody can add to them.
    """
    walked = _walk(Verdict(0, chain.BEGINNING), anchor)
    if not walked.is_whole:
        return walked
    with transaction.atomic():
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        walked = _walk(walked, anchor)
        return _against_head(walked, head, anchor) if walked.is_whole else walked


def _walk(so_far: Verdict, anchor) -> Verdict:
    digest, number = so_far.digest, so_far.lines
    for line in _lines_after(number):
        flaw = _flaw(line, number + 1, digest)
        if flaw is None and anchor and anchor[0] == line.number and not chain.same(anchor[1], line.digest):
            flaw = Flaw.ANCHOR
        if flaw:
            return Verdict(number, digest, flaw, _when(line, number + 1))
        number, digest = line.number, line.digest
    return Verdict(number, digest)


def _lines_after(number: int) -> Iterator[AuditEvent]:
    """By number; of two with one number, which no untouched database holds, both."""
    lines = AuditEvent.objects.order_by("number", "digest")
    after = lines.filter(number__gt=number) if number else lines
    while batch := list(after[:BATCH]):
        yield from batch
        last = batch[-1]
        after = lines.filter(number__gte=last.number).exclude(number=last.number, digest=last.digest)


def _flaw(line: AuditEvent, place: int, previous: str) -> Flaw | None:
    """What is wrong with the line that stands where number ``place`` should, after the seal ``previous``."""
    sealed = chain.same(line.digest, line.expected_digest())
    if sealed and line.number == place and line.previous == previous:
        return Flaw.HEAD if line.verb == AuditEvent.HEAD_LOST else None
    if line.number == place and not chain.knows(line.key):
        return Flaw.NO_KEY
    if line.number < place:
        return Flaw.INSERTED
    if line.number > place or _belongs_elsewhere(line):
        moved = AuditEvent.objects.filter(previous=previous).exclude(digest=line.digest).exists()
        return Flaw.REORDERED if moved else Flaw.REMOVED
    follower = AuditEvent.objects.filter(number__gt=place).order_by("number").first()
    inserted = follower.previous == previous if follower else not _is_counted(place)
    return Flaw.INSERTED if inserted else Flaw.ALTERED


def _belongs_elsewhere(line: AuditEvent) -> bool:
    """Was the line sealed under another number near its own?"""
    near = range(max(1, line.number - NEAR), line.number + NEAR)
    return any(
        chain.same(line.digest, line.expected_digest(number)) for number in near if number != line.number
    )


def _is_counted(place: int) -> bool:
    head = AuditHead.objects.filter(pk=1).first()
    return head is not None and place <= head.lines


def _when(line: AuditEvent, place: int) -> dt.datetime | None:
    """The time of the line, if it is the very one of this number."""
    return line.at if line.number == place else None


def _against_head(walked: Verdict, head: AuditHead | None, anchor) -> Verdict:
    """Does the chain end where its head says, and reach as far as the noted line?"""
    if head is None or not head.is_sound:
        unknown = head is not None and not chain.knows(head.key)
        return Verdict(walked.lines, walked.digest, Flaw.NO_KEY if unknown else Flaw.HEAD)
    if head.lines > walked.lines or (anchor and anchor[0] > walked.lines):
        return Verdict(walked.lines, walked.digest, Flaw.REMOVED)
    if head.lines < walked.lines:
        line = AuditEvent.objects.filter(number=head.lines + 1).first()
        return Verdict(head.lines, head.digest, Flaw.INSERTED, line and line.at)
    if not chain.same(head.digest, walked.digest):
        return Verdict(walked.lines - 1, walked.digest, Flaw.ALTERED)
    return walked


def check(*, by=None) -> Verdict:
    """Verify, and let a line of the trail itself say with what result; the server's log says it too."""
    verdict = verify()
    log.log(logging.INFO if verdict.is_whole else logging.ERROR, "%s", verdict)
    found = {"lines": verdict.lines}
    if not verdict.is_whole:
        found |= {"flaw": str(verdict.flaw), "broken_at": verdict.broken_at}
    AuditEvent.record(VERIFIED, AuditEvent.label(AuditHead(pk=1)), by=by, **found)
    return verdict


@dataclass(frozen=True)
class Checked:
    """When the trail was verified, how many ``lines`` were whole, the ``flaw`` in words or nothing."""

    at: dt.datetime
    lines: int
    flaw: str


def last_check() -> Checked | None:
    """What the latest verification found."""
    line = AuditEvent.objects.filter(verb=VERIFIED).first()
    if line is None:
        return None
    flaw = ""
    if "flaw" in line.details:
        facts = {"number": count_words(line.details["broken_at"]), "what": Flaw(line.details["flaw"]).label}
        flaw = _("Line %(number)s: %(what)s.") % facts
    return Checked(line.at, line.details["lines"], flaw)


def is_due() -> bool:
    last = last_check()
    return last is None or last.at < timezone.now() - EVERY
