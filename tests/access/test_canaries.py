"""Words planted in every text column: files, filters, parts of pages and counts tell no more than pages."""

import io
import re
from urllib.parse import urlencode

import pytest

from clients.actions import write_portfolio
from spm import policy, views
from spm.access import Can, Role
from spm.exports import FORMS
from spm.policy import METHODS, Kind, Relation
from tests.access.canaries import WITHOUT, may_read, text_columns
from tests.access.visits import PARAMETERS, ROUTES, Visit, address, sampled, some, unpacked, visits
from tests.exits.portfolios import SCALE

READERS = ["admin at head", "admin at branch", "manager at head", "manager at branch", "officer at branch"]
# Of the person's own rows.
WENT_OUT = {"clients.Client.external_id", "clients.Loan.external_id", "clients.Officer.code"}
EXPORTED = [name for name, route in ROUTES.items() if issubclass(route.view, views.Exported)]


@pytest.fixture
def readers(visitor):
    return [visitor(name) for name in READERS]


# The reach of the matrix


def test_every_text_column_of_every_model_bears_a_word_or_says_why_not(world):
    columns = text_columns()
    assert columns.keys() - WITHOUT.keys() - world.canaries.columns() == set()
    assert {name for name, why in WITHOUT.items() if not why} == set()
    assert len(columns) >= 50


def test_every_parameter_of_every_route_is_filled():
    assert {name: address(name) for name in PARAMETERS}.keys() == PARAMETERS.keys()


def test_at_full_count_everybody_sends_every_method_over_every_row_to_every_route(world):
    tried = {(visit.route, visit.relation, visit.method) for visit in sampled(world.cast["nobody"], share=1)}
    relations = {name: list(Relation) if route.takes_row else [None] for name, route in ROUTES.items()}
    assert tried == {
        (name, over, method) for name in ROUTES for over in relations[name] for method in METHODS
    }


def test_at_a_share_of_it_still_every_route_is_tried_for_every_row_that_decides(world):
    manager = world.cast["manager at head"]
    tried = set(sampled(manager, share=0.1))
    decisive = {
        visit
        for visit in visits()
        if visit.method in {"GET", "POST"}
        and manager.holds(ROUTES[visit.route].view.needs)
        and visit.method in ROUTES[visit.route].methods
    }
    assert decisive - tried == set()
    cast = [*world.cast.values(), world.outside]
    assert {visit.route for person in cast for visit in sampled(person, share=0.1)} == ROUTES.keys()


def test_everybody_sees_the_words_of_their_own_rows(readers):
    """Or else the matrix would find nothing because nothing is shown."""
    for browser in readers:
        assert missing_words(browser) == {}


def missing_words(browser) -> dict:
    seen = set()
    for route in ROUTES.values():
        if "GET" in route.methods and browser.person.holds(route.view.needs):
            relation = Relation.OWN if route.takes_row else None
            seen |= browser.world.canaries.seen(browser.visit(Visit(route.name, relation, "GET")).text)
    models = {mark.model for mark in seen if mark.owner is browser.person}
    shown = {
        Can.CLIENTS_VIEW: {"clients.Client", "clients.Loan", "clients.Officer"},
        Can.PEOPLE_MANAGE: {"clients.Invitation"},
        Can.JOBS_VIEW: {"spm.Job", "spm.PreparedFile", "spm.User"},
        Can.PORTFOLIO_IMPORT: {"clients.ImportBatch", "clients.ImportProfile"},
        Can.AUDIT_VIEW: {"spm.AuditEvent"},
        Can.INSTITUTION_MANAGE: {"spm.Holiday"},
        Can.CLIENTS_MERGE: {"clients.ClientMerge"},
    }
    return {
        can: names - models for can, names in shown.items() if browser.person.holds(can) and names - models
    }


# Files, filters, parts


def tables_of(browser, path: str) -> list[str]:
    """The tables that a screen hands out: those that its page links to."""
    page = browser.ask("GET", path).text
    return sorted({re.split(r"[&\"]", part)[0] for part in page.split("table=")[1:]}) or [""]


def test_no_file_holds_a_word_out_of_reach(readers):
    leaks, wrong = set(), []
    for browser in readers:
        for turn, route in enumerate(map(ROUTES.get, EXPORTED)):
            for relation in (Relation.OWN, Relation.OTHER_REGION) if route.takes_row else [None]:
                path = address(route.name, relation and browser.world.row(route, browser.person, relation))
                said = policy.expected(route, browser.person.as_policy, relation, "GET")
                for table in tables_of(browser, path) if said == 200 else [""]:
                    for form in some(list(FORMS), turn):
                        answer = browser.ask(
                            "GET", path, {"export": form} | ({"table": table} if table else {})
                        )
                        leaks |= {(browser.person.name, route.name, *leak) for leak in browser.leaks(answer)}
                        if answer.status != said:
                            wrong.append(
                                (browser.person.name, route.name, relation, table, form, answer.status)
                            )
    assert (sorted(leaks), wrong) == ([], [])


def test_no_portfolio_file_holds_a_word_out_of_reach(readers):
    for browser in readers:
        if not browser.person.holds(Can.PORTFOLIO_EXPORT):
            continue
        for form in ("csv", "xlsx"):
            file = io.BytesIO()
            write_portfolio(file, form, user=browser.person.user)
            seen = browser.world.canaries.seen(unpacked(file.getvalue()))
            assert {mark.column for mark in seen if mark.owner is browser.person} >= WENT_OUT
            assert {mark.column for mark in seen if not may_read(browser.person, mark)} == set()


def strange(world) -> list[dict]:
    """What an address may name that lies in another region: keys, numbers, words of every kind of row."""
    far = world.colleagues[111]
    client, office, officer = far.rows["Client"], far.office, far.user.officer
    return [
        {"office": office.pk, "officer": officer.pk, "group": client.group_id, "client": client.pk},
        {"office": office.code, "officer": officer.code},
        {"q": client.name},
        {"q": client.external_id},
        {"q": far.user.email, "person": far.user.pk},
        {"other": client.pk, "one": client.pk},
        {"count": "E", "office": office.code, "officer": officer.code},
        {"count": "resting", "sort": "client"},
        {"count": "clients-new", "page": 2},
        {"target": "clients.Client", "record": client.pk, "verb": "exported"},
        {"by": "officer", "sort": "-rate"},
        {"by": "office", "period": "to-date"},
    ]


def test_no_address_that_names_rows_out_of_reach_shows_a_word_of_them(readers):
    leaks = set()
    for browser in readers:
        canaries = browser.world.canaries
        opened = [
            route
            for route in ROUTES.values()
            if "GET" in route.methods and browser.person.holds(route.view.needs)
        ]
        for turn, route in enumerate(opened):
            row = browser.world.row(route, browser.person, Relation.OWN) if route.takes_row else None
            for asked in some(strange(browser.world), turn, SCALE / 2):
                htmx = {"HX-Request": "true"} if turn % 2 else {}
                seen = canaries.seen(browser.ask("GET", address(route.name, row), asked, **htmx).text)
                # What somebody has typed comes back to them; that is not a word of the row.
                leaks |= {
                    (browser.person.name, route.name, str(asked), mark.column, mark.owner.name)
                    for mark in seen - canaries.seen(urlencode(asked))
                    if not may_read(browser.person, mark)
                }
    assert sorted(leaks) == []


# Forms that give, change or join something at an office or of a client that the form names.
NAMING = {"clients:role-add", "clients:role-change", "clients:invitation-new", "clients:client-merge"}


def test_no_form_that_names_rows_out_of_reach_shows_or_changes_them(readers):
    leaks, written = set(), []
    for browser in readers:
        person, world = browser.person, browser.world
        far = world.colleagues[111]
        given = {
            "office": far.office.pk,
            "role": Role.OFFICER,
            "valid_from": "2030-01-01",
            "email": "eva@example.org",
            "language": "es",
            "keep": "other",
            "version": 1,
            **{name.lower(): row.pk for name, row in far.rows.items()},
        }
        for route in ROUTES.values():
            if "POST" not in route.methods or not person.holds(route.view.needs):
                continue
            near = world.row(route, person, Relation.SAME_OFFICE) if route.takes_row else None
            other = {"other": far.rows["Client"].pk}
            answer = browser.ask("POST", address(route.name, near), other, given)
            leaks |= {(person.name, route.name, *leak) for leak in browser.leaks(answer)}
            if route.name in NAMING and bool(answer.wrote) != person.as_policy.at_head:
                written.append((person.name, route.name, answer.status, answer.wrote))
    assert (sorted(leaks), written) == ([], [])


# Counts


def test_a_list_counts_the_rows_in_reach_and_no_other(readers):
    for browser in readers:
        shown = {
            name: browser.ask("GET", address(name), asked).response.context["paginator"].count
            for name, (_kind, asked) in LISTS.items()
            if browser.person.holds(ROUTES[name].view.needs)
        }
        assert shown == {name: in_reach(browser, LISTS[name][0]) for name in shown}


# What each list is of.
LISTS = {
    "clients:client-list": (Kind.CLIENT, {}),
    "clients:merge-list": (Kind.CLIENT, {}),
    "job-list": (Kind.WORK, {}),
    "clients:invitation-list": (Kind.OFFER, {}),
    "clients:person-list": (Kind.PERSON, {"former": "on"}),
    "clients:profile-list": (Kind.INSTITUTION, {}),
    "clients:holiday-list": (Kind.INSTITUTION, {}),
    "exits:counted-list": (Kind.CLIENT, {"count": "E", "period": "to-date"}),
    "exits:overdue-list": (Kind.CLIENT, {}),
}


def in_reach(browser, kind: Kind) -> int:
    """How many of the rows, of which everybody has one, the person reaches."""
    person, owners = browser.person, browser.world.owners
    if kind is Kind.PERSON and not person.as_policy.at_head:
        # Who never held a role has no office by which to reach them.
        owners = [owner for owner in owners if "Membership" in owner.rows]
    return sum(policy.reaches(person.as_policy, kind, person.relation_to(owner)) for owner in owners)
