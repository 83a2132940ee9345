"""What goes along with every page: who may keep it, what it may load, and where it may send people on to."""

import datetime as dt
import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.http import FileResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP, build_policy

from clients.models import Client, ImportBatch, Invitation, Membership
from exits.actions import draw_leavers
from exits.models import LeaverSample, LeaverType, Reason, ReportSchedule, SampledLeaver
from exits.views.analyses.base import Analysed
from feedback.models import Category, Complaint
from spm import streamed, views
from spm.access import Can, Role
from spm.checks import EXEMPT
from spm.models import Holiday, Job, PreparedFile, SubmissionConflict, User
from tests.conftest import member
from tests.exits.leavers import confirmed_and_asked
from tests.exits.pages import portfolio
from tests.factories import (
    HolidayFactory,
    InvitationFactory,
    ReportScheduleFactory,
    SubmissionConflictFactory,
    UserFactory,
)
from tests.feedback.steps import category, receive
from tests.test_access import ROUTES, SCREENS, address

pytestmark = pytest.mark.django_db

# Screens that only take a POST.
SEND_ONLY = {name for name, view in SCREENS.items() if view.http_method_names == ["post"]}


@pytest.fixture
def everywhere(client, head, office, far_office, settings, tmp_path):
    """The answer of every route to somebody who may see all, over rows that are there."""
    portfolio(office, far_office)
    boss = member("boss", Role.ADMIN, head)
    boss.memberships.create(role=Role.MANAGER, office=head, valid_from="2020-01-01")
    batch = ImportBatch.objects.create(source="a.xlsx", state="uploaded", by=boss, report={})
    other = member("other", Role.OFFICER, office)
    people = {
        Holiday: HolidayFactory(),
        User: other,
        Membership: other.memberships.get(),
        Invitation: InvitationFactory(),
    }
    settings.MEDIA_ROOT = tmp_path
    prepared = {
        "owner": boss,
        "path": "/clients/",
        "form": "csv",
        "expires_at": timezone.now() + dt.timedelta(1),
    }
    rows = people | {
        PreparedFile: PreparedFile.objects.create(file=ContentFile("x", "x.csv"), **prepared),
        Client: Client.objects.first(),
        Job: Job.objects.create(work="x", by=boss),
        ImportBatch: batch,
        SubmissionConflict: SubmissionConflictFactory(),
        **{type(row): row for row in confirmed_and_asked(Client.objects.first(), boss)},
    }
    period = {"left_from": dt.date(2024, 1, 1), "left_until": dt.date(2025, 12, 31), "margin": 0.1}
    rows[LeaverSample] = draw_leavers(name="A", office=head, **period, by=boss)
    rows[Complaint] = receive(office=office, by=boss)
    rows[SampledLeaver] = rows[LeaverSample].members.first()
    rows[ReportSchedule] = ReportScheduleFactory(by=boss, recipients=[boss])
    rows |= {kind: kind.objects.first() for kind in (LeaverType, Reason)} | {Category: category()}
    client.force_login(boss)

    def answer(name):
        row = rows.get(getattr(SCREENS.get(name), "model", None)) or rows[Client]
        page = client.get(address(name, row.pk))
        for close in page._resource_closers if isinstance(page, FileResponse) else []:
            close()
        return page

    return {name: answer(name) for name in ROUTES if name not in {"account_logout", *SEND_ONLY}}


def test_every_page_says_what_it_may_load(everywhere, settings):
    strict = build_policy(settings.SECURE_CSP)
    relaxed = {**settings.SECURE_CSP, "style-src": [CSP.SELF, CSP.UNSAFE_INLINE]}
    charts = {name for name, view in SCREENS.items() if view.has_chart}
    questions = {name for name, view in SCREENS.items() if issubclass(view, Analysed)}
    assert (charts, len(questions)) == (
        {"exits:exit-rate", "exits:exit-cost", "exits:reason-list", "gallery", *questions},
        8,
    )
    said = {name: page.headers[CSP.HEADER_ENFORCE] for name, page in everywhere.items()}
    assert said == {name: build_policy(relaxed) if name in charts else strict for name in everywhere}
    # Pages of an import in one state of it alone, and the comparison of two clients.
    elsewhere = ("clients:import-", "clients:profile-", "clients:client-merge")
    pages = {name for name in SCREENS.keys() - SEND_ONLY if not name.startswith(elsewhere)}
    assert {name for name in pages if everywhere[name].status_code != 200} == set()


def test_what_pages_may_load_is_their_own_alone(settings):
    sources = {source for sources in settings.SECURE_CSP.values() for source in sources}
    assert sources == {CSP.SELF, CSP.NONE, "data:", "blob:"}
    assert settings.SECURE_CSP["script-src"] == [CSP.SELF]


def test_nothing_behind_the_sign_in_is_kept_by_a_cache(everywhere):
    said = {name: page.headers["Cache-Control"].split(", ") for name, page in everywhere.items()}
    kept = [name for name, words in said.items() if "no-store" not in words]
    assert kept == []
    assert everywhere.keys() >= (EXEMPT.keys() - {"account_logout"}) | {"home", "clients:import-template"}


def test_every_page_keeps_out_of_frames_and_to_its_own_kind_and_tells_no_other_site(everywhere):
    names = ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy")
    said = {tuple(page.headers[name] for name in names) for page in everywhere.values()}
    assert said == {("DENY", "nosniff", "same-origin")}


def test_every_answer_says_what_kind_it_is_and_what_is_no_page_is_a_file_to_keep(everywhere):
    kinds = {
        name: page.headers["Content-Type"] for name, page in everywhere.items() if page.status_code == 200
    }
    others = {name for name, kind in kinds.items() if kind != "text/html; charset=utf-8"}
    others -= {"healthz", "field-worker", "manifest"}
    assert others >= {"clients:import-template"}
    assert {everywhere[name].headers["Content-Disposition"].partition(";")[0] for name in others} == {
        "attachment"
    }
    assert kinds["healthz"] == "text/plain"


# In two pieces

# Screens that answer a GET in a way of their own, each with its reason.
NO_PAGES = {
    "field-hello": "for scripts",
    "field-today": "for scripts",
    "prepared-file": "a file",
    "clients:import-rejected": "a file",
    "clients:import-template": "a file",
    "clients:profile-file": "a file",
}


def has_own_way(view) -> bool:
    """Does it answer a GET in another way than the kit, which sends the head first?"""
    ways = [cls for cls in view.__mro__ if "get" in vars(cls)]
    return not ways or next(cls for cls in ways if cls is not views.Exported) is not views.Shown


def test_every_screen_that_shows_a_page_leaves_it_to_the_kit():
    assert {name for name in SCREENS.keys() - SEND_ONLY if has_own_way(SCREENS[name])} == NO_PAGES.keys()


def test_a_screen_that_answers_by_itself_is_found():
    class Own(views.TemplateView):
        needs = Can.HOME_VIEW

        def get(self, request):
            return None

    assert (has_own_way(Own), has_own_way(SCREENS["home"])) == (True, False)


def test_every_page_sends_first_its_head_which_says_nothing_of_what_follows(everywhere):
    pages = {
        name: [piece.decode() for piece in page.streaming_content] if page.streaming else [page.text]
        for name, page in everywhere.items()
        if page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    }
    heads = {
        has_chart: render_to_string(streamed.HEAD, {"has_chart": has_chart}).lstrip()
        for has_chart in (True, False)
    }
    expected = {name: heads[getattr(SCREENS.get(name), "has_chart", False)] for name in pages}
    assert {name: pieces[0] for name, pieces in pages.items()} == expected
    assert {name for name, pieces in pages.items() if "</html>" not in pieces[-1]} == set()
    assert heads[False].count('rel="stylesheet"') == 2


# Other sites, as browsers read them

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    r"\\evil.example",
    r"/\evil.example",
    r"\/evil.example",
    r"https:\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x01https://evil.example",
    "HtTpS://evil.example",
    r"//evil.example\@testserver",
    "https://testserver@evil.example",
    "https://testserver:443@evil.example",
    "https://testserver.evil.example",
    "https://evil.example#@testserver",
    "//evil.example:80/testserver",
    "https://[::1",
    "//evil%E3%80%82example",
    "ftp://testserver/",
    "javascript:alert(1)",
    "JaVaScRiPt://testserver/%0Aalert(1)",
    "data:text/html,<p>x",
    "//evil.example/",
    "//evil.example:443",
    "//evil.example?testserver",
    "//evil.example#testserver",
    "//testserver@evil.example",
    "//testserver.evil.example",
    "//user:word@evil.example",
    "///evil.example/%2f..",
    "////evil.example/%2e%2e",
    "//203.0.113.9",
    "//[2001:db8::1]/",
    "//3405803785",
    "//xn--evil-9za.example",
    r"/\/evil.example",
    r"\/\evil.example",
    r"/\evil.example/clients/",
    "\thttps://evil.example",
    "\r\n//evil.example",
    "ht\ntps://evil.example",
    "https\t://evil.example",
    "\x00//evil.example",
    "\x1f//evil.example",
    "\u00a0//evil.example",
    "\u3000//evil.example",
    "https:////evil.example",
    "https://evil.example\\.testserver",
    "http:evil.example",
    "http://evil.example",
    "HTTP://EVIL.EXAMPLE",
    "http://testserver:99999",
    "http://[testserver",
    "file:///etc/passwd",
    "vbscript:msgbox(1)",
    "blob:https://evil.example/1",
    "mailto:evil@evil.example",
    "tel:+5112345678",
    "about:blank",
    "ws://testserver/",
    "view-source:http://testserver/",
]


def test_the_list_of_spellings_is_long_enough():
    assert len(set(ELSEWHERE)) == len(ELSEWHERE) >= 60


def test_the_language_switch_never_leads_to_another_site(client):
    switch, led = reverse("set_language"), set()
    for spelling in ELSEWHERE:
        there = client.post(switch, {"language": "es", "next": spelling})
        back = client.post(switch, {"language": "es"}, headers={"Referer": spelling})
        led |= {(spelling, answer.headers["Location"]) for answer in (there, back)}
    assert {(spelling, place) for spelling, place in led if place != "/"} == set()


def test_neither_signing_in_nor_out_leads_to_another_site(client, settings):
    ana = UserFactory(username="ana")
    ana.set_password("a-long-enough-one")
    ana.save()
    login, logout = reverse("account_login"), reverse("account_logout")
    given = {"login": "ana", "password": "a-long-enough-one"}
    led = {}
    for spelling in ELSEWHERE:
        asked = [
            client.post(login, given | {"next": spelling}),
            # Who is signed in already is sent on at once.
            client.get(login, {"next": spelling}),
            client.post(logout, {"next": spelling}),
        ]
        led[spelling] = [answer.headers["Location"] for answer in asked]
    ours = ["/", "/", reverse(settings.LOGOUT_REDIRECT_URL)]
    assert {spelling: places for spelling, places in led.items() if places != ours} == {}


def test_nor_does_the_second_step_of_signing_in(client):
    ana = UserFactory(username="ana")
    ana.set_password("a-long-enough-one")
    ana.save()
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(ana, secret)
    given = {"login": "ana", "password": "a-long-enough-one"}
    led = {}
    for spelling in ELSEWHERE[::5]:
        client.post(reverse("account_login"), given | {"next": spelling})
        code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
        cache.clear()  # a code holds once
        led[spelling] = client.post(reverse("mfa_authenticate"), {"code": code}).headers["Location"]
        client.post(reverse("account_logout"))
    assert {spelling: place for spelling, place in led.items() if place != "/"} == {}


@pytest.mark.parametrize("page", ["/clients/?sex=F", "http://testserver/clients/"])
def test_people_are_sent_on_to_our_own_pages(page, client, manager):
    answer = client.post(reverse("set_language"), {"language": "es", "next": page})
    assert answer.headers["Location"] == page
    client.force_login(manager)
    assert client.get(reverse("account_login"), {"next": page}).headers["Location"] == page
