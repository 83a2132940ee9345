"""Pages over lists of any length: counted only as far as anybody turns pages."""

from collections.abc import Callable

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

MOST = 10_000
"""Rows over which a list has pages; of more the page says so, and a filter or the file leads on."""


AT_ONCE = 1_000
"""Rows whose order is asked for in one go: a shorter list needs no counting."""
TWO_PAGES = 100
"""The same where an index has the order, so that counting takes less than sorting so many."""


class Capped(Paginator):
    """A paginator over a queryset that asks for the order of its first rows, then for a page of them.

    A list of a million rows is neither counted nor sorted for a page of fifty. ``count`` is at most ``MOST``,
    ``is_more`` says that there are more. ``in_order``: an index has the order of the list, by its first term
    at least, and it is counted along that. ``at_once``: of how many rows the order is asked for in one go, if
    not as usual. ``rows``: where those of a page are read by their keys, annotated
    as the list is, without its conditions, for which another index would be taken. ``shown``: what makes rows
    with a ``pk`` of a query for those of a page.
    """

    def __init__(
        self, *args, in_order: bool = False, at_once: int = 0, rows=None, shown: Callable = iter, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.in_order, self.shown = in_order, shown
        self.rows = self.object_list if rows is None else rows
        self.at_once = at_once or (TWO_PAGES if in_order else AT_ONCE)

    @cached_property
    def _first(self) -> list:
        return list(self.object_list.values_list("pk", flat=True)[: self.at_once + 1])

    @cached_property
    def _counted(self) -> int:
        """Never more than one above the most."""
        if len(self._first) <= self.at_once:
            return len(self._first)
        # Without the terms that make the order whole, for which rows would be sorted.
        order = self.object_list.query.order_by[:1] if self.in_order else ()
        # By the keys: what rows are annotated with would be worked out for each that is counted.
        return self.object_list.order_by(*order).values("pk")[: MOST + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST)

    @cached_property
    def is_more(self) -> bool:
        return self._counted > MOST

    def page(self, number) -> Page:
        number = self.validate_number(number)
        start, end = (number - 1) * self.per_page, min(number * self.per_page, self.count)
        keys = self._first[start:end] if end <= len(self._first) else self._farther(start, end)
        found = self.shown(self.rows.order_by().filter(pk__in=keys)) if keys else ()
        rows = {row.pk: row for row in found}
        return self._get_page([rows[key] for key in keys if key in rows], number, self)

    def _farther(self, start: int, end: int) -> list:
        return list(self.object_list.values_list("pk", flat=True)[start:end])
