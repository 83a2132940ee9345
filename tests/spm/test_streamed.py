"""A page is sent in two pieces: what the first holds, what the second waits for, what a failure leaves."""

import zlib

import pytest
from django.core.signals import got_request_exception
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from clients.views.clients import ClientList
from exits import queries
from spm import observed, streamed, tables
from spm.models import AuditEvent
from tests.exits import pages
from tests.factories import ClientFactory

LIST = reverse("clients:client-list")
RATE = reverse("exits:exit-rate")
LOGIN = reverse("account_login")


@pytest.fixture
def rosa(office, officer):
    return ClientFactory(
        office=office, officer=officer.officer, name="Rosa Mamani", search_name="rosa mamani"
    )


@pytest.fixture
def careless(manager):
    """The manager's browser, which takes what comes where a page fails."""
    browser = Browser(raise_request_exception=False)
    browser.force_login(manager)
    return browser


def pieces_of(response) -> list[str]:
    return [piece.decode() for piece in response.streaming_content]


def head(language="en", *, has_chart=False) -> str:
    with translation.override(language):
        return render_to_string(streamed.HEAD, {"has_chart": has_chart}).lstrip()


def fail(*asked, **known):
    raise RuntimeError("not today")


# The pieces


def test_the_head_comes_first_and_the_rest_at_once_behind_it(client, manager, rosa):
    client.force_login(manager)
    first, rest = pieces_of(client.get(LIST))
    assert first == head()
    assert ("Rosa Mamani" in rest, rest.strip().endswith("</html>")) == (True, True)


def test_nothing_is_put_together_before_the_head_has_left(rf, manager, rosa, monkeypatch):
    request = rf.get(LIST)
    done = []
    page = streamed.Page(request, lambda: done.append("rest") or HttpResponse(head() + "rest"))
    page.before_rest(lambda: done.append("line"))
    pieces = iter(page.streaming_content)
    assert (next(pieces).decode(), done) == (head(), [])
    assert (next(pieces).decode(), done) == ("rest", ["rest", "line"])


def test_the_head_asks_for_the_style_and_with_a_chart_for_its_scripts():
    assert head().count('rel="stylesheet"') == 2
    assert ("plotly" in head(), "plotly" in head(has_chart=True)) == (False, True)


def test_both_pieces_speak_the_language_of_the_page(client, manager, rosa):
    client.force_login(manager)
    first, rest = pieces_of(client.get(LIST, headers={"accept-language": "es"}))
    assert first == head("es")
    assert "¿Quiénes son nuestros clientes?" in rest


def test_the_rest_speaks_it_even_when_the_thread_has_gone_on_to_another(rf, client):
    with translation.override("es"):
        page = streamed.Page(rf.get(LIST), lambda: HttpResponse(head("es") + translation.get_language()))
    with translation.override("en"):
        assert pieces_of(page) == [head("es"), "es"]


def test_a_compressed_page_lets_its_head_go_first(client, manager, rosa):
    client.force_login(manager)
    unpacked = zlib.decompressobj(wbits=31)
    packed = client.get(LIST, headers={"accept-encoding": "gzip"}).streaming_content
    first, *rest = filter(None, [unpacked.decompress(piece).decode() for piece in packed])
    assert first == head()
    assert "Rosa Mamani" in "".join(rest)


def test_a_proxy_is_told_not_to_hold_the_head_back(client, manager):
    client.force_login(manager)
    assert client.get(LIST).headers["X-Accel-Buffering"] == "no"


def test_parts_files_answers_to_forms_and_head_come_in_one(client, manager, rosa):
    client.force_login(manager)
    part = client.get(LIST, headers={"HX-Request": "true"})
    only_head = client.head(LIST)
    sent = client.post(reverse("clients:invitation-new"), {})
    assert [isinstance(answer, streamed.Page) for answer in (part, only_head, sent)] == [False] * 3
    assert (part.content.startswith(b"<!doctype"), sent.text.lstrip().startswith(head())) == (False, True)
    assert not isinstance(client.get(LIST, {"export": "csv"}), streamed.Page)


# What goes along with the headers


def test_the_cookie_against_forgery_comes_with_the_head(client, manager):
    client.force_login(manager)
    assert "csrftoken" in client.get(LIST).cookies


def test_what_the_last_form_said_is_shown_once(client, admin, rf):
    client.force_login(admin)
    added = client.post(
        reverse("clients:holiday-add"), {"day": "2025-12-25", "name": "Christmas", "every_year": "on"}
    )
    shown = [client.get(added.headers["Location"]).text.count("The holiday is added.") for _ in range(2)]
    assert shown == [1, 0]


def test_allauths_pages_keep_their_headers(client, db):
    page = client.get(LOGIN)
    assert pieces_of(page)[0] == head()
    assert "no-store" in page.headers["Cache-Control"]


# Status comes before


def test_whoever_is_refused_gets_no_head(client, assessor, manager, officer, far_office):
    far = ClientFactory(office=far_office)
    asked = [
        (assessor, LIST),
        (officer, reverse("clients:client-detail", args=[far.pk])),
        (manager, f"{reverse('exits:counted-list')}?count=nonsense"),
    ]
    answers = []
    for user, address in asked:
        client.force_login(user)
        answers.append(client.get(address))
    assert [(answer.status_code, answer.streaming) for answer in answers] == [
        (403, False),
        (404, False),
        (404, False),
    ]


def test_past_the_last_page_of_a_list_comes_the_last(client, manager, office):
    ClientFactory.create_batch(51, office=office)
    client.force_login(manager)
    shown = {page: client.get(LIST, {"page": page}).context["page_obj"].number for page in ("2", "7", "x")}
    assert shown == {"2": 2, "7": 2, "x": 1}


def test_a_decision_that_comes_too_late_is_a_fault_of_ours(careless, manager, rosa, monkeypatch, caplog):
    monkeypatch.setattr(ClientList, "show", lambda screen: HttpResponse(status=404))
    assert "This page could not be put together" in careless.get(LIST).text
    assert "comes before the page begins" in caplog.text


def test_a_page_that_begins_otherwise_is_a_fault_of_ours(careless, rosa, monkeypatch, caplog):
    monkeypatch.setattr(ClientList, "show", lambda screen: HttpResponse("<html>Rosa Mamani"))
    assert "Rosa" not in careless.get(LIST).text
    assert streamed.HEAD in caplog.text


# Failures


def test_a_failure_behind_the_head_is_said_in_words_logged_and_signalled(
    careless, office, far_office, monkeypatch, caplog
):
    pages.portfolio(office, far_office)
    monkeypatch.setattr(queries, "whole", fail)
    told = []

    def hear(sender, **known):
        told.append(sender)

    got_request_exception.connect(hear)
    first, rest = pieces_of(careless.get(RATE))
    got_request_exception.disconnect(hear)
    assert first == head(has_chart=True)
    assert "<!doctype" not in rest
    assert "This page could not be put together" in rest
    assert rest.strip().endswith("</html>")
    assert "Main" in rest  # with its menu
    assert told == [streamed.Page]
    (record,) = [record for record in caplog.records if record.name == "spm.streamed"]
    assert (record.levelname, "not today" in caplog.text) == ("ERROR", True)


def test_a_failure_half_way_through_the_rows_shows_none_of_them(careless, manager, office, monkeypatch):
    ClientFactory.create_batch(3, office=office, name="Rosa Mamani")
    cells, write = [], tables._inside

    def write_some(cell):
        cells.append(cell.text)
        return fail() if cells.count("Rosa Mamani") == 2 else write(cell)

    monkeypatch.setattr(tables, "_inside", write_some)
    html = careless.get(LIST).text
    assert (cells.count("Rosa Mamani"), "Rosa" in html, "<table" in html) == (2, False, False)
    assert not AuditEvent.objects.filter(verb="identified").exists()


def test_where_even_the_frame_fails_the_words_come_without_it(careless, monkeypatch):
    monkeypatch.setattr(ClientList, "show", fail)
    monkeypatch.setattr("spm.nav.mark_place", fail)
    rest = pieces_of(careless.get(LIST))[1]
    assert "This page could not be put together" in rest
    assert rest.strip().endswith("</html>")


def test_a_failure_fails_the_test_that_did_not_ask_for_it(client, manager, monkeypatch):
    client.force_login(manager)
    monkeypatch.setattr(ClientList, "show", fail)
    with pytest.raises(RuntimeError, match="not today"):
        client.get(LIST)


# The line of who saw whom


def test_the_line_of_who_saw_names_is_written_before_they_leave(careless, rosa, monkeypatch):
    seen, write = [], observed.observe

    def watch(verb, *what, **more):
        seen.append(verb)
        write(verb, *what, **more)

    monkeypatch.setattr(observed, "observe", watch)
    page = careless.get(rosa.get_absolute_url())
    assert "Rosa Mamani" in page.text
    assert seen == ["identified"]


@pytest.mark.parametrize("screen", [LIST, "of the client"])
def test_no_line_no_names(screen, careless, rosa, monkeypatch):
    monkeypatch.setattr(observed, "observe", fail)
    html = careless.get(rosa.get_absolute_url() if screen != LIST else LIST).text
    assert "Rosa" not in html
    assert "This page could not be put together" in html


def test_a_page_broken_off_after_its_head_has_shown_nobody_and_leaves_no_line(rf, manager, rosa):
    written = []
    page = streamed.Page(rf.get(LIST), lambda: HttpResponse(head() + "Rosa Mamani"))
    page.before_rest(lambda: written.append("line"))
    pieces = iter(page.streaming_content)
    next(pieces)
    page.close()
    assert written == []
