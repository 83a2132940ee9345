"""A file has the rows that the screen shows under the same filter: on every screen with an export."""

import csv
import html
import io
import re
from urllib.parse import urljoin

import pytest

from clients.models import Client
from tests import test_exported
from tests.test_access import ROUTES, SCREENS, address
from tests.test_exported import text_of

made_once, everything = test_exported.made_once, test_exported.everything
LINK = re.compile(r'href="([^"]*[?;]export=csv(?:&[^"]*)?)"')
# What shows rows: of a table, a timeline, the steps of a flow, a plain list, facts with their labels.
ROWS = re.compile(
    r'<tbody>.*?</tbody>|<(ol|ul) class="(?:timeline|flow)".*?</\1>|<ul>.*?</ul>|<dl class="facts">.*?</dl>',
    re.DOTALL,
)
OFFERS = re.compile(r'<details class="export">.*?</details>', re.DOTALL)
# Filters by the screen, each of which leaves some rows out where there are any.
FILTERS = {
    "audit-list": ["verb=exported", "since=2099-01-01"],
    "clients:client-list": ["q=Rosa", "q=nobody", "sex=M", "sort=-client_id"],
    "exits:exit-rate": ["sex=M", "by=product"],
    "exits:counted-list": ["what=exits", "sex=M"],
    "exits:overdue-list": ["sex=M"],
    "clients:import-behind": ["count=loans-begun", "count=no-loan"],
}
# A line that sums the rows up stands on the screen alone.
SUMS = {("gallery", "branches"): 1}

EXPORTED = [
    name
    for name, screen in SCREENS.items()
    if name in ROUTES and screen.http_method_names != ["post"] and hasattr(screen, "export_tables")
]


def shown(page, text: str, link: str) -> int:
    """How many rows the page shows beneath that link, on all of the list's pages."""
    paginator = page.context and page.context.get("paginator")
    if paginator:
        return paginator.count
    below = OFFERS.sub("", text.partition(link)[2].partition("</details>")[2])
    section, ended, _rest = below.partition("</section>")
    found = [row[0] for row in ROWS.finditer(section if ended and "<section" not in section else below)]
    kept = found if 'class="flow"' in "".join(found[:1]) else found[:1]
    return sum(len(re.findall(r"<tr|<li|<dt", rows)) for rows in kept)


def test_every_filter_named_here_is_of_a_screen_with_an_export():
    assert set(EXPORTED) >= FILTERS.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", EXPORTED)
def test_a_file_has_as_many_rows_as_the_screen_shows_under_the_same_filter(
    name, client, everything, monkeypatch
):
    boss, rows = everything
    client.force_login(boss)
    screen = SCREENS[name]
    monkeypatch.setattr(screen, "paginate_by", 2, raising=False)
    here = address(name, (rows.get(getattr(screen, "model", None)) or rows[Client]).pk)
    compared = []
    for query in ["", *FILTERS.get(name, [])]:
        asked = f"http://testserver{here}?{query}"
        first = client.get(asked)
        assert first.status_code == 200, asked
        for link in LINK.findall(text_of(first)):
            file = text_of(client.get(urljoin(asked, html.unescape(link))))
            read = list(csv.DictReader(io.StringIO(file, newline="")))
            table = re.search(r"table=([\w-]+)", link)
            # Afterwards: the trail's own list has the line of the file then, as the file has.
            page = client.get(asked)
            seen = shown(page, text_of(page), link) - SUMS.get((name, table and table[1]), 0)
            compared.append((query, link, seen, len(read)))
    assert compared
    assert [found for found in compared if found[2] != found[3]] == []
