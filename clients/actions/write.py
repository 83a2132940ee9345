"""Writing a plan: sheet by sheet, in batches, within the caller's transaction."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import batched

from django.utils.translation import gettext_noop

from clients.actions.changes import Changes, is_made_anew, links_to, tree
from clients.actions.offices import CODE, KIND, NAME, PARENT, PLACEHOLDER
from clients.actions.planned import Plan, SheetPlan
from clients.actions.records import RECORDS, numbers_of, rows_of
from clients.methods.names import NAME_LENGTH, search_name
from clients.methods.sheets import MADE_WHEN_NAMED, SHEETS
from clients.methods.tree import top_down
from clients.models import ClientPosting, Group, Office, Officer, Product, Recorded
from spm.bulk import put

BATCH = 5_000
type Step = Callable[[int], None]


def write_plan(plan: Plan, changes: Changes, progress) -> None:
    """Bring the planned rows in, and note what that changes. Call it inside a transaction."""
    step = Writing(plan, progress).step
    before = tree()
    write_offices(plan, changes)
    changes.tree_changed(before)
    write_made(plan, changes)
    refs = Refs()
    for name, sheet in plan.sheets.items():
        if name != "offices":
            write_sheet(name, (row for _, row in sheet.update), refs, changes, step, update=True)
            write_sheet(name, sheet.create, refs, changes, step)
            write_staged(sheet, changes, step)
    post_clients(plan, refs, changes)


class Writing:
    """Tells the progress how many rows are written."""

    def __init__(self, plan: Plan, progress):
        self.total = max(sum(map(len, plan.sheets.values())), 1)
        self.done = 0
        self.progress = progress

    def step(self, rows: int) -> None:
        self.done = min(self.done + rows, self.total)
        self.progress.step(self.done, self.total, gettext_noop("Writing"))


class Refs:
    """Codes to primary keys: the small sheets whole, clients, loans and accounts as each batch needs them."""

    @cached_property
    def small(self) -> dict[str, dict[str, int]]:
        """Read on first use, when all of these are written."""
        return {
            name: dict(RECORDS[name].model.objects.order_by().values_list("code", "pk"))
            for name in MADE_WHEN_NAMED
        }

    def of(self, sheet: str, rows: tuple) -> dict[str, dict]:
        """For each sheet that the columns refer to, the primary key of every code; None stays None."""
        found = {}
        for place, column in enumerate(SHEETS[sheet].columns):
            if not column.refers or column.refers in found:
                continue
            small = self.small.get(column.refers)
            if small is None:
                small = numbers_of(column.refers, {row[place] for row in rows})
            found[column.refers] = {**small, None: None}
        return found


def write_offices(plan: Plan, changes: Changes) -> None:
    """The tree from the top down, office by office, as each path hangs on its parent's."""
    sheet = plan.sheets.get("offices")
    planned = [*sheet.create, *(row for _, row in sheet.update)] if sheet else []
    rows = {row[CODE]: row for row in planned}
    if plan.top.named:
        write_head(plan.top.code, plan.top.code, changes)
    for row in planned:
        if row[KIND] == "head":
            write_head(row[CODE], row[NAME], changes)
    head = Office.head()
    for code in plan.made["offices"]:
        Office(code=code, name=code[:NAME_LENGTH], kind=Office.Kind.BRANCH, parent=head).save()
    offices = {office.code: office for office in Office.objects.all()}
    for code in top_down({code: row[PARENT] for code, row in rows.items() if row[KIND] != "head"}):
        row = rows[code]
        office = offices.setdefault(code, Office(code=code))
        office.name, office.kind, office.parent = row[NAME], row[KIND], offices[row[PARENT]]
        office.save()


def write_head(code: str, name: str, changes: Changes) -> None:
    head = Office.objects.filter(parent=None).first() or Office(code=PLACEHOLDER, kind=Office.Kind.HEAD)
    made_up = Office.objects.filter(code=code, parent__isnull=False).first()
    if made_up:
        absorb(head, made_up, changes)
    head.code, head.name = code, name
    head.save()


def absorb(head: Office, made_up: Office, changes: Changes) -> None:
    """An office that was made when it was named turns out to be the head office: all it had is the head's."""
    for child in made_up.children.all():
        child.parent = head
        child.save()
    for model, name in links_to(Office):
        rows = model._base_manager.filter(**{name: made_up})
        if issubclass(model, Recorded):
            changes.about_to_change(rows)
            rows.update(**{name: head}, changed_in=changes.kept)
        elif rows.update(**{name: head}) and not is_made_anew(model):
            # Whose role it was is not kept.
            changes.cannot_be_undone()
    made_up.delete()


def write_made(plan: Plan, changes: Changes) -> None:
    """Products, officers and groups that a file names without defining them, under their code as name."""
    kinds = plan.made["products"]
    made = {
        Product: [Product(code=code, name=code, kind=kind) for code, kind in kinds.items()],
        Officer: [Officer(code=code, name=code) for code in plan.made["officers"]],
        Group: [Group(code=code, name=code) for code in plan.made["groups"]],
    }
    for model, rows in made.items():
        for row in rows:
            row.changed_in = changes.kept
        model.objects.bulk_create(rows)
        changes.created(model, len(rows))


def write_sheet(
    name: str, rows: Iterable[tuple], refs: Refs, changes: Changes, step: Step, *, update: bool = False
) -> None:
    record = RECORDS[name]
    fields = [field.split("__")[0] for field in record.fields]
    keys = [field.split("__")[0] for field in record.key]
    extra = ["search_name", "changed_in"] if name == "clients" else ["changed_in"]
    changed = [*record.written, *extra] if update else []
    for some in batched(rows, BATCH):
        columns = [*columns_of(name, some, refs), [changes.pk] * len(some)]
        if update:
            changes.about_to_change(rows_of(name, some))
        else:
            changes.created(record.model, len(some))
        put(record.model, [*fields, *extra], columns, keys=keys, changed=changed)
        step(len(some))


def write_staged(sheet: SheetPlan, changes: Changes, step: Step) -> None:
    staged = sheet.staged
    if staged and staged.new:
        changes.created(staged.model, staged.new)
        for rows in staged.write(changes.pk):
            step(rows)


def columns_of(name: str, rows: tuple, refs: Refs) -> list[list]:
    """The rows' values by column, codes turned into primary keys; for clients also the name to search in."""
    found = refs.of(name, rows)
    columns = []
    for column, values in zip(SHEETS[name].columns, zip(*rows, strict=True), strict=True):
        if column.refers:
            numbers = found[column.refers]
            values = [numbers[value] for value in values]
        columns.append(values)
    if name == "clients":
        columns.append([search_name(row[1]) for row in rows])
    return columns


def post_clients(plan: Plan, refs: Refs, changes: Changes) -> None:
    """The office and officer of each new client, and of each who has moved, with the day."""
    sheet = plan.sheets.get("clients")
    if sheet:
        for some in batched(postings(plan, sheet), BATCH):
            clients, offices, officers, days = zip(*some, strict=True)
            numbers = numbers_of("clients", clients)
            columns = [
                [numbers[code] for code in clients],
                [refs.small["offices"][code] for code in offices],
                [refs.small["officers"].get(code) for code in officers],
                days,
                [changes.pk] * len(some),
            ]
            put(ClientPosting, ["client", "office", "officer", "since", "changed_in"], columns)
            changes.created(ClientPosting, len(some))
        post_staged(sheet, changes, plan.data_as_of or plan.today)


def post_staged(sheet: SheetPlan, changes: Changes, day: dt.date) -> None:
    staged = sheet.staged
    if staged and staged.new:
        changes.created(ClientPosting, staged.new)
        for _rows in staged.post(changes.pk, day.isoformat()):
            pass


def postings(plan: Plan, sheet) -> Iterator[tuple]:
    """Client, office, officer and day of each posting of a client who has moved."""
    index = SHEETS["clients"].index
    office, officer = index["office"], index["officer"]
    day = plan.data_as_of or plan.today
    for old, new in sheet.update:
        if (old[office], old[officer]) != (new[office], new[officer]):
            yield new[0], new[office], new[officer], day
