"""Pages over lists of any length: counted only as far as anybody turns pages."""

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

MOST = 10_000
"""Rows over which a list has pages; of more the page says so, and a filter or the file leads on."""


class Capped(Paginator):
    """A paginator over a queryset that asks once for the order of its first rows, then for a page of them.

    A list of a million rows is neither counted nor sorted for a page of fifty. ``count`` is at most ``MOST``,
    ``is_more`` says that there are more.
    """

    @cached_property
    def _first(self) -> list:
        return list(self.object_list.values_list("pk", flat=True)[: MOST + 1])

    @cached_property
    def count(self) -> int:
        return min(len(self._first), MOST)

    @cached_property
    def is_more(self) -> bool:
        return len(self._first) > MOST

    def page(self, number) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = self._first[start : min(start + self.per_page, MOST)]
        rows = {row.pk: row for row in self.object_list.order_by().filter(pk__in=keys)} if keys else {}
        return self._get_page([rows[key] for key in keys if key in rows], number, self)
