"""While figures lag behind the records pages and files say so; only then a number differs from its list."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from clients.actions.merges import merge_clients, undo_merge
from clients.models import ChangeSet, Client
from exits import actions, queries
from exits.models import SpellBuild
from spm.access import GRANTS, Can, Role
from spm.models import Job
from tests.exits.pages import built, portfolio
from tests.exits.test_views_published import people

pytestmark = pytest.mark.django_db

RATE, LIST = reverse("exits:exit-rate"), reverse("exits:counted-list")
ASKED = {"count": "exits", "period": "", "start": "2025-01", "end": "2025-12"}
UNDER_WAY = "The figures are being counted anew."
NOT_YET = "The records have changed, and the figures have not been counted anew."


@pytest.fixture
def counted(office, far_office):
    portfolio(office, far_office)


def merged(manager):
    """Two of those who left in the year are one person."""
    one, other = Client.objects.get(external_id="LEFT"), Client.objects.get(external_id="LOST")
    return merge_clients(survivor=one, other=other, take=frozenset(), by=manager)


def said(client):
    """The words on the page, on its list, and on the part of the list that is loaded alone."""
    part = {"HX-Request": "true", "HX-Target": "rows"}
    pages = [
        client.get(RATE, ASKED),
        client.get(LIST, ASKED),
        client.get(LIST, ASKED, headers=part),
    ]
    return [next((words for words in (UNDER_WAY, NOT_YET) if words in page.text), "") for page in pages]


def numbers(client):
    page, listed = client.get(RATE, ASKED), client.get(LIST, ASKED)
    (left,) = [step["value"] for step in page.context["flow"] if "count=exits" in step["url"]]
    return int(left), listed.context["paginator"].count


def test_a_merge_takes_a_client_from_the_list_before_it_does_from_the_number_and_both_say_so(
    client, manager, counted
):
    client.force_login(manager)
    assert (said(client), numbers(client)) == (["", "", ""], (4, 4))
    merged(manager)
    assert (said(client), numbers(client)) == ([UNDER_WAY] * 3, (4, 3))
    actions.rebuild_spells(by=None)
    Job.objects.update(state=Job.State.DONE)
    number, listed = numbers(client)
    assert (said(client), number) == (["", "", ""], listed)


def test_without_a_recount_under_way_both_say_that_there_was_none(client, manager, counted):
    merged(manager)
    Job.objects.update(state=Job.State.FAILED)
    client.force_login(manager)
    assert said(client) == [NOT_YET] * 3


def test_page_and_list_say_from_which_data_and_when_they_were_counted(client, manager, counted):
    client.force_login(manager)
    pages = [client.get(RATE, ASKED), client.get(LIST, ASKED)]
    assert {page.context["counted"] for page in pages} & {""} == set()
    assert ["Data as of 31 December 2025, counted on " in page.text for page in pages] == [True, True]


def about(client, address, **asked):
    """What stands beside the rows in the workbook."""
    file = b"".join(client.get(address, ASKED | asked | {"export": "xlsx"}).streaming_content)
    sheet = load_workbook(io.BytesIO(file)).worksheets[0]
    return {row[0].value: row[1].value for row in sheet.iter_rows() if len(row) > 1}


def test_files_of_the_page_and_of_the_list_say_so_too(client, manager, counted):
    client.force_login(manager)
    assert "Recount" not in about(client, LIST)
    merged(manager)
    told = [about(client, LIST)["Recount"], about(client, RATE, table="formulas")["Recount"]]
    assert [words.startswith(UNDER_WAY) for words in told] == [True, True]


def test_whatever_is_taken_back_or_comes_in_leaves_the_figures_behind(manager, counted):
    made = SpellBuild.objects.get()
    assert queries.behind(made) is None
    merge = merged(manager)
    Job.objects.all().delete()
    actions.rebuild_spells(by=None)
    made = SpellBuild.objects.first()
    assert queries.behind(made) is None
    undo_merge(merge=merge, by=manager)
    Job.objects.all().delete()
    assert queries.behind(made).under_way is False
    actions.rebuild_spells(by=None)
    assert queries.behind(SpellBuild.objects.first()) is None
    ChangeSet.objects.create()
    assert queries.behind(SpellBuild.objects.first()).under_way is False


def test_a_recount_for_another_reason_parts_no_number_from_its_list(counted):
    Job.objects.create(work="exits.rebuild_spells", state=Job.State.RUNNING)
    assert queries.behind(SpellBuild.objects.get()) is None


def test_a_build_of_before_that_knew_nothing_of_the_records_is_not_said_to_lag(counted):
    made = SpellBuild.objects.get()
    made.basis = {}
    ChangeSet.objects.create()
    assert queries.behind(made) is None


def test_who_may_not_open_the_clients_is_told_too(client, assessor, monkeypatch, office, far_office):
    monkeypatch.setitem(GRANTS, Role.ASSESSOR, frozenset({Can.HOME_VIEW, Can.EXITS_VIEW}))
    people(14, 6, 6, office=office)
    people(12, 5, 5, office=far_office)
    built()
    client.force_login(assessor)
    before = client.get(RATE).text
    ChangeSet.objects.create()
    assert (NOT_YET in before, NOT_YET in client.get(RATE).text) == (False, True)
