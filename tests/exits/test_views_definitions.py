"""Definitions of exit: all versions, a new one, and the panel on the client page."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from exits.models import ExitDefinition, SpellBuild
from spm.access import Role
from spm.models import AuditEvent, Job
from tests.conftest import member
from tests.exits import pages
from tests.exported import exported
from tests.factories import ProductFactory

LIST = reverse("exits:definition-list")
ADD = reverse("exits:definition-add")


def panel(pk):
    return reverse("exits:client-panel", args=[pk])


def defined(**fields):
    return ExitDefinition.objects.create(**{"starts_on": dt.date(2024, 1, 1), "window": 90} | fields)


# --- all versions ------------------------------------------------------------------------------------------


def test_every_version_is_listed_with_what_it_says(client, manager):
    ProductFactory(code="FARM", name="Farm loan")
    defined(window=60)
    defined(
        starts_on=dt.date(2025, 1, 1),
        window=120,
        product_windows={"FARM": 180},
        counts_savings=True,
        formula="exit_closing",
        by=manager,
    )
    client.force_login(manager)
    html = client.get(LIST).content.decode()
    for words in (
        "1 Jan 2024",
        "60",
        "1 Jan 2025",
        "120",
        "Farm loan 180",
        "Exits of closing clients",
        "manager",
    ):
        assert words in html
    assert html.index("1 Jan 2025") < html.index("1 Jan 2024")


def test_the_version_that_the_figures_are_counted_by_is_marked(client, manager, office, far_office):
    defined(window=60)
    defined(starts_on=dt.date(2030, 1, 1), window=120)
    pages.portfolio(office, far_office)
    client.force_login(manager)
    html = client.get(LIST).content.decode()
    assert html.count("in force<") == 1
    row = html[html.index("in force<") :]
    assert "1 Jan 2024" in row[: row.index("</tr>")]


def test_without_a_version_the_default_is_told(client, officer):
    client.force_login(officer)
    html = client.get(LIST).content.decode()
    assert "The default definition counts" in html
    assert ADD not in html


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_number_of_queries_for_any_number_of_versions(client, manager, number):
    for n in range(number):
        defined(starts_on=dt.date(2024, 1, 1 + n), by=manager)
    client.force_login(manager)
    with CaptureQueriesContext(connection) as asked:
        client.get(LIST)
    assert len(asked) == 8


@pytest.mark.parametrize(("who", "named"), [("manager", True), ("branch_manager", False), ("officer", False)])
def test_who_added_a_version_is_named_to_whoever_may_see_that_person(who, named, request, client, admin):
    defined(by=admin)
    client.force_login(request.getfixturevalue(who))
    added_by = str(admin) if named else "somebody at the head office"
    page = client.get(LIST, {"sort": "-added_by"})
    assert [page.context["rows"][0][6].text, exported(client, LIST)[0]["added_by"]] == [added_by] * 2
    assert "sort=added_by" not in page.text


def test_the_versions_are_exported_as_they_are_shown(client, officer, manager):
    ProductFactory(code="FARM", name="Farm loan")
    defined(window=60)
    defined(starts_on=dt.date(2025, 1, 1), product_windows={"FARM": 180}, counts_savings=True, by=manager)
    client.force_login(officer)
    rows = exported(client, LIST)
    assert [(row["in_force_from"], row["window_days"], row["added_by"]) for row in rows] == [
        ("2025-01-01", "90", "somebody at the head office"),
        ("2024-01-01", "60", ""),
    ]
    assert [(row["own_windows"], row["savings_keep_a_client"]) for row in rows] == [
        ("Farm loan 180", "1"),
        ("", "0"),
    ]
    assert [row["window_days"] for row in exported(client, LIST, sort="window_days")] == ["60", "90"]


# --- a new version -----------------------------------------------------------------------------------------


def test_a_new_definition_is_added_and_the_figures_are_counted_anew(
    client, manager, office, far_office, run_jobs, django_capture_on_commit_callbacks
):
    pages.portfolio(office, far_office)
    farm = ProductFactory(code="NEW", name="New loan")
    client.force_login(manager)
    data = {
        "starts_on": "2025-01-01",
        "window": "30",
        "formula": "exit_average",
        f"window_{farm.pk}": "45",
    }
    response = client.post(ADD, data)
    job = Job.objects.get(work="exits.rebuild_spells")
    assert (response.status_code, response.url) == (302, job.get_absolute_url())
    definition = ExitDefinition.objects.get()
    assert (definition.window, definition.product_windows, definition.formula, definition.by) == (
        30,
        {"NEW": 45},
        "exit_average",
        manager,
    )
    assert AuditEvent.objects.filter(verb="exit.defined").count() == 1
    run_jobs()
    assert SpellBuild.objects.first().definition == definition


def test_the_form_begins_with_what_is_in_force_and_says_what_follows(client, manager, office, far_office):
    farm = ProductFactory(code="F2")
    defined(window=77, product_windows={"F2": 88}, counts_savings=True)
    pages.portfolio(office, far_office)
    client.force_login(manager)
    html = client.get(ADD).content.decode()
    assert 'name="window" value="77"' in html
    assert f'name="window_{farm.pk}" value="88"' in html
    assert "from data as of 31 December 2025" in html


def test_a_refused_definition_changes_nothing_and_names_the_field(client, manager):
    client.force_login(manager)
    html = client.post(ADD, {"starts_on": "soon", "window": "900"}).content.decode()
    assert "There is a problem" in html
    assert '<a href="#id_starts_on">' in html
    assert (ExitDefinition.objects.count(), Job.objects.count()) == (0, 0)


def fields(page) -> dict:
    """What a browser would send of the form."""
    form = page.context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in {None, ""}}


def test_of_two_who_define_for_one_day_the_second_is_told_and_may_send_again(client, manager, head):
    other = member("other-manager", Role.MANAGER, head)
    forms = {}
    for user in (manager, other):
        client.force_login(user)
        forms[user] = fields(client.get(ADD)) | {"starts_on": "2025-01-01", "formula": "exit_average"}
    client.force_login(manager)
    client.post(ADD, forms[manager] | {"window": "30"})
    client.force_login(other)
    page = client.post(ADD, forms[other] | {"window": "60"})
    first = ExitDefinition.objects.get()
    said = (
        f"Definition {first.pk} by manager is in force from this day already: window of 30 days, headline"
        " “Exits of average clients”. Send this again if yours shall count in its place."
    )
    assert page.context["form"].errors == {"starts_on": [said]}
    counted = Job.objects.filter(work="exits.rebuild_spells")
    assert (counted.count(), AuditEvent.objects.filter(verb="exit.defined").count()) == (1, 1)

    assert client.post(ADD, fields(page)).status_code == 302
    second = ExitDefinition.objects.in_force(dt.date(2025, 1, 1))
    assert (second.window, second.by, ExitDefinition.objects.count()) == (60, other, 2)
    assert AuditEvent.objects.filter(verb="exit.defined").first().details["in_place_of"] == first.pk


def test_who_was_told_of_one_definition_is_told_of_a_third_too(client, manager):
    first = defined()
    client.force_login(manager)
    sent = {"starts_on": "2024-01-01", "window": "30", "formula": "exit_average", "in_place_of": first.pk}
    third = defined(window=45)
    page = client.post(ADD, sent)
    assert f"Definition {third.pk} by a command is in force from this day already" in page.text
    assert client.post(ADD, sent | {"starts_on": "2024-01-02"}).status_code == 302


def test_only_the_head_offices_manager_defines(client, branch_manager, officer, admin, assessor, nobody):
    for user in (branch_manager, officer, admin, assessor, nobody):
        client.force_login(user)
        assert client.get(ADD).status_code == 403
        assert client.post(ADD, {"starts_on": "2025-01-01", "window": "30"}).status_code == 403
    assert ExitDefinition.objects.count() == 0


def test_definitions_are_open_to_whoever_reads_the_figures(client, officer, admin, assessor, nobody):
    assert client.get(LIST).status_code == 302
    client.force_login(officer)
    assert client.get(LIST).status_code == 200
    for user in (admin, assessor, nobody):
        client.force_login(user)
        assert client.get(LIST).status_code == 403


def test_versions_cannot_be_changed_on_any_screen(client, manager):
    client.force_login(manager)
    assert client.post(LIST).status_code == 405


# --- on the client page ------------------------------------------------------------------------------------


@pytest.fixture
def small(office, far_office, officer, other_officer):
    pages.portfolio(office, far_office, officer.officer, other_officer.officer)
    return {one.external_id: one.pk for one in Client.objects.all()}


def test_the_panel_tells_each_spell_in_words(client, manager, small):
    client.force_login(manager)

    def words(external_id):
        html = client.get(panel(small[external_id]), headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in html
        return " ".join(html.split())

    assert "Client from 1 March 2024 to 1 February 2025" in words("LEFT")
    assert "Cause: Own choice." in words("LEFT")
    assert "Cause: Death." in words("DIED")
    assert "Resting: the last loan ended on 15 November 2025" in words("RESTS")
    assert "2 loans in this time. Active." in words("STAYS")
    back = words("BACK")
    assert back.index("Client since 1 April 2025") < back.index("Client from 10 January 2024 to 1 June 2024")
    assert back.count("Came back.") == 1


def test_without_htmx_the_panel_is_a_page(client, manager, small):
    client.force_login(manager)
    html = client.get(panel(small["LEFT"])).content.decode()
    assert "<h1>Staying and leaving</h1>" in html
    assert "Ana Flores" in html


def test_another_officers_client_is_not_found(client, officer, other_officer, small):
    client.force_login(officer)
    assert client.get(panel(small["LEFT"])).status_code == 200
    assert client.get(panel(small["FARGONE"])).status_code == 404
    client.force_login(other_officer)
    assert client.get(panel(small["LEFT"])).status_code == 404


def test_the_spells_of_the_panel_are_exported_from_whichever_page_shows_them(
    client, officer, other_officer, small
):
    client.force_login(officer)
    address = panel(small["BACK"])
    part = client.get(address, headers={"HX-Request": "true"}).text
    assert f'href="{address}?export=csv&amp;table=stays"' in part
    assert [(row["start"], row["left_on"], row["cause"]) for row in exported(client, address)] == [
        ("2025-04-01", "", ""),
        ("2024-01-10", "2024-06-01", "Own choice"),
    ]
    client.force_login(other_officer)
    assert client.get(address, {"export": "csv"}).status_code == 404


def test_the_panel_is_for_whoever_reads_the_figures(client, admin, assessor, nobody, small):
    assert client.get(panel(small["LEFT"])).status_code == 302
    for user in (admin, assessor, nobody):
        client.force_login(user)
        assert client.get(panel(small["LEFT"])).status_code == 403


def test_the_panel_asks_the_same_number_of_queries_for_one_and_two_spells(client, manager, small):
    client.force_login(manager)
    asked = []
    for external_id in ("LEFT", "BACK"):
        with CaptureQueriesContext(connection) as queries:
            client.get(panel(small[external_id]), headers={"HX-Request": "true"})
        asked.append(len(queries))
    assert asked[0] == asked[1]
