"""The menu: who is shown what, and where one is."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from spm import nav
from spm.access import Can

pytestmark = pytest.mark.django_db


def frame(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return nav.page_frame(request)


def words(items):
    return [str(item["words"]) for item in items]


def places(items):
    return {str(item["words"]): (item["current"], item["inside"]) for item in items}


def test_a_manager_is_shown_every_entry(manager):
    assert words(frame(manager)["menu"]) == ["Home", "Clients", "Leaving", "Complaints", "Data"]


def test_a_branch_manager_is_not_shown_the_import_which_touches_every_office(branch_manager):
    assert words(frame(branch_manager)["menu"]) == ["Home", "Clients", "Leaving", "Complaints"]


def test_an_officer_finds_my_work_first(officer):
    assert words(frame(officer)["menu"]) == ["My work", "Clients", "Leaving"]


def test_whoever_is_officer_and_manager_too_keeps_the_words_of_the_whole(officer, manager):
    officer.memberships.create(
        role="manager", office=manager.memberships.get().office, valid_from="2024-01-01"
    )
    assert words(frame(officer)["menu"])[0] == "Home"


def test_an_assessor_is_shown_the_home_page_alone(assessor):
    assert words(frame(assessor)["menu"]) == ["Home"]


def test_whoever_holds_no_role_is_shown_nothing(nobody):
    shown = frame(nobody)
    assert (shown["menu"], shown["account_menu"]) == ([], [])


def test_an_administrator_finds_people_jobs_audit_and_components_under_the_name(admin):
    assert words(frame(admin)["account_menu"]) == [
        "People",
        "Portfolio as a file",
        "Institution",
        "Jobs",
        "Audit trail",
        "Components",
    ]


def test_the_home_page_leads_an_administrator_to_people_and_the_audit_trail(client, admin):
    client.force_login(admin)
    asked = [str(question["title"]) for question in client.get(reverse("home")).context["questions"]]
    assert asked == [
        "Who are our clients?",
        "Are our data up to date?",
        "Who may do what, and where?",
        "Who did what?",
    ]


def test_the_entry_of_this_very_page_is_current(manager):
    assert places(frame(manager, "/clients/")["menu"]) == {
        "Home": (False, False),
        "Clients": (True, False),
        "Leaving": (False, False),
        "Complaints": (False, False),
        "Data": (False, False),
    }


def test_a_page_lies_behind_the_entry_with_the_longest_address_that_leads_to_it(manager):
    shown = places(frame(manager, "/clients/imports/5/")["menu"])
    assert (shown["Clients"], shown["Data"]) == ((False, False), (False, True))


def test_a_job_lies_behind_an_entry_under_the_name(admin):
    shown = frame(admin, "/jobs/0/")
    assert places(shown["account_menu"])["Jobs"] == (False, True)
    assert not any(item["inside"] for item in shown["menu"])


@pytest.mark.parametrize(("entries", "more"), [(4, 0), (5, 0), (6, 2), (9, 5)])
def test_five_entries_stand_on_a_phone_and_of_more_the_rest_is_under_more(
    entries, more, manager, monkeypatch
):
    monkeypatch.setattr(nav, "MENU", (nav.Entry("home", "Entry", Can.HOME_VIEW),) * entries)
    assert len(frame(manager)["menu_more"]) == more


def test_a_page_of_an_app_above_is_reached_by_the_name_of_its_route(manager, assessor, client, monkeypatch):
    monkeypatch.setattr(nav, "HOME_PANELS", (nav.Entry("exits:exit-rate", "Leaving now", Can.EXITS_VIEW),))
    client.force_login(manager)
    page = client.get(reverse("home")).content.decode()
    assert page.count(f'hx-get="{reverse("exits:exit-rate")}"') == 1
    client.force_login(assessor)
    assert "Leaving now" not in client.get(reverse("home")).content.decode()
