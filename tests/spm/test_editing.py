"""Two people edit one record: who comes second loses nothing, and overwrites nothing unseen."""

import datetime as dt
import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clients.actions.roles import end_role
from spm.access import Role
from spm.models import AuditEvent
from tests.conftest import member

pytestmark = pytest.mark.django_db

SENT = re.compile(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', re.DOTALL)


class Window:
    """The form of one person's browser, opened at a time and sent later."""

    def __init__(self, person, path):
        self.browser, self.path = Client(), path
        self.browser.force_login(person)
        self.open()

    def open(self):
        self.page = self.browser.get(self.path)
        form = self.page.context["form"]
        said = {bound.html_name: bound.initial for bound in form}
        plain = {name: "" if value is None else getattr(value, "pk", value) for name, value in said.items()}
        self.fields = plain | self.page.context["edit"]

    def send(self, **typed):
        self.page = self.browser.post(self.path, self.fields | typed)
        return self.page

    def answer(self, **picks):
        """Choose on the page of differences."""
        fields = {name: html.unescape(text) for name, text in SENT.findall(self.page.text)}
        asked = [difference.name for difference in self.page.context["asked"]]
        chosen = {f"pick-{name}": pick for name, pick in picks.items()}
        there = self.page.context["address"]
        self.page = self.browser.post(there, fields | self.page.context["edit"] | chosen | {"asked": asked})
        return self.page


@pytest.fixture
def eva(head):
    person = member("eva", Role.ADMIN, head)
    person.first_name, person.last_name = "Eva", "<b>Flores</b>"
    person.save()
    return person


@pytest.fixture
def windows(admin, eva, officer):
    path = reverse("clients:role-change", args=[officer.memberships.get().pk])
    return Window(admin, path), Window(eva, path)


def held(person):
    """Office and last day of the person's open roles."""
    return [(m.office.code, m.valid_to) for m in person.memberships.open(timezone.localdate()).order_by("pk")]


def test_who_comes_second_sees_both_texts_with_name_and_time(windows, eva, officer, far_office, head):
    mine, theirs = windows
    theirs.send(office=far_office.pk)
    page = mine.send(office=head.pk)
    assert page.status_code == 409
    (asked,) = page.context["asked"]
    assert (asked.name, asked.theirs, asked.mine) == ("office", str(far_office), str(head))
    assert page.context["their_edit"] == AuditEvent.objects.get(verb="role.changed")
    assert page.context["their_edit"].by == eva
    assert "<strong>Eva &lt;b&gt;Flores&lt;/b&gt;</strong> changed this on" in page.text
    assert held(officer) == [("SOUTH-1", None)]


@pytest.mark.parametrize("pick", ["mine", "theirs"])
def test_the_choice_holds_and_what_one_side_changed_alone_comes_along(
    pick, windows, officer, far_office, head
):
    mine, theirs = windows
    head.code = "HO"
    head.save()
    theirs.send(office=far_office.pk, valid_to="2999-01-01")
    page = mine.send(office=head.pk)
    assert [(d.name, d.taken) for d in page.context["taken"]] == [("valid_to", "1 January 2999")]
    assert mine.answer(office=pick).status_code == 302
    assert held(officer) == [({"mine": head.code, "theirs": far_office.code}[pick], dt.date(2999, 1, 1))]


def test_without_a_choice_it_is_asked_again_and_nothing_is_lost(windows, officer, far_office, head):
    mine, theirs = windows
    theirs.send(office=far_office.pk)
    mine.send(office=head.pk, valid_to="2998-01-01")
    page = mine.answer()
    assert (page.status_code, page.context["unanswered"]) == (409, ["office"])
    assert "There is a problem" in page.text
    assert held(officer) == [("SOUTH-1", None)]
    mine.answer(office="mine")
    assert held(officer) == [(head.code, dt.date(2998, 1, 1))]


def test_an_answer_may_be_overtaken_in_turn(windows, eva, officer, office, far_office, head):
    mine, theirs = windows
    theirs.send(office=far_office.pk)
    mine.send(office=head.pk)
    again = Window(eva, reverse("clients:role-change", args=[officer.memberships.latest("pk").pk]))
    again.send(office=office.parent_id)
    page = mine.answer(office="mine")
    assert (page.status_code, [d.theirs for d in page.context["asked"]]) == (409, [str(office.parent)])
    assert mine.answer(office="mine").status_code == 302
    assert held(officer) == [(head.code, None)]


def test_a_form_that_is_refused_keeps_the_version_it_was_made_from(windows, officer, far_office):
    mine, theirs = windows
    page = mine.send(valid_to="2001-01-01")
    assert (page.status_code, page.context["edit"]["version"]) == (200, "1")
    theirs.send(office=far_office.pk)
    mine.fields |= page.context["edit"]
    assert mine.send(valid_to="2998-01-01").status_code == 409


def test_a_role_that_ended_meanwhile_is_refused_in_words(windows, eva, officer, head):
    mine, _theirs = windows
    end_role(membership=officer.memberships.get(), by=eva)
    page = mine.send(office=head.pk)
    assert page.context["form"].non_field_errors() == ["This role has ended already."]


def test_what_moved_out_of_ones_sight_is_not_shown(branch_manager, eva, officer, far_office, office):
    path = reverse("clients:role-change", args=[officer.memberships.get().pk])
    mine, theirs = Window(branch_manager, path), Window(eva, path)
    theirs.send(office=far_office.pk)
    page = mine.send(valid_to="2998-01-01")
    assert page.status_code == 409
    assert str(far_office) not in page.text
