"""What changes the records notes how they stood before, so that it can be taken back."""

from collections import defaultdict
from functools import cached_property

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Model

from clients.models import BeforeImage, ChangeSet, Office, Recorded
from spm.bulk import quoted

# Every model whose rows bear what changed them last, by name; whatever one refers to comes before it.
RECORDED: dict[str, type[Recorded]] = {
    model._meta.model_name: model
    for model in apps.get_app_config("clients").get_models()
    if issubclass(model, Recorded)
}


class Changes:
    """Keeps a change set while it is written. Use it inside the transaction that writes."""

    def __init__(self):
        self.counts = defaultdict(lambda: {"created": 0, "changed": 0, "removed": 0})

    @cached_property
    def kept(self) -> ChangeSet:
        """Made with the first change."""
        return ChangeSet.objects.create()

    @property
    def pk(self) -> int:
        return self.kept.pk

    def created(self, model: type[Model], number: int) -> None:
        """So many rows were made, which bear this change set."""
        self.counts[model._meta.model_name]["created"] += number

    def about_to_change(self, rows) -> None:
        """Keep these rows (a queryset) as they stand; the caller then changes them to bear this set."""
        self.counts[rows.model._meta.model_name]["changed"] += keep_images(self.kept, rows)

    def about_to_remove(self, rows) -> None:
        """The same for rows that the caller then deletes."""
        self.counts[rows.model._meta.model_name]["removed"] += keep_images(self.kept, rows)

    def tree_changed(self, before: dict[int, dict]) -> None:
        """The same for offices, written one by one: ``before`` holds the values of each by primary key."""
        after = tree()
        gone = [pk for pk in before if pk not in after]
        changed = [pk for pk in before if pk in after and after[pk] != before[pk]]
        made = [pk for pk in after if pk not in before]
        images = [self.image(pk, before[pk]) for pk in [*gone, *changed]]
        BeforeImage.objects.bulk_create(images)
        if changed or made:
            Office.objects.filter(pk__in=[*changed, *made]).update(changed_in=self.kept)
        counts = {"created": len(made), "changed": len(changed), "removed": len(gone)}
        self.counts["office"] = counts

    def image(self, pk: int, values: dict) -> BeforeImage:
        return BeforeImage(
            changes=self.kept, model="office", row=pk, was_id=values["changed_in_id"], values=values
        )

    def cannot_be_undone(self) -> None:
        self.kept.is_final = True

    def close(self) -> ChangeSet | None:
        """The change set with its counts; None where nothing has changed."""
        counts = {name: numbers for name, numbers in self.counts.items() if any(numbers.values())}
        if not counts:
            return None
        if connection.vendor == "postgresql":
            # Until these rows are counted the planner takes the table for empty, and reads it for each row.
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {quoted(BeforeImage._meta.db_table)}")
        self.kept.counts = counts
        self.kept.save()
        return self.kept


def tree() -> dict[int, dict]:
    """Every office's values by primary key; there are few."""
    return {values["id"]: values for values in Office.objects.order_by().values()}


def is_made_anew(model: type[Model]) -> bool:
    """Is the model only counted from the records, and so made anew after each change?"""
    return model._meta.label in settings.MADE_AFTER_IMPORT


def links_to(model: type[Model]) -> list[tuple[type[Model], str]]:
    """Every model and field that refers to ``model``."""
    links = model._meta.get_fields(include_hidden=True)
    return [
        (link.related_model, link.field.name)
        for link in links
        if link.auto_created and not link.concrete and (link.one_to_many or link.one_to_one)
    ]


# Images are taken and put back inside the database: a nightly import may change every open loan.


def keep_images(kept: ChangeSet, rows) -> int:
    """Copy the rows as JSON, unless this change set has them already; how many it took."""
    table, images = quoted(rows.model._meta.db_table), quoted(BeforeImage._meta.db_table)
    chosen, parameters = rows.order_by().values("pk").query.sql_with_params()
    # The names are the models' own.
    sql = (
        f"INSERT INTO {images} (changes_id, model, row, was_id, {quoted('values')})"  # noqa: S608  # nosec B608
        f" SELECT %s, %s, t.id, t.changed_in_id, {row_as_json(rows.model)} FROM {table} t"
        f" WHERE t.id IN ({chosen}) ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [kept.pk, rows.model._meta.model_name, *parameters])
        return cursor.rowcount


def columns_of(model: type[Model]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def row_as_json(model: type[Model]) -> str:
    if connection.vendor == "postgresql":
        return "to_jsonb(t)"
    return f"json_object({', '.join(f"'{name}', t.{quoted(name)}" for name in columns_of(model))})"


def images_as_rows(model: type[Model]) -> str:
    """A subquery of the images of a model in a change set, as rows of its table; two parameters."""
    images, values = quoted(BeforeImage._meta.db_table), quoted("values")
    of_set = "b.changes_id = %s AND b.model = %s"
    if connection.vendor == "postgresql":
        row = f"jsonb_populate_record(NULL::{quoted(model._meta.db_table)}, b.{values})"
        return f"SELECT r.* FROM {images} b CROSS JOIN LATERAL {row} r WHERE {of_set}"  # noqa: S608  # nosec B608
    cells = ", ".join(f"json_extract(b.{values}, '$.{name}') AS {quoted(name)}" for name in columns_of(model))
    return f"SELECT {cells} FROM {images} b WHERE {of_set}"  # noqa: S608  # nosec B608


def put_back(kept: ChangeSet, model: type[Model]) -> None:
    """Give the rows of a model that the change set changed or removed what they held before."""
    table, name = quoted(model._meta.db_table), model._meta.model_name
    columns = [quoted(column) for column in columns_of(model)]
    rows = images_as_rows(model)
    given = ", ".join(f"{column} = r.{column}" for column in columns)
    update = f"UPDATE {table} SET {given} FROM ({rows}) r WHERE {table}.id = r.id"  # noqa: S608  # nosec B608
    insert = (
        f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608  # nosec B608
        f" SELECT {', '.join(f'r.{column}' for column in columns)} FROM ({rows}) r"
        f" WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = r.id)"
    )
    with connection.cursor() as cursor:
        cursor.execute(update, [kept.pk, name])
        cursor.execute(insert, [kept.pk, name])


def remove_created(kept: ChangeSet, model: type[Model]) -> None:
    """Delete the rows of a model that the change set made."""
    table, images = quoted(model._meta.db_table), quoted(BeforeImage._meta.db_table)
    sql = (
        f"DELETE FROM {table} WHERE changed_in_id = %s AND NOT EXISTS"  # noqa: S608  # nosec B608
        f" (SELECT 1 FROM {images} b WHERE b.changes_id = %s AND b.model = %s AND b.row = {table}.id)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [kept.pk, kept.pk, model._meta.model_name])
