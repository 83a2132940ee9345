"""The screens over people with an account: who is shown to whom, and what each button does from then on."""

import csv
import datetime as dt
import io

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from spm.access import Role
from spm.models import AuditEvent, User
from tests.conftest import member
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

PEOPLE = reverse("clients:person-list")


def shown(client, **asked) -> list[str]:
    return [row[1].text for row in client.get(PEOPLE, asked).context["rows"]]


def page_of(person) -> str:
    return reverse("clients:person-detail", args=[person.pk])


def do(client, what, person):
    return client.post(reverse(f"clients:person-{what}", args=[person.pk]), follow=True)


@pytest.fixture
def signed_in(client, admin):
    client.force_login(admin)
    return client


# The list


@pytest.fixture
def staff(office, far_office, admin):
    ana = UserFactory(username="ana", first_name="Ana", last_name="Quispe", email="aq@caja.example")
    MembershipFactory(user=ana, role=Role.OFFICER, office=office)
    MembershipFactory(user=ana, role=Role.MANAGER, office=far_office, valid_to="2020-12-31")
    luis = UserFactory(username="luis", first_name="Luis", last_name="Rojas")
    MembershipFactory(user=luis, role=Role.MANAGER, office=far_office)
    UserFactory(username="eva", first_name="Eva")
    closed = UserFactory(username="zoe", first_name="Zoe", is_active=False)
    MembershipFactory(user=closed, role=Role.OFFICER, office=office)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["admin", "ana", "eva", "luis", "zoe"]),
        ({"q": "quispe ANA"}, ["ana"]),
        ({"q": "aq@caja"}, ["ana"]),
        ({"role": "officer"}, ["ana", "zoe"]),
        ({"role": "manager"}, ["luis"]),
        ({"state": "active"}, ["admin", "ana", "luis"]),
        ({"state": "idle"}, ["eva"]),
        ({"state": "closed"}, ["zoe"]),
        ({"role": "officer", "state": "active"}, ["ana"]),
        ({"q": "nobody"}, []),
        ({"state": "nonsense"}, ["admin", "ana", "eva", "luis", "zoe"]),
    ],
)
def test_the_list_finds_people_by_name_role_and_state(asked, found, signed_in, staff):
    assert sorted(shown(signed_in, **asked)) == found


def test_an_office_stands_for_all_below_it(signed_in, staff, office, far_office):
    assert sorted(shown(signed_in, office=office.parent_id)) == ["ana", "zoe"]
    assert shown(signed_in, office=far_office.pk) == ["luis"]


def test_a_manager_sees_the_people_of_their_offices_alone(client, branch_manager, staff):
    client.force_login(branch_manager)
    assert sorted(shown(client)) == ["ana", "branch-manager", "zoe"]


@pytest.fixture
def former(staff, office, far_office, officer):
    """Left the office: one for good, one for another office, one until a day to come."""
    ended = {"office": office, "role": Role.OFFICER, "valid_to": "2020-12-31", "valid_from": "2020-01-01"}
    MembershipFactory(user=UserFactory(username="gone"), **ended)
    moved = member("moved", Role.OFFICER, far_office)
    MembershipFactory(user=moved, **ended)
    back = UserFactory(username="back")
    MembershipFactory(user=back, **ended)
    MembershipFactory(user=back, office=office, role=Role.OFFICER, valid_from="2999-01-01")


def test_who_has_no_role_at_the_managers_offices_any_more_is_listed_where_asked_for(
    client, branch_manager, former
):
    client.force_login(branch_manager)
    there = ["ana", "back", "branch-manager", "officer", "zoe"]
    assert sorted(shown(client)) == there
    assert sorted(shown(client, former="on")) == sorted([*there, "gone", "moved"])
    assert sorted(shown(client, former="on", state="idle")) == ["back", "gone"]


def test_the_filter_says_that_former_people_are_shown(client, branch_manager, former):
    client.force_login(branch_manager)
    (chip,) = client.get(PEOPLE, {"former": "on"}).context["chips"]
    assert (chip["label"], chip["value"]) == ("Also those whose roles here have ended", "yes")


def test_the_export_leaves_former_people_out_as_the_page_does(client, branch_manager, former):
    client.force_login(branch_manager)
    for asked in ({}, {"former": "on"}):
        text = client.get(PEOPLE, {"export": "csv"} | asked).getvalue().decode("utf-8-sig")
        exported = [row["username"] for row in csv.DictReader(io.StringIO(text))]
        assert exported == shown(client, **asked)


def test_who_manages_all_finds_every_account_and_no_box_for_it(signed_in, former):
    page = signed_in.get(PEOPLE)
    assert {"gone", "moved", "eva"} <= {row[1].text for row in page.context["rows"]}
    assert "former" not in page.context["form"].fields


def test_the_page_of_a_former_person_stays_open_to_the_manager(client, branch_manager, former):
    client.force_login(branch_manager)
    assert client.get(page_of(User.objects.get(username="gone"))).status_code == 200


def test_the_export_holds_the_rows_of_the_page(signed_in, staff):
    text = signed_in.get(PEOPLE, {"export": "csv", "role": "officer"}).getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["username"], row["roles"], row["state"], row["second_step"]) for row in rows] == [
        ("ana", "Field officer, Valle Norte", "active", "no"),
        ("zoe", "Field officer, Valle Norte", "deactivated", "no"),
    ]


def test_what_was_looked_for_stays_out_of_the_trail(signed_in, staff):
    signed_in.get(PEOPLE, {"export": "csv", "q": "Quispe"}).getvalue()
    assert AuditEvent.objects.get(verb="exported").details["shown"] == {"q": ["•••"]}


def test_the_list_and_a_page_ask_as_often_for_three_as_for_one(signed_in, office):
    counts = []
    person = member("first", Role.OFFICER, office)
    for more in (0, 3):
        for number in range(more):
            member(f"person-{number}", Role.OFFICER, office)
            MembershipFactory(user=person, office=office, valid_from=dt.date(2021, 1, 1 + number))
        asked = []
        for path in (PEOPLE, page_of(person)):
            with CaptureQueriesContext(connection) as queries:
                signed_in.get(path)
            asked.append(len(queries))
        counts.append(asked)
    assert counts[0] == counts[1]


# One person


def test_the_page_shows_what_is_past_and_what_is_to_come(signed_in, officer, office):
    today = timezone.localdate()
    officer.memberships.create(role="manager", office=office, valid_from=today + dt.timedelta(days=1))
    officer.memberships.create(role="admin", office=office, valid_from="2020-01-01", valid_to="2020-02-01")
    rows = signed_in.get(page_of(officer)).context["roles"]
    assert [(row["membership"].role, str(row["standing"])) for row in rows] == [
        ("manager", "later"),
        ("admin", "over"),
        ("officer", "now"),
    ]


def test_the_roles_of_a_shut_account_are_not_in_force_until_it_is_opened(signed_in, officer, office):
    MembershipFactory(user=officer, office=office, valid_from="2010-01-01", valid_to="2010-02-01")
    standings = []
    for what in ("deactivate", "reactivate"):
        do(signed_in, what, officer)
        rows = signed_in.get(page_of(officer)).context["roles"]
        standings.append([(str(row["standing"]), row["mark"]) for row in rows])
    assert standings == [[("shut", ""), ("over", "")], [("now", "ok"), ("over", "")]]


def test_a_page_offers_only_what_would_be_done(client, branch_manager, admin, officer, office):
    boss = member("boss", Role.MANAGER, office)
    client.force_login(branch_manager)
    offered = {
        person.username: (page["manages"], [(row["may_change"], row["may_end"]) for row in page["roles"]])
        for person in (officer, boss, branch_manager)
        if (page := client.get(page_of(person)).context)
    }
    assert offered == {
        "officer": (True, [(True, True)]),
        "boss": (False, [(False, False)]),
        "branch-manager": (False, [(False, True)]),
    }


def test_a_role_is_given_changed_and_ended_on_the_screens(signed_in, office, far_office):
    eva, today = UserFactory(username="eva"), timezone.localdate()
    given = {"role": "officer", "office": office.pk, "valid_from": str(today), "valid_to": ""}
    there = signed_in.post(reverse("clients:role-add", args=[eva.pk]), given)
    assert there.headers["Location"] == page_of(eva)
    first = eva.memberships.get()
    changed = {"office": far_office.pk, "valid_from": str(today), "valid_to": "2999-01-01", "version": 1}
    signed_in.post(reverse("clients:role-change", args=[first.pk]), changed)
    second = eva.memberships.get(ended_at=None)
    assert (second.office, second.role, second.valid_to) == (far_office, "officer", dt.date(2999, 1, 1))
    signed_in.post(reverse("clients:role-end", args=[second.pk]))
    assert eva.memberships.filter(ended_at=None).count() == 0


def test_a_form_offers_what_is_ones_own_to_give_and_takes_nothing_else(
    client, branch_manager, officer, office, far_office, head
):
    client.force_login(branch_manager)
    path = reverse("clients:role-add", args=[officer.pk])
    form = client.get(path).context["form"]
    assert [value for value, _words in form.fields["role"].choices] == ["officer"]
    assert list(form.fields["office"].queryset) == [office]
    for role, where in [("admin", office), ("officer", far_office), ("officer", head), ("assessor", office)]:
        client.post(path, {"role": role, "office": where.pk, "valid_from": "2026-01-01"})
    assert officer.memberships.count() == 1


def test_who_manages_here_and_rules_there_gives_only_what_fits_together(client, admin, office, far_office):
    """Offered are the roles of the one and the offices of the other; together they are refused."""
    both = member("both", Role.ADMIN, office)
    MembershipFactory(user=both, role=Role.MANAGER, office=far_office)
    eva = member("eva", Role.OFFICER, far_office)
    client.force_login(both)
    given = {"role": "manager", "office": far_office.pk, "valid_from": "2026-01-01"}
    page = client.post(reverse("clients:role-add", args=[eva.pk]), given)
    assert page.context["form"].errors == {"office": ["You may not give this role at this office."]}


def test_a_refusal_stands_on_top_of_the_form(signed_in, officer, office, admin, head):
    other = member("other", Role.ADMIN, head)
    for person in (other,):
        role = person.memberships.get()
        given = {"office": head.pk, "valid_from": "2026-02-01", "valid_to": "2026-01-01", "version": 1}
        page = signed_in.post(reverse("clients:role-change", args=[role.pk]), given)
        assert "There is a problem" in page.text
        assert person.memberships.get().valid_to is None


def test_nobody_opens_the_form_for_themselves(signed_in, admin):
    role = admin.memberships.get()
    paths = [
        reverse("clients:role-add", args=[admin.pk]),
        reverse("clients:role-change", args=[role.pk]),
    ]
    for path in paths:
        assert [signed_in.get(path).status_code, signed_in.post(path, {}).status_code] == [403, 403]


# The account


def test_shutting_an_account_ends_its_sessions_and_opening_it_does_not_bring_them_back(signed_in, officer):
    theirs = Client()
    theirs.force_login(officer)
    assert theirs.get("/").status_code == 200
    do(signed_in, "deactivate", officer)
    assert theirs.get("/").status_code == 302
    do(signed_in, "reactivate", officer)
    assert User.objects.get(pk=officer.pk).is_active
    assert theirs.get("/").status_code == 302


def test_a_link_for_a_new_password_goes_to_the_person_alone(signed_in, officer, mailoutbox):
    page = do(signed_in, "password", officer)
    (mail,) = mailoutbox
    assert mail.to == [officer.email]
    (link,) = [word for word in mail.body.split() if "/password/reset/key/" in word]
    assert link.removeprefix("http://testserver") not in page.text
    assert AuditEvent.objects.filter(verb="password.link_made", by__username="admin").count() == 1
    assert Client().get(link.removeprefix("http://testserver"), follow=True).status_code == 200


@pytest.mark.parametrize(("chosen", "sent"), [("es", "Elija"), ("", "Choose")])
def test_the_link_is_sent_in_the_language_of_the_person_and_else_in_the_institutions(
    chosen, sent, signed_in, officer, mailoutbox
):
    officer.reads(chosen)
    signed_in.cookies["django_language"] = "en" if chosen else "es"
    do(signed_in, "password", officer)
    assert mailoutbox[0].subject.split()[0] == sent


def test_without_an_address_no_link_is_made(signed_in, officer, mailoutbox):
    User.objects.filter(pk=officer.pk).update(email="")
    page = do(signed_in, "password", officer)
    assert "an e-mail address only" in page.text
    assert mailoutbox == []


def test_who_lost_the_phone_is_helped_and_signs_in_anew(signed_in, officer):
    Authenticator.objects.create(user=officer, type="totp", data={})
    Authenticator.objects.create(user=officer, type="recovery_codes", data={})
    theirs = Client()
    theirs.force_login(officer)
    do(signed_in, "second-step", officer)
    assert not Authenticator.objects.filter(user=officer).exists()
    assert theirs.get("/").status_code == 302
    assert AuditEvent.objects.filter(verb="second_factor.reset").count() == 1


@pytest.mark.parametrize("what", ["deactivate", "reactivate", "password", "second-step"])
def test_what_is_not_theirs_to_manage_is_refused(what, client, branch_manager, office):
    peer = member("peer", Role.MANAGER, office)
    client.force_login(branch_manager)
    assert do(client, what, peer).status_code == 403
    assert User.objects.get(pk=peer.pk).is_active


def test_the_last_administrator_is_told_why_they_stay(signed_in, admin):
    page = do(signed_in, "deactivate", admin)
    assert "must stay" in page.text
    assert User.objects.get(pk=admin.pk).is_active


def test_the_home_page_says_until_when_a_role_holds(client, assessor):
    client.force_login(assessor)
    assert ", until " in client.get("/").text
