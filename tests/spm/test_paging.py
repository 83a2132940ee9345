"""Pages over long lists: counted as far as anybody turns pages, and no further."""

import pytest
from django.core.paginator import EmptyPage
from django.db.models import Subquery

from clients.models import Office
from spm import paging
from tests.factories import OfficeFactory


@pytest.fixture
def seven(db):
    return [OfficeFactory(code=f"P{number}", name=f"Place {9 - number}") for number in range(7)]


def pages(size=3):
    return paging.Capped(Office.objects.filter(code__startswith="P").order_by("name"), size)


def test_the_pages_hold_the_rows_in_order(seven):
    found = pages()
    assert [list(found.page(number)) for number in (1, 2, 3)] == [seven[6:3:-1], seven[3:0:-1], seven[:1]]
    assert (found.count, found.num_pages, found.is_more) == (7, 3, False)


def test_a_list_longer_than_the_most_says_so_and_its_last_page_ends_there(seven, monkeypatch):
    monkeypatch.setattr(paging, "MOST", 5)
    monkeypatch.setattr(paging, "AT_ONCE", 3)
    found = pages()
    assert (found.count, found.num_pages, found.is_more) == (5, 2, True)
    assert list(found.page(2)) == [seven[3], seven[2]]
    with pytest.raises(EmptyPage):
        found.page(3)


def test_a_list_just_as_long_as_the_most_is_whole(seven, monkeypatch):
    monkeypatch.setattr(paging, "MOST", 7)
    monkeypatch.setattr(paging, "AT_ONCE", 3)
    assert (pages().count, pages().is_more) == (7, False)


def test_the_pages_beyond_the_first_thousand_are_asked_for_one_by_one(seven, monkeypatch):
    monkeypatch.setattr(paging, "AT_ONCE", 2)
    assert [list(pages().page(number)) for number in (1, 3)] == [seven[6:3:-1], seven[:1]]
    assert (pages().count, pages().is_more) == (7, False)


@pytest.mark.parametrize("in_order", [True, False])
def test_a_long_list_is_counted_along_its_order_where_an_index_has_it(
    in_order, seven, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(paging, "AT_ONCE", 2)
    monkeypatch.setattr(paging, "TWO_PAGES", 2)
    rows = Office.objects.filter(code__startswith="P").order_by("name")
    with django_assert_num_queries(2) as asked:
        assert paging.Capped(rows, 3, in_order=in_order).count == 7
    assert ("ORDER BY" in asked.captured_queries[-1]["sql"]) is in_order


def test_what_rows_are_annotated_with_is_not_worked_out_for_those_that_are_counted(
    seven, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(paging, "TWO_PAGES", 2)
    named = Office.objects.order_by("name", "pk").annotate(twin=Subquery(Office.objects.values("name")[:1]))
    with django_assert_num_queries(2) as asked:
        assert paging.Capped(named, 3, in_order=True).count >= 7
    sql = asked.captured_queries[-1]["sql"]
    assert (sql.count("SELECT"), sql.count("ASC")) == (2, 1)


def test_the_rows_of_a_page_are_read_by_their_keys_alone(seven, django_assert_num_queries):
    found = paging.Capped(
        Office.objects.filter(code__startswith="P").order_by("name"), 3, rows=Office.objects.all()
    )
    with django_assert_num_queries(2) as asked:
        assert list(found.page(1)) == seven[6:3:-1]
    assert [("LIKE" in query["sql"]) for query in asked.captured_queries] == [True, False]


def test_an_empty_list_has_one_empty_page(db):
    assert (list(pages().page(1)), pages().count) == ([], 0)


def test_two_queries_whatever_the_page(seven, django_assert_num_queries):
    for number in (1, 3):
        with django_assert_num_queries(2):
            list(pages().page(number))
