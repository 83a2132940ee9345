"""Who is leaving? The page, its guard and scope, its links, its exports."""

import csv
import datetime as dt
import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from clients.models import Client
from exits import queries
from exits.actions import rebuild_spells
from exits.models import ExitDefinition, SpellBuild
from spm.models import AuditEvent, Job
from tests.exits import pages
from tests.factories import LoanFactory, OfficerFactory

RATE = reverse("exits:exit-rate")
COUNTED = reverse("exits:counted-list")


@pytest.fixture
def small(office, far_office, officer, other_officer):
    pages.portfolio(office, far_office, officer.officer, other_officer.officer)


def text_of(response) -> str:
    assert response.status_code == 200
    return b"".join(response.streaming_content if response.streaming else [response.content]).decode()


def page(client, user, query="", language="en"):
    client.force_login(user)
    return text_of(client.get(f"{RATE}?{query}", headers={"accept-language": language}))


def plain(html) -> str:
    """The words of a page without tags; any blanks are one space."""
    return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL).split())


# --- the page ----------------------------------------------------------------------------------------------


def test_statuses_that_no_stay_holds_are_told_to_those_who_may_see_the_client(
    client, manager, branch_manager, officer, small
):
    assert "no stay holds" not in plain(page(client, manager))
    Client.objects.filter(external_id__in=["STAYS", "FAR1"]).update(
        status="deceased", status_on=dt.date(2020, 1, 1)
    )
    rebuild_spells(by=None)
    numbers = sorted(SpellBuild.objects.first().warnings)
    assert numbers == ["FAR1", "STAYS"]
    words = "clients are recorded as deceased or expelled on a day that no stay holds."
    assert f"2 {words}" in plain(page(client, manager))
    for user in (branch_manager, officer):
        html = page(client, user)
        assert "1 client is recorded as deceased" in plain(html)
        told = html.partition('id="ignored"')[2].partition("</details>")[0]
        assert re.findall(r'<a href="([^"]+)">(\w+)</a>', told) == [
            (Client.objects.get(external_id="STAYS").get_absolute_url(), "STAYS")
        ]


def test_the_page_answers_with_a_sentence_and_figures(client, manager, small):
    words = plain(page(client, manager))
    assert "In 2025, 4 clients left : 40.0 % of the 10 we served." in words
    assert (
        "6 clients on 1 January 2025 + 3 new + 1 came back − 4 left = 6 clients on 31 December 2025" in words
    )
    assert "Left by choice 2 50 % of exits" in words
    assert "Ended by us 1 25 % of exits" in words
    assert "Deaths 1 25 % of exits" in words
    assert "Resting now 1" in words


def test_all_seven_formulas_are_on_the_page_with_what_goes_in(client, manager, small):
    words = plain(page(client, manager))
    assert "X / (B + N) X 4 · B 6 · N 4 40.0 %" in words
    for formula in ExitDefinition.Formula:
        assert str(formula.label) in words
    assert "Can pass 100 %" in words
    assert "F / D F 1 · D 3 33.3 %" in words


def test_provisional_figures_say_until_when(client, manager, small):
    words = plain(page(client, manager))
    assert "provisional until the data reach 1 April 2026" in words
    assert "provisional, so not compared yet" in words
    assert "The last 3 months are provisional" in words


def test_what_is_shown_stands_in_words_and_in_the_links(client, manager, small):
    html = page(client, manager, "start=2025-01&end=2025-06&sex=F&by=cycle")
    assert "Women" in plain(html)
    assert "January 2025 to June 2025" in plain(html)
    links = re.findall(rf'href="{COUNTED}\?([^"]+)"', html)
    addresses = [QueryDict(link.replace("&amp;", "&")) for link in links]
    assert {address["sex"] for address in addresses} == {"F"}
    assert {count for address in addresses for count in address.getlist("count")} == {
        "B",
        "new",
        "returned",
        "exits",
        "client",
        "mfi",
        "death",
        "E",
        "resting",
    }


def test_a_filter_changes_the_figures(client, manager, small):
    assert "1 client left : 33.3 % of the 3 we served" in plain(page(client, manager, "office=SOUTH"))
    assert "3 clients left : 42.9 % of the 7 we served" in plain(page(client, manager, "office=NORTH"))
    assert "2 clients left by choice : 20.0 %" in plain(page(client, manager, "causes=client"))


def test_a_wrong_value_is_named_and_the_page_still_shows(client, manager, small):
    words = plain(page(client, manager, "start=2025-13&office=NOWHERE"))
    assert "There is a problem" in words
    assert "From month: Nothing is known by this. Choose from the list." in words
    assert "In 2025, 4 clients left" in words


def test_the_figures_are_broken_down_by_each_dimension(client, manager, small):
    for by in queries.DIMENSIONS:
        html = page(client, manager, f"by={by}")
        section = html[html.index('id="breakdown"') : html.index('id="formulas"')]
        rows = re.findall(r'<tr>\s*<th scope="row".*?</tr>', section, flags=re.DOTALL)
        cells = [[plain(cell) for cell in re.split(r"</t[hd]>", row)] for row in rows]
        assert sum(int(row[4]) for row in cells) == 4, by
        assert {len(row) for row in cells} == {10}, by


def test_a_group_links_to_the_clients_behind_its_number(client, manager, small):
    html = page(client, manager, "by=age")
    assert f"{COUNTED}?start=2025-01&amp;end=2025-12&amp;by=age&amp;count=exits&amp;age=_none" in html


def test_open_loans_long_past_due_are_counted_apart(client, manager, small):
    html = page(client, manager, "sex=F")
    assert "1 open loan is past due for more than 180 days without a payment." in plain(html)
    assert f"{reverse('exits:overdue-list')}?start=2025-01&amp;end=2025-12&amp;sex=F" in html
    assert "past due" not in plain(page(client, manager, "sex=M"))


def test_a_period_without_clients_says_so(client, manager, small):
    words = plain(page(client, manager, "start=2020-01&end=2020-12"))
    assert "No clients in this period and filter" in words
    assert "Every formula" not in words


def test_the_institutions_formula_stands_on_top(client, manager, office, far_office):
    ExitDefinition.objects.create(starts_on="2024-01-01", window=90, formula="exit_closing")
    pages.portfolio(office, far_office)
    words = plain(page(client, manager))
    assert "Exits of closing clients 66.7 % 6 clients at the end" in words
    assert "Definition" in words


def test_the_page_shows_with_every_formula_on_top(client, manager, small):
    for formula in ExitDefinition.Formula.values:
        words = plain(page(client, manager, f"formula={formula}"))
        assert "could not be put together" not in words, formula
        assert "Every formula, same clients" in words, formula


def test_the_page_is_in_spanish_with_spanish_numbers(client, manager, small):
    words = plain(page(client, manager, language="es"))
    assert "En 2025, se fueron 4 clientes : el 40,0 % de los 10 que atendimos." in words
    assert "31 de diciembre de 2025" in words


# --- who may see what --------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_sign_in(client, db):
    response = client.get(RATE)
    assert (response.status_code, response.url) == (302, f"{reverse('account_login')}?next={RATE}")


@pytest.mark.parametrize("role", ["assessor", "admin", "nobody"])
def test_other_roles_are_turned_away(client, request, role):
    client.force_login(request.getfixturevalue(role))
    assert client.get(RATE).status_code == 403


def test_the_page_is_only_read(client, manager):
    client.force_login(manager)
    assert client.post(RATE).status_code == 405


def test_an_officer_sees_the_figures_of_their_own_clients_alone(client, officer, other_officer, small):
    mine, theirs = plain(page(client, officer)), plain(page(client, other_officer))
    assert "These are the clients of your own portfolio." in mine
    assert "3 clients left : 42.9 % of the 7 we served." in mine
    # The other one's clients are in an office where they hold no role.
    assert "No clients in your reach yet" in theirs
    assert "Puerto Sur" not in mine
    # A filter on somebody else changes nothing.
    assert "3 clients left" in plain(page(client, officer, "officer=OF-LUIS&office=SOUTH"))


def test_a_branch_manager_sees_the_branch_alone(client, branch_manager, small):
    words = plain(page(client, branch_manager))
    assert "3 clients left : 42.9 % of the 7 we served." in words
    assert "Puerto Sur" not in words


def test_before_the_first_portfolio_the_page_says_what_to_do(client, manager, branch_manager):
    words = page(client, manager)
    assert "No portfolio yet" in words
    assert reverse("clients:import-upload") in words
    words = page(client, branch_manager)
    assert reverse("clients:import-upload") not in words
    assert "Ask a manager at the head office" in words


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("running", "The figures are being counted"),
        ("failed", "The figures could not be counted"),
        (None, "The figures are being counted"),
    ],
)
def test_between_import_and_figures_the_page_says_that_they_are_being_counted(
    state, title, client, manager, branch_manager
):
    LoanFactory()
    job = Job.objects.create(work="exits.rebuild_spells", by=manager, state=state) if state else None
    words = page(client, manager)
    assert (title in words, "No portfolio yet" in words) == (True, False)
    assert (job is None) or (job.get_absolute_url() in words)
    theirs = page(client, branch_manager)
    assert (title in theirs, "/jobs/" in theirs.split("<main")[1]) == (True, False)
    assert title in text_of(client.get(COUNTED))


def test_each_picture_knows_its_filter_its_date_and_who_made_it(client, manager, small):
    html = page(client, manager, "sex=F")
    drawn = re.findall(r"<figure class=\"chart\".*?>", html, re.DOTALL)
    assert len(drawn) >= 2
    for figure in drawn:
        kept = dict(re.findall(r'data-(filter|date|by)="([^"]*)"', figure))
        assert (kept["filter"].startswith("Women"), bool(kept["date"]), kept["by"]) == (
            True,
            True,
            "By: manager",
        )
    script = Path(settings.BASE_DIR, "static/js/charts.js").read_text()
    assert [f"element.dataset.{name}" in script for name in kept] == [True, True, True]


def test_an_officer_without_clients_is_told_so(client, officer, office, far_office):
    pages.portfolio(office, far_office)
    assert "No clients in your reach yet" in page(client, officer)


# --- tables to take away -----------------------------------------------------------------------------------


def exported(client, user, query):
    client.force_login(user)
    response = client.get(f"{RATE}?{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_the_breakdown_is_exported_as_it_is_shown(client, manager, small):
    content = exported(client, manager, "by=office&export=csv&table=breakdown")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [(row["group"], row["exits"], row["n"], row["B"], row["E"]) for row in rows] == [
        ("Valle Norte", "3", "7", "5", "4"),
        ("Puerto Sur", "1", "3", "1", "2"),
    ]
    assert float(rows[0]["exit_dealt_with"]) == pytest.approx(3 / 7)


def test_the_trend_is_exported_month_by_month(client, manager, small):
    content = exported(client, manager, "export=csv&table=trend")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [row["group"] for row in rows] == [f"{year}-{n:02}" for year in (2024, 2025) for n in range(1, 13)]
    assert sum(int(row["exits"]) for row in rows) == 5
    assert {row["provisional"] for row in rows[:21]} == {"no"}
    assert {row["provisional"] for row in rows[-3:]} == {"yes"}


def test_the_formulas_are_exported_with_filter_and_definition(client, manager, small):
    book = load_workbook(io.BytesIO(exported(client, manager, "sex=F&export=xlsx&table=formulas")))
    about = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert about["Filter"] == "Women, 2025"
    assert about["Definition"] == "Default definition, window of 90 days"
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    assert len(rows) == 8
    assert rows[2][:4] == ("Exits of clients served", "X / (B + N)", "X 3 · B 5 · N 2", pytest.approx(3 / 7))


def test_an_export_leaves_an_audit_line_and_an_unknown_form_is_refused(client, manager, small):
    exported(client, manager, "export=csv-excel&table=trend")
    assert AuditEvent.objects.filter(verb="exported").count() == 1
    assert client.get(f"{RATE}?export=pdf").status_code == 400


def test_without_figures_there_is_nothing_to_export(client, manager):
    client.force_login(manager)
    assert client.get(f"{RATE}?export=xlsx").status_code == 404


# --- queries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["office", "officer", "cycle"])
def test_the_page_asks_the_same_number_of_queries_for_any_portfolio(client, manager, office, far_office, by):
    client.force_login(manager)
    asked = []
    for number in (1, 3):
        pages.many(office, OfficerFactory(), number)
        pages.many(far_office, OfficerFactory(), number)
        pages.built()
        with CaptureQueriesContext(connection) as queries_of_page:
            text_of(client.get(f"{RATE}?by={by}&start=2025-01&end=2025-12"))
        asked.append(len(queries_of_page))
        builds = [query for query in queries_of_page if 'FROM "exits_spellbuild"' in query["sql"]]
        assert len(builds) == 1
    assert asked[0] == asked[1] <= 26
