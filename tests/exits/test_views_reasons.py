"""Why do clients leave? What the page says, to whom, and what can be taken away."""

import csv
import html
import io
import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from spm.access import GRANTS, Can, Role
from tests.exits import pages
from tests.exits.asked import OLD, YOUNG, confirmed, interview, leaver
from tests.exits.test_views_rates import plain

REASONS, VERBATIMS = reverse("exits:reason-list"), reverse("exits:verbatim-list")
TABLES = ["reasons", "groups", "breakdown", "staff", "again", "competitors"]

pytestmark = pytest.mark.usefixtures("first_lists")


@pytest.fixture
def asked(office, far_office, officer, manager):
    """Two young women and an old one of the near office, a man of the far one, and one who was not asked."""
    women = [leaver(office, officer.officer, birth_date=born) for born in (YOUNG, YOUNG, OLD)]
    man = leaver(far_office, sex="M", birth_date=OLD)
    leaver(far_office)
    pages.built()
    interview(women[0], "health", more=["interest"], own_officer=True, change="Smaller <b>loans</b>")
    interview(women[1], "health", first="weather", competitor="Banco Luna")
    interview(women[2], "interest")
    interview(women[2], "interest", round=2, days=3)
    interview(man, "other")
    confirmed(women[0], by=manager, staff="interest")
    return [*women, man]


def read(client, user, query="", path=REASONS, language="en"):
    client.force_login(user)
    answer = client.get(f"{path}?{query}", headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def taken(client, user, table, query="", path=REASONS):
    client.force_login(user)
    answer = client.get(f"{path}?export=csv&table={table}&{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_the_page_says_how_many_speak_and_what_they_say_most(client, manager, asked):
    words = plain(read(client, manager))
    assert (
        "4 clients of the 5 who left (2025) say why. Most often: Household, in 50 % of interviews." in words
    )
    assert "Asked, of all who left 80.0 % 4 of 5" in words
    assert "Asked by their own officer 25.0 % 1 of 4" in words


def test_heads_stand_with_their_reasons_beneath_and_add_up(client, manager, asked):
    rows = taken(client, manager, "reasons")
    shown = [(row["head"], row["reason"], row["n"], row["adding_up"]) for row in rows]
    assert (
        shown
        == [
            ("Household", "", "2", "0.5"),
            ("Household", "Illness", "2", ""),
            ("Other", "", "1", "0.75"),
            ("Product", "", "1", "1.0"),
            ("Product", "Interest or fees too high", "1", ""),
        ]
        or shown[-2][3] == "1"
    )


def test_a_switch_counts_every_reason_or_what_happened_first(client, manager, asked):
    first = taken(client, manager, "reasons", "part=first")
    assert [(row["head"], row["n"]) for row in first] == [("Shock", "1"), ("Shock", "1")]
    every = taken(client, manager, "reasons", "part=any")
    assert [row["n"] for row in every if not row["reason"]] == ["2", "2", "1", "1"]


def test_why_women_under_30_leave_a_branch_is_two_links_from_the_home_page_and_a_third_exports_it(
    client, manager, asked
):
    assert f'href="{REASONS}">Why do clients leave?' in read(client, manager, path="/")
    (link,) = [
        part.partition('"')[0].replace("&amp;", "&")
        for part in read(client, manager).split('href="?')[1:]
        if "young=under" in part.partition('"')[0]
    ]
    page = plain(read(client, manager, link))
    assert "2 clients of the 2 who left (2025) say why. Most often: Household" in page
    assert "Whose reasons do you want to know?" not in page
    (take,) = re.findall(r'class="btn btn-primary" href="\?([^"]*export=xlsx)"', read(client, manager, link))
    assert QueryDict(html.unescape(take)) == QueryDict(f"{link}&export=xlsx")


def test_more_than_a_tenth_of_other_is_warned_of(client, manager, asked):
    assert "“Other” is 25 % of the reasons" in plain(read(client, manager))
    assert "“Other” is" not in plain(read(client, manager, "sex=F"))


def test_each_table_can_be_taken_away_and_holds_what_is_shown(client, manager, asked):
    assert [taken(client, manager, table) != [] for table in TABLES] == [True] * len(TABLES)
    (row,) = taken(client, manager, "competitors")
    assert (row["name"], row["n"]) == ("Banco Luna", "1")
    near, far = taken(client, manager, "groups")[::-1]
    assert (near["F_under"], near["F_over"], near["all"], far["M_over"]) == ("2", "1", "3", "1")
    by_sex = taken(client, manager, "breakdown", "by=sex")
    assert [(row["group"], row["n"]) for row in by_sex] == [("Women", "3"), ("Men", "1")]


def test_what_client_and_staff_say_stands_with_its_kappa(client, manager, asked):
    words = plain(read(client, manager))
    assert "Of 1 pairs 0 % are equal. Kappa is 0.00" in words
    assert "Kappa cannot be told, as all gave one answer." in words


def test_wrong_values_in_the_address_are_named_and_the_default_counts(client, manager, asked):
    page = plain(read(client, manager, "young=ancient&leaver_type=x&part=last&by=planet"))
    assert "4 clients of the 5" in page
    assert "Nothing is known by this." in page or "Select a valid choice" in page


def test_each_sees_their_own_reach_and_whoever_may_not_see_exits_nothing(
    client, officer, branch_manager, assessor, admin, asked
):
    for user in (officer, branch_manager):
        assert "3 clients of the 3 who left (2025)" in plain(read(client, user))
        assert "Puerto Sur" not in read(client, user)
    for user in (assessor, admin):
        client.force_login(user)
        assert client.get(REASONS).status_code == 403
        assert client.get(VERBATIMS).status_code == 403


def test_the_page_asks_as_many_queries_for_three_as_for_one(client, manager, office):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            read(client, manager)
        return len(asked)

    interview(leaver(office), "health", competitor="Luna")
    pages.built()
    read(client, manager)
    one = queries()
    for _n in range(2):
        interview(leaver(office), "interest", competitor="Sol")
    pages.built()
    assert queries() == one


def test_before_any_portfolio_and_before_any_interview_the_pages_say_what_comes(client, manager, office):
    assert "No portfolio yet" in read(client, manager)
    assert "No portfolio yet" in read(client, manager, path=VERBATIMS)
    leaver(office)
    pages.built()
    assert "No interviews here yet" in read(client, manager)
    assert "Nobody has said anything here yet" in read(client, manager, path=VERBATIMS)


def test_what_leavers_say_is_for_whoever_may_read_it_and_names_nobody(client, manager, officer, asked):
    page = read(client, manager, path=VERBATIMS)
    assert "Smaller &lt;b&gt;loans&lt;/b&gt;" in page
    assert (asked[0].name in page, asked[0].external_id in page) == (False, False)
    (row,) = taken(client, manager, "", path=VERBATIMS)
    assert (row["change"], row["reason"], row["office"]) == ("Smaller <b>loans</b>", "Illness", "Valle Norte")
    assert f"{VERBATIMS}?" in read(client, manager)
    assert VERBATIMS not in read(client, officer)
    client.force_login(officer)
    assert client.get(VERBATIMS).status_code == 403


def test_whoever_may_not_open_records_sees_whole_years_of_main_reasons_and_nothing_below_k(
    client, assessor, asked, office, monkeypatch
):
    monkeypatch.setitem(GRANTS, Role.ASSESSOR, frozenset({Can.HOME_VIEW, Can.EXITS_VIEW}))
    assert "Too few people for a figure" in read(client, assessor)
    for number in range(14):
        person = leaver(office)
        if number < 8:
            interview(person, "health" if number < 5 else "interest")
    pages.built()
    found = taken(client, assessor, "reasons", "sex=F&office=NORTH-1&young=under")
    assert [(row["head"], row["y2025"]) for row in found] == [("Household", "7"), ("Other, Product", "5")]
    assert taken(client, assessor, "reasons") == found
    assert "export=csv" in read(client, assessor)
