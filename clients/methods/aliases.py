"""Files that still name merged clients, read by the number of the one that was kept."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from clients.methods.cells import as_text
from clients.methods.reading import Row, Source, Table

CLIENT = "client_id"


def by_survivors(source: Source, aliases: dict[str, str]) -> Source:
    """The source with each merged client's number in the place of the survivor's.

    What a file says of a merged client itself is left out: the survivor has a row of its own.
    """
    tables = [
        replace(table, rows=renamed(table, aliases)) if CLIENT in table.columns else table
        for table in source.tables
    ]
    return replace(source, tables=tables)


def renamed(table: Table, aliases: dict[str, str]) -> Callable[[], Iterator[Row]]:
    place, left_out = table.columns[CLIENT], table.sheet.name == "clients"

    def rows() -> Iterator[Row]:
        for number, cells in table.rows():
            survivor = aliases.get(as_text(cells[place])) if place < len(cells) else None
            if survivor is None:
                yield number, cells
            elif not left_out:
                yield number, [*cells[:place], survivor, *cells[place + 1 :]]

    return rows
