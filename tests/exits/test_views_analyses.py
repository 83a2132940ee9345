"""The pages of the questions about leaving: what they say, of whom, to whom, and what can be taken away."""

import csv
import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exits.actions import analyse_exits
from exits.queries import answer
from exits.views.analyses.base import OF_MANAGERS, WAYS
from tests.exits import pages
from tests.factories import ClientFactory, OfficeFactory

PAGES = {
    "exits:stage-list": "After which loan do clients leave?",
    "exits:profile-list": "Who leaves, compared with who stays?",
    "exits:type-list": "How does one type of leaver differ from another?",
    "exits:stay-curve": "How long do clients stay?",
    "exits:cohort-list": "Of those who joined together, how many stayed?",
    "exits:season-list": "In which months do clients leave?",
    "exits:limit-chart": "Is more leaving than chance explains?",
    "exits:return-curve": "After how long do clients come back?",
}
TABLES = {
    "exits:stage-list": ["stages"],
    "exits:profile-list": ["profile"],
    "exits:type-list": [],
    "exits:stay-curve": ["stays", "curve"],
    "exits:cohort-list": ["cohorts"],
    "exits:season-list": ["seasons"],
    "exits:limit-chart": ["limits"],
    "exits:return-curve": ["returns", "windows"],
}


@pytest.fixture
def many(office, far_office, officer):
    """45 clients of the near office who came in 2022: 20 left after their first loan, 25 took another."""
    start, end = dt.date(2022, 11, 1), dt.date(2025, 2, 1)
    for number in range(45):
        where = far_office if number % 9 == 8 else office
        person = ClientFactory(office=where, officer=officer.officer, sex="F" if number < 20 else "M")
        pages.repaid(person, start, end)
        if number >= 20:
            pages.LoanFactory(client=person, disbursed_on=end, due_on=pages.AS_OF)
    pages.built()
    analyse_exits(by=None)


def read(client, user, route, query=""):
    client.force_login(user)
    response = client.get(f"{reverse(route)}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def taken(client, user, route, table, query=""):
    client.force_login(user)
    response = client.get(f"{reverse(route)}?export=csv&table={table}&{query}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_each_question_has_a_page_that_answers_it(client, manager, many):
    for route, question in PAGES.items():
        page = read(client, manager, route)
        assert f"<h1>{question}</h1>" in page
        assert 'class="sentence"' in page
        for table in TABLES[route]:
            assert f'id="{table}"' in page


@pytest.mark.parametrize("route", PAGES)
@pytest.mark.parametrize("who", ["assessor", "nobody", "admin"])
def test_who_may_not_see_exits_is_refused(client, request, route, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(route)).status_code == 403


@pytest.mark.parametrize("route", PAGES)
def test_before_any_portfolio_the_page_says_what_to_do(client, manager, route):
    assert "No portfolio yet" in read(client, manager, route)


def test_the_sentence_tells_the_worst_stage(client, manager, many):
    page = read(client, manager, "exits:stage-list")
    assert "after loan number 1: 44.4\u202f% of the 45 who finished it took no other." in page


def test_an_exported_table_holds_what_was_found(client, manager, many):
    (row,) = taken(client, manager, "exits:stage-list", "stages")
    assert (row["cycle"], row["finished"], row["left"]) == ("1", "45", "20")
    found = answer(manager, "limits").found
    rows = taken(client, manager, "exits:limit-chart", "limits")
    assert [(r["month"], int(r["exits"])) for r in reversed(rows)] == [
        (month["month"], month["exits"]) for month in found["months"]
    ]


def test_an_office_is_chosen_by_its_code_and_one_out_of_reach_is_not_offered(
    client, manager, branch_manager, many
):
    (near,) = taken(client, manager, "exits:stage-list", "stages", "office=NORTH-1")
    assert near["finished"] == "40"
    assert taken(client, branch_manager, "exits:stage-list", "stages", "office=SOUTH-1") == [near]
    assert "Puerto Sur" not in read(client, branch_manager, "exits:stage-list", "office=SOUTH-1")


def test_stages_are_compared_by_product_office_and_year(client, manager, many):
    rows = taken(client, manager, "exits:stage-list", "stages-by", "by=office")
    assert [(row["group"], row["finished"]) for row in rows] == [("Puerto Sur", "5"), ("Valle Norte", "40")]
    assert 'id="stages-by"' in read(client, manager, "exits:stage-list", "by=product")
    # nobody finished a loan in a calendar year that is known whole
    assert taken(client, manager, "exits:stage-list", "stages-by", "by=year") == []


def test_stays_are_compared_by_group_and_by_what_ended_them(client, manager, many):
    rows = taken(client, manager, "exits:stay-curve", "stays", "by=sex")
    assert [(row["group"], row["n"], row["left"]) for row in rows] == [
        ("Women", "20", "20"),
        ("Men", "25", "0"),
    ]
    assert "log-rank test" in read(client, manager, "exits:stay-curve", "by=sex")
    page = read(client, manager, "exits:stay-curve", "by=cause")
    assert "Of 45 stays so many ended by: own choice 20." in page


def test_cohorts_are_by_quarter_or_year(client, manager, many):
    (row,) = taken(client, manager, "exits:cohort-list", "cohorts", "by=year")
    assert (row["cohort"], row["clients"], row["0"], row["2"]) == ("2022", "45", "1.0", "1.0")
    (row,) = taken(client, manager, "exits:cohort-list", "cohorts")
    assert row["cohort"] == "2022-Q4"


def test_the_profile_names_the_trait_that_leavers_have(client, manager, many):
    page = read(client, manager, "exits:profile-list")
    assert "They differ most in this: loan cycle, loan 1: 100\u202f% of leavers, 0\u202f% of stayers." in page


def test_the_return_page_names_the_window_in_force(client, manager, many):
    page = read(client, manager, "exits:return-curve")
    assert "came within 0 days of the last repayment. The window in force is 90 days." in page
    rows = taken(client, manager, "exits:return-curve", "windows")
    assert [row["window"] for row in rows if row["force"]] == ["90"]


def test_an_officer_sees_the_own_portfolio_alone(client, officer, other_officer, many):
    assert "These are the clients of your own portfolio." in read(client, officer, "exits:stay-curve")
    (row,) = taken(client, officer, "exits:stage-list", "stages")
    assert row["finished"] == "40"
    assert taken(client, other_officer, "exits:stage-list", "stages") == []


def test_a_wrong_choice_is_named_and_the_usual_one_shown(client, manager, many):
    page = read(client, manager, "exits:stay-curve", "by=nothing")
    assert "Nothing is known by this. Choose from the list." in page
    assert "Half of the clients have left" in page or "After one year" in page


def test_a_page_asks_as_often_with_many_offices_as_with_few(client, manager, many, head):
    def queries(route):
        client.force_login(manager)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(route))
        return len(asked)

    for route in PAGES:
        queries(route)
    before = [queries(route) for route in PAGES]
    for number in range(3):
        OfficeFactory(code=f"NEW-{number}", parent=head)
    assert [queries(route) for route in PAGES] == before


def test_the_questions_stand_in_a_row_and_for_phones_behind_the_one_that_is_answered(client, manager):
    page = read(client, manager, "exits:interview-list")
    row, folded = re.findall(r'<nav class="ways(?: wide|-folded)".*?</nav>', page, re.DOTALL)
    links = re.compile(r'href="(.*?)"')
    assert len(links.findall(row)) == len(WAYS) + len(OF_MANAGERS)
    assert links.findall(folded) == links.findall(row)
    assert "<b>What do they say?</b>" in folded
