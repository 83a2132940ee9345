"""Who is leaving? for whoever sees figures without their records: nothing below k on any way out."""

import csv
import io
import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from exits import queries
from exits.queries import DIMENSIONS, Published
from exits.views.published import COUNTS
from spm import prepared
from spm.access import GRANTS, Can, Role
from spm.models import Institution, Job
from tests.exits import pages
from tests.exits.test_views_rates import plain
from tests.factories import ClientFactory, LoanFactory, OfficerFactory, ProductFactory

RATE = reverse("exits:exit-rate")
PANEL = "exits:client-panel"
TABLES = ("breakdown", "trend", "by-year", "formulas")
HIDDEN = "Hidden to protect respondents (fewer than 5 people)"


def people(number, left=0, came=0, *, cause="client", **facts):
    """So many clients: some left in 2025, some came in it, and the others stay."""
    product = ProductFactory()
    for n in range(number):
        client = ClientFactory(**facts)
        start = date(2025, 6, 1) if n >= number - came else date(2024, 3, 1)
        if n < left:
            (pages.repaid if cause == "client" else pages.written_off)(
                client, start, date(2025, 3, 1), product=product
            )
        else:
            LoanFactory(client=client, disbursed_on=start, due_on=date(2027, 1, 1), product=product)


@pytest.fixture
def reader(assessor, monkeypatch):
    """Sees figures of the whole institution, and opens no client."""
    monkeypatch.setitem(GRANTS, Role.ASSESSOR, frozenset({Can.HOME_VIEW, Can.EXITS_VIEW}))
    return assessor


@pytest.fixture
def large(office, far_office, head):
    """Three offices: two large ones, and one in which 3 left."""
    officer = OfficerFactory()
    people(14, 6, 6, office=office, officer=officer, sex="F")
    people(12, 5, 5, office=far_office, officer=officer, sex="F")
    people(6, 3, 2, cause="mfi", office=head, officer=officer, sex="M")
    pages.built()


def page(client, user, query="", language="en"):
    client.force_login(user)
    answer = client.get(f"{RATE}?{query}", headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def rows(client, user, table, query=""):
    client.force_login(user)
    answer = client.get(f"{RATE}?{query}&export=csv&table={table}")
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_a_small_group_is_counted_together_with_the_smallest_of_the_others(client, reader, large):
    found = {row["group"]: row["exits"] for row in rows(client, reader, "breakdown")}
    assert found == {"Valle Norte": "6", "Small groups together": "8"}
    words = plain(page(client, reader))
    assert f"{HIDDEN}: Head office, Puerto Sur. They are counted together as one group." in words


def test_how_small_is_small_is_the_institutions_own(client, reader, large):
    Institution.objects.create(pk=1, smallest_cell=20)
    assert "fewer than 20 people" in plain(page(client, reader))
    Institution.objects.update(smallest_cell=3)
    found = {row["group"]: row["exits"] for row in rows(client, reader, "breakdown")}
    assert found == {"Valle Norte": "6", "Small groups together": "8"}
    assert rows(client, reader, "by-year")[0]["client"] == "11"


def test_whoever_may_open_the_records_sees_every_group(client, manager, large):
    assert [row["exits"] for row in rows(client, manager, "breakdown")] == ["3", "6", "5"]


def test_small_counts_of_everybody_are_hidden_with_what_would_tell_them(client, reader, large):
    (year,) = rows(client, reader, "by-year")
    assert (year["exits"], year["client"], year["mfi"], year["death"]) == ("14", "", "", "")
    assert year["hidden"] == (
        "New, Came back, Own choice, Ended by us, Deaths, Had to decide, Took a follow-on loan"
    )
    values = {row["formula"]: row for row in rows(client, reader, "formulas")}
    assert {row["own_choice"] for row in values.values()} == {""}
    words = plain(page(client, reader))
    assert "X / (B + N) 43.8 % hidden hidden" in words
    assert "E / (B + N) 56.2 % – –" in words


def test_no_small_number_leaves_by_any_table_or_chart(client, reader, large):
    taken = [("", table) for table in TABLES] + [(f"by={by}", "breakdown") for by in DIMENSIONS]
    for query, table in taken:
        for row in rows(client, reader, table, query):
            assert all(int(row[name]) >= 5 for name in COUNTS if row.get(name)), (query, table, row)
    (figure,) = re.findall(
        r'<script id="breakdown-chart" type="application/json">(.*?)</script>', page(client, reader)
    )
    drawn = json.loads(figure)["data"]
    assert "Small groups together" in json.dumps(drawn)
    assert "Head office" not in json.dumps(drawn)


def test_no_parameter_narrows_the_figures(client, reader, large):
    narrowing = "office=NORTH&alone=1&sex=M&age=55%2B&area=rural&cycle=1&causes=mfi&start=2025-03&end=2025-03"
    for table in TABLES:
        assert rows(client, reader, table, narrowing) == rows(client, reader, table)
    shown, narrowed = (plain(page(client, reader, query)) for query in ("", narrowing))
    assert narrowed.partition("assessor ·")[0] == shown.partition("assessor ·")[0]


def test_the_lists_behind_the_figures_do_not_open_and_no_page_leads_there(client, reader, large):
    row = Client.objects.first()
    html = page(client, reader)
    assert "/exits/counted" not in html
    for address in (reverse("exits:counted-list"), reverse("exits:overdue-list")):
        assert client.get(address).status_code == 403
        assert client.get(f"{address}?export=csv").status_code == 403
    assert client.get(reverse(PANEL, args=[row.pk])).status_code == 404


def test_a_list_that_was_asked_for_is_not_made_once_the_records_may_not_be_opened(
    client, manager, large, run_jobs, monkeypatch, settings, tmp_path
):
    monkeypatch.setattr(prepared, "LONG", 2)
    settings.MEDIA_ROOT = tmp_path
    client.force_login(manager)
    assert client.get("/exits/counted/?count=B&export=csv").status_code == 302
    monkeypatch.setitem(GRANTS, Role.MANAGER, GRANTS[Role.MANAGER] - {Can.CLIENTS_VIEW})
    (job,) = run_jobs()
    assert (job.state, job.error) == (Job.State.FAILED, "You may not see this table any more.")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_too_few_people_are_said_in_words_in_both_languages(client, reader, office, far_office):
    pages.portfolio(office, far_office)
    assert "Too few people for a figure" in plain(page(client, reader))
    assert HIDDEN in plain(page(client, reader))
    words = plain(page(client, reader, language="es"))
    assert "Oculto para proteger a las personas (menos de 5 personas)" in words
    assert client.get(f"{RATE}?export=csv").status_code == 404


def test_before_the_first_build_the_page_says_so(client, reader):
    assert "No figures yet" in plain(page(client, reader))


def test_three_small_groups_cost_no_more_queries_than_one(client, reader, large, head):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            page(client, reader)
        return len(asked)

    cost()
    before = cost()
    for office in pages.offices(2):
        people(3, 1, office=office)
    pages.built(date(2025, 12, 31))
    assert cost() == before


def test_a_rate_is_told_only_where_no_hidden_cause_goes_in_even_by_subtraction(manager, large):
    figures = queries.whole(manager, queries.ExitFilter(date(2025, 1, 1), date(2025, 12, 1)))
    told = Published(figures, frozenset({"mfi", "death"}))
    assert told.tells("exit_dealt_with")
    assert told.tells("exit_dealt_with", ("client",))
    assert not told.tells("exit_dealt_with", ("client", "mfi"))
    assert told.count("client") == figures.causes["client"]
    assert (told.count("mfi"), told.count("death")) == (None, None)
    assert told.rate("follow_on_retention") == figures.rates["follow_on_retention"]
    assert not Published(figures, frozenset({"D", "F"})).tells("follow_on_retention")
