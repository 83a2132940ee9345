"""The profile with everything else equal: what the page says of the model, and why it says nothing."""

import numpy as np
import pytest

from exits.actions import analyse_exits
from exits.models import Analysis
from tests.exits import asked, pages
from tests.exits.test_views_analyses import read, taken
from tests.factories import ClientFactory, LoanFactory

ROUTE, TOGETHER = "exits:profile-list", "by=together"


def institution(office, officer, cells):
    """So many who left and who stayed, by sex."""
    for sex, (left, stayed) in cells.items():
        for _number in range(left):
            asked.leaver(office, officer.officer, sex=sex)
        for _number in range(stayed):
            person = ClientFactory(office=office, officer=officer.officer, sex=sex)
            LoanFactory(client=person, disbursed_on=asked.BEGAN, due_on=pages.AS_OF)
    pages.built()
    analyse_exits(by=None)


@pytest.fixture
def women_stay(office, officer):
    institution(office, officer, {"F": (10, 50), "M": (30, 20)})


def test_each_row_says_in_words_what_its_odds_mean(client, manager, women_stay):
    (row,) = taken(client, manager, ROUTE, "model", TOGETHER)
    assert (row["trait"], row["value"], row["reference"], row["n"], row["leavers"]) == (
        "Sex", "Men", "Women", "50", "30",
    )  # fmt: skip
    # odds of 30 to 20 and of 10 to 50; Woolf's interval
    error = (1 / 30 + 1 / 20 + 1 / 10 + 1 / 50) ** 0.5
    low, high = 7.5 * np.exp([-1.96 * error, 1.96 * error])
    words = f"odds 7.50 ({low:.2f} to {high:.2f})."
    assert row["words"] == f"Left more often than “Women” with an otherwise equal profile: {words}"
    page = read(client, manager, ROUTE, TOGETHER)
    assert f"this goes most with leaving: sex, Men, against Women: {words}" in page
    assert "What can the model not say?" in page


def test_small_odds_are_not_said_to_be_none_and_are_drawn(client, manager, women_stay):
    made = Analysis.objects.filter(kind="profile", found__state="made")
    for row in made:
        row.found["terms"][0] |= {"odds": 0.00341, "low": 0.00187, "high": 0.0624}
        row.save()
    (row,) = taken(client, manager, ROUTE, "model", TOGETHER)
    assert (row["odds"], row["low"], row["high"]) == ("0.0034", "0.0019", "0.062")
    words = "this goes most with staying: sex, Men, against Women: odds 0.0034 (0.0019 to 0.062)."
    assert words in read(client, manager, ROUTE, TOGETHER)


def test_what_holds_one_is_no_clear_difference(client, manager, office, officer):
    institution(office, officer, {"F": (12, 24), "M": (11, 20)})
    (row,) = taken(client, manager, ROUTE, "model", TOGETHER)
    assert row["words"].startswith(
        "No clear difference from “Women” with an otherwise equal profile: odds 1.10 ("
    )
    assert "nothing that is recorded goes with leaving beyond chance" in read(
        client, manager, ROUTE, TOGETHER
    )


def test_too_few_are_told_so_and_no_odds(client, manager, office, officer, far_office):
    institution(office, officer, {"F": (5, 5), "M": (5, 5)})
    page = read(client, manager, ROUTE, TOGETHER)
    assert "too few clients differ to compare them" in page
    assert taken(client, manager, ROUTE, "model", TOGETHER) == []


def test_an_officer_has_the_model_of_the_own_portfolio(client, officer, other_officer, women_stay, manager):
    assert taken(client, officer, ROUTE, "model", TOGETHER) == taken(
        client, manager, ROUTE, "model", TOGETHER
    )
    assert taken(client, other_officer, ROUTE, "model", TOGETHER) == []


def test_the_usual_page_leads_to_the_model(client, manager, women_stay):
    page = read(client, manager, ROUTE)
    assert '<option value="together">All traits together</option>' in page
    assert 'id="profile"' in page
    assert 'id="model"' not in page
