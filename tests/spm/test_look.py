"""What every page has in common, the components, and the kit's own pages."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from spm.forms import QuickSelect
from spm.models import Institution, Job
from spm.tables import Cell, Column, rows_html, status_html
from spm.templatetags.house import in_house_style

pytestmark = pytest.mark.django_db

COMPONENTS = Path(settings.BASE_DIR, "templates/_components")
VOID = {"meta", "link", "input", "img", "br", "hr"}


class Page(HTMLParser):
    """The tags of a page in order, each as ``(name, attributes)``, and its title."""

    def __init__(self, response):
        super().__init__()
        self.tags, self.title, self.open, self.texts = [], "", [], []
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)
        if self.open and self.open[-1] == "title":
            self.title += data

    def attributes(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]

    def ids(self):
        return [attrs["id"] for _name, attrs in self.tags if "id" in attrs]


def visit(client, path, **asked):
    return Page(client.get(path, asked))


@pytest.fixture
def signed_in(client, admin):
    client.force_login(admin)
    return client


def kit_pages(client):
    for path in (
        "/",
        "/gallery/",
        "/gallery/?check=1",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/nowhere/",
    ):
        yield path, client.get(path)
    for path in ("/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/accounts/inactive/"):
        yield path, Client().get(path)


def test_every_page_closes_its_tags_and_gives_each_id_once(signed_in):
    for path, response in kit_pages(signed_in):
        page = Page(response)
        assert page.open == [], path
        assert len(page.ids()) == len(set(page.ids())), path


def test_no_page_has_a_script_or_a_style_of_its_own_in_the_markup(signed_in):
    for path, response in kit_pages(signed_in):
        page = Page(response)
        inline = [
            (tag, attrs)
            for tag, attrs in page.tags
            if tag == "style"
            or "style" in attrs
            or any(name.startswith(("on", "hx-on")) for name in attrs)
            or (tag == "script" and "src" not in attrs and attrs.get("type") != "application/json")
        ]
        assert inline == [], path


def test_every_page_can_be_skipped_to_its_content_and_has_one_heading(signed_in):
    for path, response in kit_pages(signed_in):
        page = Page(response)
        links = [attrs["href"] for attrs in page.attributes("a")]
        assert (links[0], page.ids().count("main"), len(page.attributes("h1"))) == ("#main", 1, 1), path


def test_the_title_says_the_page_and_the_institution(signed_in):
    Institution.objects.create(pk=1, name="Caja Horizonte")
    assert visit(signed_in, "/gallery/").title == "Components · Caja Horizonte"


def test_a_refused_form_starts_the_title_with_error_and_its_summary_leads_to_the_fields(client):
    page = Page(client.post(reverse("account_login"), {"login": "", "password": ""}))
    links = [attrs["href"] for attrs in page.attributes("a") if attrs["href"].startswith("#id_")]
    (summary,) = [attrs for attrs in page.attributes("div") if attrs.get("class") == "error-summary"]
    assert page.title.startswith("Error: Sign in")
    assert links == ["#id_login", "#id_password"]
    assert {"id_login", "id_password"} <= set(page.ids())
    assert ("autofocus" in summary, summary["tabindex"]) == (True, "-1")


def test_what_was_typed_is_kept_when_a_form_is_refused(client):
    page = Page(client.post(reverse("account_login"), {"login": "rosa", "password": ""}))
    assert [attrs.get("value") for attrs in page.attributes("input") if attrs["name"] == "login"] == ["rosa"]


def test_the_list_of_a_radio_fields_error_leads_to_its_first_choice(signed_in):
    page = visit(signed_in, "/gallery/", check=1)
    ids = set(page.ids())
    links = [attrs["href"][1:] for attrs in page.attributes("a") if attrs["href"].startswith("#id_")]
    assert links == ["id_name", "id_start", "id_window", "id_formula_0", "id_reason_en"]
    assert set(links) <= ids


def test_what_describes_a_field_is_on_the_page(signed_in):
    for query in ({}, {"check": 1}):
        page = visit(signed_in, "/gallery/", **query)
        named = {
            one
            for _tag, attrs in page.tags
            for key in ("aria-describedby", "aria-labelledby", "for", "aria-controls")
            for one in (attrs.get(key) or "").split()
        }
        assert named - set(page.ids()) == set()


def test_no_field_speaks_only_from_within_its_box(client):
    page = visit(client, reverse("account_login"))
    assert [attrs["name"] for attrs in page.attributes("input") if "placeholder" in attrs] == []


@pytest.mark.parametrize("who", ["manager", None])
def test_the_language_switch_comes_back_to_the_same_page_in_the_other_language(who, client, request):
    if who:
        client.force_login(request.getfixturevalue(who))
    path = "/accounts/password/change/?a=1" if who else "/accounts/login/?next=/clients/"
    here = Page(client.get(path))
    (back,) = [
        attrs["value"]
        for attrs in here.attributes("input")
        if attrs["name"] == "next" and "?" in attrs["value"]
    ]
    response = client.post(reverse("set_language"), {"language": "es", "next": back})
    assert (response.status_code, response["Location"]) == (302, path)
    assert Page(client.get(path)).attributes("html") == [{"lang": "es"}]


def test_a_page_keeps_no_copy_in_the_browsers_storage_and_evaluates_nothing(signed_in):
    (config,) = [
        attrs["content"]
        for attrs in visit(signed_in, "/").attributes("meta")
        if attrs.get("name") == "htmx-config"
    ]
    for words in (
        '"historyCacheSize": 0',
        '"allowEval": false',
        '"selfRequestsOnly": true',
        '"includeIndicatorStyles": false',
    ):
        assert config.count(words) == 1


def headings(response):
    return re.findall(r"<h[12][^>]*>(?:<a[^>]*>)?([^<]+)", response.content.decode())


def test_a_manager_starts_from_questions(client, manager):
    client.force_login(manager)
    assert headings(client.get("/")) == [
        "What do you want to know?",
        "Who are our clients?",
        "Who is leaving?",
        "Why do clients leave?",
        "What do we tell the board?",
        "What do clients complain of?",
        "Does somebody complain?",
        "Are our data up to date?",
        "Who may do what, and where?",
    ]


def test_an_officer_starts_from_their_own_clients(client, officer):
    client.force_login(officer)
    response = client.get("/")
    assert headings(response) == ["My work", "Without a connection"]
    assert re.findall(r"<li><a [^>]+><b>([^<]+)", response.content.decode()) == [
        "Who are my clients?",
        "Which of my clients are leaving?",
        "Why do my clients leave?",
        "Does somebody complain?",
    ]


def test_an_assessor_is_told_what_will_stand_here(client, assessor):
    client.force_login(assessor)
    assert headings(client.get("/")) == ["Reports shared with you", "No report has been shared with you yet"]


def test_whoever_has_no_role_is_told_what_to_do(client, nobody):
    client.force_login(nobody)
    response = client.get("/")
    assert (response.status_code, headings(response)) == (403, ["You have no role yet"])


def test_whoever_lacks_one_right_is_told_so(client, officer):
    client.force_login(officer)
    response = client.get("/gallery/")
    assert (response.status_code, headings(response)) == (403, ["You may not open this page"])


def test_a_component_is_used_by_a_screen_and_not_only_shown():
    included = {
        name
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        if path.name != "gallery.html"
        for name in re.findall(r"_components/(\w+\.html)", path.read_text())
    }
    assert {path.name for path in COMPONENTS.glob("*.html")} - included == set()


def test_a_field_officers_home_lists_what_to_look_at(client, officer):
    client.force_login(officer)
    page = client.get("/").text
    assert page.count('<li><a href="/clients/"><b>Who are my clients?</b><span class="why">') == 1


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_home_page_asks_the_same_number_of_queries_for_any_number_of_jobs(
    jobs, client, manager, django_assert_num_queries
):
    for _n in range(jobs):
        Job.objects.create(work="spm.nothing", by=manager)
    client.force_login(manager)
    with django_assert_num_queries(6):
        assert client.get("/").content.decode().count('class="why"') == jobs


def test_the_home_page_shows_nobody_elses_jobs(client, manager, admin):
    Job.objects.create(work="spm.nothing", by=manager)
    client.force_login(admin)
    assert "Your latest jobs" not in client.get("/").content.decode()


def test_a_page_that_is_not_there_says_so(client, manager):
    client.force_login(manager)
    response = client.get("/nowhere/")
    assert (response.status_code, headings(response)) == (404, ["This page is not here"])


def test_the_page_for_a_fault_asks_nothing_of_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = render_to_string("500.html")
    assert re.findall(r"<h1>([^<]+)", page) == ["Something went wrong"]


def test_a_form_without_its_token_is_explained(manager):
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager)
    response = client.post(reverse("account_logout"))
    assert (response.status_code, headings(response)) == (403, ["The page was open too long"])


def test_the_gallery_shows_every_component(signed_in):
    shown = {template.name for template in signed_in.get("/gallery/", {"check": 1}).templates}
    # the fields of allauth's forms stand on the sign-in page
    there = {f"_components/{path.name}" for path in COMPONENTS.glob("*.html")} - {"_components/fields.html"}
    assert there - shown == set()


def test_every_component_says_what_it_takes():
    silent = [path.name for path in COMPONENTS.glob("*.html") if not path.read_text().startswith("{# ")]
    assert silent == []


def test_a_page_turn_keeps_the_rest_of_the_address(signed_in):
    page = visit(signed_in, "/gallery/", sort="-branch", page=2)
    turns = [attrs["href"] for attrs in page.attributes("a") if attrs.get("rel") in ("prev", "next")]
    assert turns == ["?sort=-branch&page=1", "?sort=-branch&page=3"]


def test_a_sorted_column_turns_round_and_goes_back_to_the_first_page(signed_in):
    page = visit(signed_in, "/gallery/", sort="branch", page=2)
    links = [attrs["href"] for attrs in page.attributes("a") if attrs.get("class") == "sort"]
    assert links == ["?sort=-branch#sorted", "?sort=clients#sorted"]
    assert [attrs["aria-sort"] for attrs in page.attributes("th") if "aria-sort" in attrs] == ["ascending"]


def test_a_row_with_a_cell_too_few_is_an_error():
    with pytest.raises(ValueError):
        rows_html([Column("Branch"), Column("Exit rate")], [[Cell("Valle Norte")]])


def test_a_cell_is_text_whatever_it_holds():
    cell = Cell("<b>Norte</b>", note="<i>", words="<u>", url='"><s>')
    rows = rows_html([Column("Branch"), Column("<u>Exits</u>")], [[cell, cell]])
    assert re.findall(r"</?[bius]>", rows) == []


def test_a_row_heads_by_its_first_cell_and_names_the_others_for_a_phone():
    cells = [Cell("Norte", url="/n/"), Cell("18 %", note="of 9"), Cell(words="watch", status="wait")]
    assert rows_html([Column("Branch"), Column("Rate", "share"), Column("State")], [cells]) == (
        '<tr><th scope="row" class="text"><a href="/n/">Norte</a></th>'
        '<td data-label="Rate" class="share">18 % <span class="range">of 9</span></td>'
        '<td data-label="State" class="text"> <span class="status wait">watch</span></td></tr>'
    )


@pytest.mark.parametrize(("words", "kind"), [("watch", "wait"), ("<plain>", "")])
def test_a_mark_is_the_same_in_a_table_and_elsewhere(words, kind):
    component = Template("{% include '_components/status.html' %}").render(
        Context({"words": words, "kind": kind})
    )
    assert status_html(words, kind) == component.strip()


class Fields(forms.Form):
    """Every kind of field that a filter may have."""

    name = forms.CharField(label="Name & number", max_length=9, required=False, help_text="As written.")
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    cycle = forms.IntegerField(required=False, min_value=0)
    month = forms.ChoiceField(choices=[("1", "<January>"), ("2", "February")], widget=QuickSelect)
    sex = forms.ChoiceField(choices=[("F", "Woman")], required=False)
    seen = forms.BooleanField(required=False)


@pytest.mark.parametrize(
    "given",
    [
        {"month": "2"},
        {"name": '"<b>', "since": "2026-11-24", "cycle": "3", "month": "1", "sex": "F", "seen": "on"},
        {"since": "never", "cycle": "-1", "month": "3", "sex": "X"},
    ],
)
def test_a_field_of_a_filter_is_written_as_crispy_writes_it(given):
    def compact(html):
        return re.sub(r"\s+", " ", re.sub(r"\s*(<[^>]*>)\s*", r"\1", html)).replace(" >", ">").strip()

    quick, crispy = Fields(given), Fields(given)
    written = [compact(in_house_style(field)) for field in quick]
    assert written == [compact(as_crispy_field(field)) for field in crispy]


def test_an_ordinary_page_weighs_at_most_a_hundred_kilobytes(client, manager):
    client.force_login(manager)
    page = client.get("/")
    sources = re.findall(r'(?:href|src)="/static/([^"]+)"', page.content.decode())
    files = [Path(finders.find(name)).read_bytes() for name in sources]
    assert sum(len(gzip.compress(part, 6)) for part in [page.content, *files]) <= 100_000
