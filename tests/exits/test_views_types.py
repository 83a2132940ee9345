"""The page that sets one type of leaver against another: what it says, hides, and lets be taken away."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from exits.actions import analyse_exits
from exits.models import Analysis, RegisteredExit
from spm.models import Institution
from tests.exits import asked, pages
from tests.exits.test_views_analyses import read, taken

ROUTE = "exits:type-list"


@pytest.fixture
def leavers(first_lists, office, officer, manager):
    """Of 30 who left 12 women moved, 8 men were dissatisfied, 3 met a shock; of 7 nobody has said."""
    for number in range(30):
        facts = {"sex": "F" if number < 12 else "M", "area": "urban" if 6 < number < 16 else "rural"}
        person = asked.leaver(office, officer.officer, **facts)
        if number < 23:
            code = "moved" if number < 12 else "dissatisfied" if number < 20 else "shock"
            asked.confirmed(person, code, by=manager)
    pages.built()
    analyse_exits(by=None)


def test_it_says_how_the_two_differ_and_for_whom_nothing_is_said(client, manager, leavers):
    page = read(client, manager, ROUTE)
    assert re.search(r"30 clients left; by .{10,40}, staff had confirmed 23 of these exits\.", page)
    assert "For the other 7 (23\u202f%) no type is known: nothing here speaks for them." in page
    differ = "sex, women: 100\u202f% of “Moved away”, 0\u202f% of “All other confirmed leavers”."
    assert f"They differ most in this: {differ}".lower() in page.lower()


def test_it_says_until_when_confirmations_are_counted_and_takes_in_no_later_one(client, manager, leavers):
    then = dt.datetime(2025, 6, 5, 14, 30, tzinfo=dt.UTC)
    Analysis.objects.update(read_at=then)
    RegisteredExit.objects.all().delete()
    page = read(client, manager, ROUTE)
    when = date_format(then, "DATETIME_FORMAT")
    assert f"; by {when}, staff had confirmed 23 of these exits." in page
    file = client.get(reverse(ROUTE), {"export": "csv-excel"})
    assert f'# Confirmations counted until,"{when}"' in file.getvalue().decode("utf-8-sig")


def test_an_officers_own_are_counted_now(client, officer, leavers):
    before = timezone.localtime()
    page = read(client, officer, ROUTE)
    said = re.search(r"; by ([^;]*), staff had", page).group(1)
    assert said in {date_format(moment, "DATETIME_FORMAT") for moment in (before, timezone.localtime())}


def test_the_largest_type_is_set_against_all_others_until_two_are_chosen(client, manager, leavers):
    rows = taken(client, manager, ROUTE, "types")
    assert [(row["first"], row["second"]) for row in rows if row["trait"] == "Sex"] == [
        ("12", "0"),
        ("0", "11"),
    ]
    rows = taken(client, manager, ROUTE, "types", "first=dissatisfied&second=moved")
    assert [(row["first"], row["second"]) for row in rows if row["trait"] == "Sex"] == [
        ("8", "0"),
        ("0", "12"),
    ]


def test_a_group_below_the_smallest_shown_cannot_be_chosen(client, manager, leavers):
    page = read(client, manager, ROUTE, "first=shock")
    assert "Nothing is known by this. Choose from the list." in page
    assert 'value="shock"' not in page
    Institution.objects.create(pk=1, smallest_cell=3)
    assert "Pushed out by a shock (3)" in read(client, manager, ROUTE)


def test_a_group_is_not_compared_with_itself(client, manager, leavers):
    assert "Choose two different groups." in read(client, manager, ROUTE, "first=moved&second=moved")


def test_who_wanted_it_and_what_it_meant_are_groups_too(client, manager, leavers):
    assert taken(client, manager, ROUTE, "types", "by=initiative") == []
    page = read(client, manager, ROUTE, "by=initiative&office=NORTH-1")
    assert "The client (23)" in page
    assert "Too few confirmed exits to compare" in page
    assert 'href="?by=tone&amp;office=NORTH-1"' in page


def test_what_the_second_has_more_often_is_said_too(client, manager, first_lists, office):
    lived = {"moved": [2000], "dissatisfied": [1970, 1980, 1990]}
    for code, years in lived.items():
        for number in range(12):
            born = dt.date(years[number % len(years)], 1, 1)
            asked.confirmed(asked.leaver(office, birth_date=born), code, by=manager)
    pages.built()
    analyse_exits(by=None)
    page = read(client, manager, ROUTE, "first=dissatisfied&second=moved")
    differ = "age at the start, under 25: 0\u202f% of “Dissatisfied”, 100\u202f% of “Moved away”."
    assert f"They differ most in this: {differ}" in page


def test_what_chance_may_explain_is_in_the_table_and_not_in_the_chart(client, manager, leavers):
    rows = taken(client, manager, ROUTE, "types")
    (urban,) = [row for row in rows if row["value"] == "Urban"]
    assert (urban["first"], urban["second"]) == ("5", "4")
    assert float(urban["low"]) < 0 < float(urban["difference"])
    page = read(client, manager, ROUTE)
    assert "Area: Urban" not in page
    assert "Sex: Women" in page


def test_without_a_confirmed_exit_it_leads_to_the_register(client, manager, office, officer):
    asked.leaver(office, officer.officer)
    pages.built()
    analyse_exits(by=None)
    page = read(client, manager, ROUTE)
    assert "No exit is confirmed yet" in page
    assert f'href="{reverse("exits:register-list")}"' in page


def test_an_officer_sees_the_own_leavers_and_a_branch_manager_those_of_the_branch(
    client, officer, other_officer, branch_manager, far_office, leavers
):
    own = taken(client, officer, ROUTE, "types")
    assert own == taken(client, branch_manager, ROUTE, "types")
    assert len(own) == len({(row["trait"], row["value"]) for row in own}) > 0
    assert "No exit is confirmed yet" in read(client, other_officer, ROUTE)


def test_what_was_confirmed_after_the_analyses_counts_with_the_next(
    client, manager, leavers, office, officer
):
    person = asked.leaver(office, officer.officer)
    asked.confirmed(person, "moved", by=manager)
    assert "Moved away (12)" in read(client, manager, ROUTE)
    pages.built(pages.AS_OF + dt.timedelta(days=1))
    analyse_exits(by=None)
    assert "Moved away (13)" in read(client, manager, ROUTE)
