"""The order of the exit pages' tables, asked for in the address."""

import html
import re

import pytest
from django.urls import reverse

from clients.models import Product
from exits.queries import ExitFilter, by
from tests.exits import pages
from tests.exported import exported

RATE = reverse("exits:exit-rate")
COUNTED = reverse("exits:counted-list")
OVERDUE = reverse("exits:overdue-list")
KEYS = ("group", "rate", "interval", "n", "exits", "client", "mfi", "death", "E")


@pytest.fixture
def small(client, manager, office, far_office, officer, other_officer):
    pages.portfolio(office, far_office, officer.officer, other_officer.officer)
    client.force_login(manager)


def breakdown(client, **asked) -> str:
    text = b"".join(client.get(RATE, asked).streaming_content).decode()
    return text[text.index('id="breakdown"') : text.index('id="formulas"')]


def groups_in(section: str) -> list[str]:
    """The groups of the table, from the first row to the last."""
    return re.findall(r'<th scope="row" class="text">\s*([^<]*?)\s*<', section)


def shown(client, **asked) -> list[str]:
    return groups_in(breakdown(client, **asked))


def marked(section: str) -> list[tuple[str, str]]:
    """Which column carries `aria-sort`, and what its link asks for next."""
    found = re.findall(r'aria-sort="(\w+)"><a class="sort" href="([^"]*)"', section)
    return [(how, html.unescape(link)) for how, link in found]


def test_without_a_word_the_worst_rate_is_first_and_ages_are_in_their_order(client, small):
    assert shown(client, by="office") == ["Valle Norte", "Puerto Sur"]
    assert marked(breakdown(client, by="office")) == [("descending", "?by=office&sort=rate#breakdown")]
    assert marked(breakdown(client, by="age")) == [("ascending", "?by=age&sort=-group#breakdown")]
    assert shown(client, by="age")[-1] == "Not recorded"


def test_every_column_sorts_both_ways_and_keeps_the_filter_also_in_the_file(client, small):
    kept = "?by=product&start=2024-06&end=2025-12&sort="
    for sort, how, turned in [
        *((key, "ascending", f"-{key}") for key in KEYS),
        *((f"-{key}", "descending", key) for key in KEYS),
    ]:
        asked = {"by": "product", "start": "2024-06", "end": "2025-12", "sort": sort}
        section = breakdown(client, **asked)
        assert marked(section) == [(how, f"{kept}{turned}#breakdown")]
        in_file = [row["group"] for row in exported(client, RATE, table="breakdown", **asked)]
        assert groups_in(section) == in_file


def test_groups_sort_by_name_without_regard_to_accents_and_unrecorded_ones_come_last(client, small):
    Product.objects.filter(code="GRP").update(name="Ágil")
    assert shown(client, by="product", sort="group") == ["Ágil", "Farm loan"]
    assert shown(client, by="product", sort="-group") == ["Farm loan", "Ágil"]
    assert [shown(client, by="age", sort=sort)[-1] for sort in ("group", "-group")] == ["Not recorded"] * 2


def test_groups_sort_by_their_numbers(client, manager, small):
    groups = by(
        manager, ExitFilter(pages.AS_OF.replace(month=1, day=1), pages.AS_OF.replace(day=1)), "officer"
    )
    exits = {group.label: group.exits for group in groups}
    assert shown(client, by="officer", sort="exits") == sorted(exits, key=exits.get)
    assert shown(client, by="officer", sort="-exits") == sorted(exits, key=exits.get, reverse=True)


def test_the_order_stays_with_the_filter_and_does_not_follow_to_the_lists(client, small):
    text = b"".join(client.get(RATE, {"sort": "-exits"}).streaming_content).decode()
    assert '<input type="hidden" name="sort" value="-exits"' in text
    assert not re.search(r"(counted|overdue)/\?[^\"]*sort=", text)
    assert re.search(r'href="\?[^"]*sort=-exits[^"]*by=cycle|href="\?[^"]*by=cycle[^"]*sort=-exits', text)


def test_an_order_by_nothing_known_leaves_the_usual_one(client, small):
    assert shown(client, by="office", sort="phone") == shown(client, by="office")


# --- lists of clients --------------------------------------------------------------------------------------


def numbers(client, url, **asked) -> list[str]:
    """The clients' numbers on the screen, which the file must repeat."""
    found = re.findall(r'</a> <span class="range">([^<]*)', client.get(url, asked).text)
    assert [row["client_id"] for row in exported(client, url, **asked)] == found
    return found


ORDERS = [
    ({"count": "exits"}, ["FARGONE", "LOST", "DIED", "LEFT"]),
    ({"count": "exits", "sort": "left_on"}, ["LEFT", "DIED", "LOST", "FARGONE"]),
    ({"count": "exits", "sort": "client"}, ["LEFT", "FARGONE", "LOST", "DIED"]),
    ({"count": "exits", "sort": "office"}, ["FARGONE", "LOST", "DIED", "LEFT"]),
    ({"count": "exits", "sort": "-office"}, ["LOST", "DIED", "LEFT", "FARGONE"]),
    ({"count": "exits", "sort": "nothing"}, ["FARGONE", "LOST", "DIED", "LEFT"]),
    ({"count": "B", "sort": "left_on"}, ["LEFT", "DIED", "LOST", "FARGONE", "STAYS", "OVERDUE"]),
    ({"count": "B", "sort": "-left_on"}, ["FARGONE", "LOST", "DIED", "LEFT", "STAYS", "OVERDUE"]),
    ({"count": "D", "sort": "ended_on"}, ["LEFT", "STAYS", "FARGONE"]),
    ({"count": "D", "sort": "-followed"}, ["STAYS", "FARGONE", "LEFT"]),
]


def test_a_list_follows_the_column_asked_for_on_the_screen_and_in_the_file(client, small):
    found = [(asked, numbers(client, COUNTED, **asked)) for asked, _order in ORDERS]
    assert found == ORDERS


def test_whose_cause_is_empty_comes_last_either_way(client, small):
    for sort in ("cause", "-cause"):
        assert set(numbers(client, COUNTED, count="B", sort=sort)[-2:]) == {"STAYS", "OVERDUE"}


def test_loans_past_due_sort_too(client, office, small):
    later = pages.LoanFactory(client__office=office, principal=900, due_on=pages.AS_OF.replace(month=3))
    pages.built()
    number = later.client.external_id
    assert numbers(client, OVERDUE) == ["OVERDUE", number]
    assert numbers(client, OVERDUE, sort="-principal") == [number, "OVERDUE"]
    assert numbers(client, OVERDUE, sort="last_payment") == ["OVERDUE", number]


def test_masked_names_are_sorted_by_number(client, small, monkeypatch):
    monkeypatch.setattr("exits.views.lists.reaches_all", lambda *_a, **_k: False)
    assert numbers(client, COUNTED, count="exits", sort="client") == ["DIED", "FARGONE", "LEFT", "LOST"]


def test_every_head_of_a_list_sorts_and_says_how(client, small):
    for url in (COUNTED, OVERDUE):
        text = client.get(url, {"sort": "-office"}).text
        heads = re.findall(r'<th scope="col"[^>]*>(<a class="sort")?', text)
        assert heads == ['<a class="sort"'] * len(heads)
        assert marked(text) == [("descending", "?sort=office")]
