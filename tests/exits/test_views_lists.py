"""The clients behind the numbers of the exit page, and loans long past due."""

import csv
import html
import io
import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exits import queries
from spm import paging
from tests.exits import pages
from tests.factories import ClientFactory, LoanFactory, OfficerFactory, ProductFactory

COUNTED = reverse("exits:counted-list")
OVERDUE = reverse("exits:overdue-list")
COUNTS = ("B", "new", "returned", "exits", "client", "mfi", "death", "E", "D", "F", "resting")
FILTERS = (
    "",
    "office=NORTH",
    "office=SOUTH-1&sex=M",
    "product=FARM",
    "age=_none",
    "cycle=2",
    "officer=OF-ANA&area=rural",
)


@pytest.fixture
def small(office, far_office, officer, other_officer):
    pages.portfolio(office, far_office, officer.officer, other_officer.officer)


def listed(client, user, query, url=COUNTED):
    """Client numbers on the first page, and the count on top."""
    client.force_login(user)
    response = client.get(f"{url}?{query}")
    assert response.status_code == 200
    text = response.content.decode()
    count = int(re.search(r'role="status"><strong>([\d,]+)', text)[1].replace(",", ""))
    return re.findall(
        r'<th scope="row" class="text"><a[^>]*>[^<]*</a> <span class="range">([^<]*)', text
    ), count


def names(client, user, query, url=COUNTED):
    found, count = listed(client, user, query, url)
    assert count == len(found)
    return set(found)


def test_a_row_of_a_region_opens_the_clients_of_its_own(client, manager, office, small):
    regional = ClientFactory(office=office.parent, external_id="REGIONAL")
    LoanFactory(client=regional, disbursed_on=pages.AS_OF.replace(month=1, day=10))
    pages.built()
    client.force_login(manager)
    page = b"".join(client.get(reverse("exits:exit-rate")).streaming_content).decode()
    addresses = re.findall(r'href="[^"?]*counted/\?([^"]*office=NORTH&amp;[^"]*)"', page)
    address = next(html.unescape(found) for found in addresses if "count=E" in found)
    assert names(client, manager, address) == {"REGIONAL"}


def test_each_number_opens_the_clients_it_counts(client, manager, small):
    assert {count: names(client, manager, f"count={count}") for count in COUNTS} == {
        "B": {"STAYS", "LEFT", "DIED", "LOST", "OVERDUE", "FARGONE"},
        "new": {"RESTS", "FAR0", "FAR1"},
        "returned": {"BACK"},
        "exits": {"LEFT", "LOST", "DIED", "FARGONE"},
        "client": {"LEFT", "FARGONE"},
        "mfi": {"LOST"},
        "death": {"DIED"},
        "E": {"STAYS", "RESTS", "BACK", "OVERDUE", "FAR0", "FAR1"},
        "D": {"STAYS", "LEFT", "FARGONE"},
        "F": {"STAYS"},
        "resting": {"RESTS"},
    }


def test_of_a_long_list_the_page_says_that_there_are_more(client, manager, small, monkeypatch):
    monkeypatch.setattr(paging, "MOST", 3)
    client.force_login(manager)
    assert "<strong>More than 3 clients</strong>" in client.get(f"{COUNTED}?count=exits").content.decode()


def test_the_count_on_top_equals_the_number_under_every_filter(client, manager, small):
    for query in FILTERS:
        only = selection(query)
        whole = queries.whole(manager, only)
        numbers = {name: getattr(whole, name) for name in ("B", "new", "returned", "exits", "E", "D", "F")}
        numbers |= whole.causes | {"resting": queries.resting_count(manager, only)}
        shown = {count: listed(client, manager, f"count={count}&{query}")[1] for count in COUNTS}
        assert shown == numbers, query


def selection(query):
    address = {name: "" if value == "_none" else value for name, value in QueryDict(query).items()}
    if "cycle" in address:
        address["cycle"] = int(address["cycle"])
    return queries.ExitFilter(pages.AS_OF.replace(month=1, day=1), pages.AS_OF.replace(day=1), **address)


def test_exits_kept_to_some_causes_list_those_alone(client, manager, small):
    assert names(client, manager, "count=exits&causes=client,mfi") == {"LEFT", "LOST", "FARGONE"}
    assert names(client, manager, "count=exits&causes=death") == {"DIED"}


def test_the_list_says_what_is_counted_in_words(client, manager, small):
    client.force_login(manager)
    html = client.get(f"{COUNTED}?count=B&office=NORTH").content.decode()
    assert "<h1>Who was a client when 1 January 2025 began?</h1>" in html
    assert "<b>Valle Norte</b>" not in html
    assert "<b>North</b>" in html
    assert 'name="count" value="B"' in html


def test_what_is_counted_on_the_day_of_the_data_shows_that_day_and_no_period(client, manager, small):
    client.force_login(manager)
    for address in (f"{COUNTED}?count=resting&start=2025-03", f"{OVERDUE}?start=2025-03"):
        html = client.get(address).content.decode()
        assert "As of <b>31 December 2025</b>" in html
        assert '<input type="hidden" name="start" value="2025-03"' in html
    assert (
        "Period <b>March 2025 to December 2025</b>" in client.get(f"{COUNTED}?start=2025-03").content.decode()
    )


def test_the_way_back_leads_to_the_same_figures(client, manager, small):
    client.force_login(manager)
    html = client.get(f"{COUNTED}?count=exits&sex=F&by=cycle&page=1").content.decode()
    assert f'href="{reverse("exits:exit-rate")}?sex=F&amp;by=cycle"' in html


def test_an_unknown_count_is_not_found(client, manager, small):
    client.force_login(manager)
    assert client.get(f"{COUNTED}?count=everything").status_code == 404


def test_names_are_masked_for_whoever_may_not_read_them(client, manager, small, monkeypatch):
    client.force_login(manager)
    assert "Ana Flores" in client.get(COUNTED).content.decode()
    monkeypatch.setattr("exits.views.lists.shown_name", lambda row, user: "A••• F•••")
    html = client.get(COUNTED).content.decode()
    assert "A••• F•••" in html
    assert "Ana Flores" not in html


@pytest.mark.parametrize("url", [COUNTED, OVERDUE])
def test_strangers_sign_in_and_other_roles_are_turned_away(client, admin, assessor, nobody, url):
    assert client.get(url).status_code == 302
    for user in (admin, assessor, nobody):
        client.force_login(user)
        assert client.get(url).status_code == 403


@pytest.mark.parametrize("url", [COUNTED, OVERDUE])
def test_lists_are_only_read(client, manager, url):
    client.force_login(manager)
    assert client.post(url).status_code == 405


def test_another_officers_clients_are_absent(client, officer, other_officer, branch_manager, small):
    assert names(client, officer, "count=exits") == {"LEFT", "LOST", "DIED"}
    assert names(client, branch_manager, "count=new") == {"RESTS"}
    assert names(client, officer, "", url=OVERDUE) == {"OVERDUE"}
    assert names(client, other_officer, "", url=OVERDUE) == set()


@pytest.mark.parametrize("url", [COUNTED, OVERDUE])
def test_before_the_first_portfolio_lists_say_so(client, manager, url):
    client.force_login(manager)
    assert "No portfolio yet" in client.get(url).content.decode()
    assert client.get(f"{url}?export=csv").status_code == 404


def test_htmx_gets_the_rows_alone(client, manager, small):
    client.force_login(manager)
    html = client.get(f"{COUNTED}?count=exits", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert "FARGONE" in html


def test_the_export_holds_the_rows_of_the_screen(client, manager, small):
    for count in COUNTS:
        shown = names(client, manager, f"count={count}&office=NORTH")
        response = client.get(f"{COUNTED}?count={count}&office=NORTH&export=csv")
        rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
        assert sorted(row["client_id"] for row in rows) == sorted(shown), count


def test_the_export_of_exits_tells_day_and_cause(client, manager, small):
    client.force_login(manager)
    response = client.get(f"{COUNTED}?count=mfi&export=csv")
    (row,) = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))
    assert row == {
        "client": "Eva Quispe",
        "client_id": "LOST",
        "office": "Valle Norte",
        "officer": "Ana Quispe",
        "product": "Farm loan",
        "cycle": "1",
        "start": "2024-02-01",
        "last_day": "2025-06-01",
        "left_on": "2025-06-01",
        "cause": "Ended by us",
    }


def test_a_loan_long_past_due_is_listed_until_somebody_pays(client, manager, small):
    assert names(client, manager, "", url=OVERDUE) == {"OVERDUE"}
    response = client.get(f"{OVERDUE}?export=csv")
    (row,) = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))
    assert (row["loan"], row["due_on"], row["last_payment"]) == ("L-OVERDUE", "2025-01-10", "")
    assert names(client, manager, "sex=M", url=OVERDUE) == set()


def test_lists_go_on_on_a_next_page(client, manager, office, far_office):
    pages.many(office, OfficerFactory(), 51)
    pages.built()
    first, count = listed(client, manager, "count=exits")
    second, _count = listed(client, manager, "count=exits&page=2")
    assert (len(first), len(second), count, len({*first, *second})) == (50, 1, 51, 51)


@pytest.mark.parametrize("query", ["count=exits", "count=D", "count=resting"])
def test_a_list_asks_the_same_number_of_queries_for_any_number_of_rows(
    client, manager, office, far_office, query
):
    client.force_login(manager)
    asked = []
    for number in (1, 3):
        for _ in range(number):
            pages.many(office, OfficerFactory(), 1, ProductFactory())
            pages.many(far_office, OfficerFactory(), 1, ProductFactory())
        pages.built()
        with CaptureQueriesContext(connection) as asked_for:
            assert client.get(f"{COUNTED}?{query}&start=2025-01&end=2025-12").status_code == 200
        asked.append(len(asked_for))
    assert asked[0] == asked[1]


def test_the_list_of_overdue_loans_asks_the_same_number_of_queries_for_any_number(
    client, manager, office, far_office
):
    client.force_login(manager)
    asked = []
    for number in (1, 3):
        for _ in range(number):
            LoanFactory(client__office=office)
        pages.built()
        with CaptureQueriesContext(connection) as asked_for:
            assert client.get(OVERDUE).status_code == 200
        asked.append(len(asked_for))
    assert asked[0] == asked[1]
