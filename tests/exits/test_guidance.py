"""Every page on exit helps with its step, in both languages, and says what that rests on."""

import html

import pytest
from django.urls import reverse
from django.utils.translation import override

from clients.models import Client
from exits.actions import analyse_exits
from exits.views.guidance import guidance
from spm.guidance import RestsOn
from spm.policy import routes
from tests.exits import pages
from tests.exits.asked import interview
from tests.exits.leavers import confirmed_and_asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]
OURS = {name: told for name, told in guidance.PAGES.items() if name.startswith("exits:")}
ROUTES = routes()
FIELD = ("exits:contact-add", "exits:exit-confirm", "exits:interview-add")


def read(page):
    return b"".join(page.streaming_content if page.streaming else [page.content]).decode()


def test_every_page_on_exit_has_its_guidance():
    shown = {name for name, route in ROUTES.items() if name.startswith("exits:") and "GET" in route.methods}
    assert set(OURS) == shown


def test_each_piece_bears_a_mark_and_has_its_spanish():
    pieces = {piece for told in OURS.values() for piece in told}
    assert {piece.rests_on for piece in pieces} == set(RestsOn)
    with override("en"):
        english = {piece: (str(piece.text), piece.rests_on.label) for piece in pieces}
    with override("es"):
        same = [text for piece, (text, mark) in english.items() if text == str(piece.text)]
        unmarked = [text for piece, (text, mark) in english.items() if not piece.mark]
    assert (same, unmarked) == ([], [])


def test_it_stands_folded_beside_the_title_with_its_marks(client, manager, office, far_office):
    pages.portfolio(office, far_office)
    analyse_exits(by=None)
    for name, told in OURS.items():
        if ROUTES[name].takes_row:
            continue
        client.force_login(manager)
        part = html.unescape(read(client.get(reverse(name))))
        part = part.partition('<details class="definition guidance">')[2].partition("</details>")[0]
        assert [f'{piece.text} <span class="status">{piece.mark}</span>' in part for piece in told] == [
            True for _piece in told
        ], name


def test_pages_of_one_row_have_it_too(client, manager, office, far_office, officer):
    pages.portfolio(office, far_office, officer.officer)
    left = Client.objects.get(external_id="LEFT")
    row, asked = confirmed_and_asked(left, manager)
    interview(left, "health", by=manager)
    client.force_login(manager)
    for name, key in {
        "exits:exit-change": row.pk,
        "exits:interview-detail": asked.pk,
        "exits:client-panel": left.pk,
    }.items():
        assert (
            read(client.get(reverse(name, args=[key]))).count('<details class="definition guidance">') == 1
        ), name


@pytest.mark.parametrize("name", FIELD)
def test_the_page_that_a_phone_keeps_has_it_without_a_connection(name, client, manager):
    client.force_login(manager)
    page = client.get(reverse(name))
    assert page.headers["X-Field-Blank"] == "yes"
    assert '<details class="definition guidance">' in read(page)
