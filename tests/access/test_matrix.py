"""Every route by everybody over every row by every method, compared with the policy table."""

import pytest

from spm import policy
from spm.access import Role
from spm.checks import EXEMPT, walk
from spm.middleware import SAFE
from spm.policy import METHODS, OPEN
from tests.access.visits import ROUTES, address, sampled, some

TURNED_AWAY = {403, 404, 405}
PLACES = {
    "head": [f"{role} at head" for role in Role],
    "branch": [f"{role} at branch" for role in Role],
    "nowhere": ["nobody", "expired", "deactivated", "signed out"],
}


@pytest.mark.parametrize("place", PLACES)
def test_every_route_answers_as_the_policy_says_and_shows_nothing_out_of_reach(place, visitor):
    wrong, leaks, written = [], set(), []
    for browser in map(visitor, PLACES[place]):
        person = browser.person
        for visit in sampled(person):
            answer = browser.visit(visit)
            said = policy.expected(ROUTES[visit.route], person.as_policy, visit.relation, visit.method)
            if answer.status != said:
                wrong.append((person.name, *visit.words(), answer.status, said))
            leaks |= {(person.name, visit.route, *leak) for leak in browser.leaks(answer)}
            if answer.wrote and (said in TURNED_AWAY or visit.method in SAFE):
                written.append((person.name, *visit.words(), answer.wrote))
    assert (wrong, sorted(leaks), written) == ([], [], [])


@pytest.mark.parametrize("place", PLACES)
def test_what_is_open_answers_everybody_alike_and_shows_nothing_of_the_institutions_but_its_name(
    place, visitor
):
    wrong, leaks = [], set()
    for turn, browser in enumerate(map(visitor, PLACES[place])):
        person = browser.person
        for name in some(list(OPEN), turn):
            got = {method: browser.ask(method, address(name)) for method in METHODS}
            for method in ("GET", "HEAD", "POST"):
                said = policy.expected_of_open(name, person.as_policy, method)
                if got[method].status != said:
                    wrong.append((person.name, name, method, got[method].status, said))
            may_be = {*OPEN[name].out, *OPEN[name].signed_in, 200, 403, 405}
            wrong += [
                (person.name, name, method, answer.status)
                for method, answer in got.items()
                if answer.status not in may_be
            ]
            leaks |= {(person.name, name, *leak) for answer in got.values() for leak in browser.leaks(answer)}
    assert (wrong, sorted(leaks)) == ([], [])


def test_every_route_is_in_the_plan_or_among_those_that_are_open():
    assert ROUTES.keys() | OPEN.keys() == {name for name, _view in walk()}
    assert OPEN.keys() == EXEMPT.keys()
