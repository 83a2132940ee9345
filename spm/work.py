"""My work: what a person is to do by which day, put there by any app and shown on the home page."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from spm import nav
from spm.access import can
from spm.models import WorkItem

AHEAD = 7
"""Days from today on that the home page looks ahead."""
MOST = 100


@dataclass(frozen=True)
class About:
    """Who or what work or a form is about, as its reader may see it; facts are (label, words)."""

    title: str
    link: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Task:
    item: WorkItem
    about: About
    today: dt.date

    @property
    def words(self) -> str:
        return str(nav.WORK[self.item.kind].words)

    @property
    def is_overdue(self) -> bool:
        return self.item.due_on < self.today

    @property
    def due_words(self) -> str:
        if self.item.due_on == self.today:
            return _("today")
        day = date_format(self.item.due_on, "SHORT_DATE_FORMAT")
        return _("since %(day)s") % {"day": day} if self.is_overdue else day

    def as_listed(self) -> dict:
        """For the component ``task_list``."""
        status = "act" if self.is_overdue else "wait" if self.item.due_on == self.today else ""
        return {
            "title": self.about.title,
            "url": self.about.link,
            "why": self.words,
            "status": status,
            "words": self.due_words,
        }


def assign(*, kind: str, key, to, due_on: dt.date) -> WorkItem:
    """Put it on the person's list; the same key again moves it. Part of the app's own action, which leaves
    the line in the audit trail.
    """
    given = {"user": to, "due_on": due_on, "done_at": None}
    return WorkItem.objects.update_or_create(kind=kind, key=str(key), defaults=given)[0]


def assign_all(*, kind: str, items: Iterable[tuple[str, int, dt.date]]) -> None:
    """Put many on people's lists at once, each as its key, the person's id and the day. What is there already
    keeps its day and stays done if it is; it goes to the person named here.
    """
    rows = [WorkItem(kind=kind, key=key, user_id=user, due_on=day) for key, user, day in items]
    same = {"unique_fields": ["kind", "key"], "update_fields": ["user"]}
    WorkItem.objects.bulk_create(rows, batch_size=1_000, update_conflicts=True, **same)


def finish(*, kind: str, keys: Iterable) -> None:
    """Take these off whoever's list they are on."""
    open_ = WorkItem.objects.open().filter(kind=kind, key__in=[str(key) for key in keys])
    open_.update(done_at=timezone.now())


def tasks_of(user, until: dt.date) -> list[Task]:
    """The person's open work due until that day, overdue first: of what they may still do and see."""
    today, due = timezone.localdate(), WorkItem.objects.visible_to(user).open().filter(due_on__lte=until)
    by_kind: dict[str, list[WorkItem]] = {}
    for item in due.order_by("due_on", "pk")[:MOST]:
        by_kind.setdefault(item.kind, []).append(item)
    found = []
    for kind, items in by_kind.items():
        work = nav.WORK.get(kind)
        if work is None or not can(user, work.needs):
            continue
        about = import_string(work.about)(user, [item.key for item in items])
        found += [Task(item, about[item.key], today) for item in items if item.key in about]
    return sorted(found, key=lambda task: (task.item.due_on, task.item.pk))
