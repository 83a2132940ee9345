"""The questions about leaving where there is next to nothing to answer them from."""

import datetime as dt

import pytest

from exits.actions import analyse_exits
from tests.exits import pages
from tests.exits.test_views_analyses import read, taken
from tests.factories import ClientFactory, LoanFactory

BEGAN, GONE = dt.date(2022, 11, 1), dt.date(2024, 10, 1)


@pytest.fixture
def everybody_left(office, officer):
    """25 clients, of whom nobody is left."""
    for _number in range(25):
        person = ClientFactory(office=office, officer=officer.officer, birth_date=dt.date(2000, 1, 1))
        pages.repaid(person, BEGAN, GONE)
    counted()


@pytest.fixture
def nobody_left(office, officer):
    for _number in range(2):
        LoanFactory(
            client=ClientFactory(office=office, officer=officer.officer),
            disbursed_on=BEGAN,
            due_on=pages.AS_OF,
        )
    counted()


def counted():
    pages.built()
    analyse_exits(by=None)


def test_where_nobody_stayed_the_profile_compares_nothing(client, manager, everybody_left):
    page = read(client, manager, "exits:profile-list")
    assert "25 clients left; still here at the end: 0. They are too few to compare." in page


def test_where_nobody_is_left_no_limits_are_kept_and_months_are_in_words(client, manager, everybody_left):
    page = read(client, manager, "exits:limit-chart")
    assert "Nobody was a client in the latest three months that are known whole." in page
    assert (">October 2024<" in page, ">2024-10<" in page) == (True, False)
    assert "2024-10" in [row["month"] for row in taken(client, manager, "exits:limit-chart", "limits")]


def test_without_exits_no_season_and_no_worst_month_is_named(client, manager, nobody_left):
    assert "Nobody left in the years that are known whole." in read(client, manager, "exits:season-list")
    assert "Worst month" not in read(client, manager, "exits:exit-rate")
    page = read(client, manager, "exits:limit-chart")
    assert "no more clients left than chance explains: the usual share is 0.0\u202f% a month." in page


def test_one_return_and_one_client_are_said_as_one(client, manager, office, officer):
    person = ClientFactory(office=office, officer=officer.officer)
    pages.repaid(person, BEGAN, dt.date(2023, 11, 1))
    LoanFactory(client=person, disbursed_on=dt.date(2023, 11, 20), due_on=pages.AS_OF)
    counted()
    assert "Of 1 return, 95 % came within 19 days" in read(client, manager, "exits:return-curve")
    page = read(client, manager, "exits:exit-rate")
    assert ("1 client served, data as of" in page, "· 1 client served" in page) == (True, True)


def test_clients_without_a_loan_have_no_stays_and_no_windows(client, manager, office, officer):
    ClientFactory(office=office, officer=officer.officer)
    counted()
    page = read(client, manager, "exits:stay-curve")
    assert ("Too few clients to say how long they stay." in page, 'id="stays"' in page) == (True, False)
    assert 'id="windows"' not in read(client, manager, "exits:return-curve")


def test_ages_are_in_words(client, manager, office, officer):
    for number in range(50):
        born = dt.date(2005 if number % 2 else 1960, 1, 1)
        person = ClientFactory(office=office, officer=officer.officer, birth_date=born)
        if number < 25:
            pages.repaid(person, BEGAN, GONE)
        else:
            LoanFactory(client=person, disbursed_on=BEGAN, due_on=pages.AS_OF)
    counted()
    ages = {
        row["value"]
        for row in taken(client, manager, "exits:profile-list", "profile")
        if row["trait"].startswith("Age")
    }
    assert ages == {"under 25", "55 and over"}
