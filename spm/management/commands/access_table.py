from django.core.management.base import BaseCommand
from django.utils import translation

from spm import policy
from spm.access import (
    GRANTS,
    MAY_GRANT,
    OWN_PORTFOLIO,
    SECOND_FACTOR,
    TERMS,
    WHOLE_INSTITUTION,
    Can,
    Role,
)
from spm.checks import EXEMPT, walk
from spm.middleware import ASSESSOR_MAY_SEND
from spm.policy import Relation

HEAD = """# Who may do what

Made from `GRANTS` in `spm/access.py` by `manage.py access_table > docs/access.md`; a test compares the two.

A person holds roles at offices, from a day to a day. A role reaches the rows of its office and of every
office below. "own" reaches only the rows of the person's own portfolio; "whole" counts only for a role held
at the head office.
"""
GIVING = """
Who gives and takes away which role, at their own office and below; nobody gives anything to themselves:
"""
ROUTES = """
What each route answers; POST with an empty form, which an edit refuses (400) as it lacks the version it was
made from. Over rows a role reaches "all" of them, "own" ones, or those of its "office" and below; a row out
of reach is not found, as if it were not there (404). Who lacks the permission is turned away (403), so is who
holds no role in force; who is signed out is asked to sign in (302). Any other method is not allowed (405); an
external assessor's POST, PUT, PATCH and DELETE are turned away (403). The last column says what else turns a
person away (403): rows about "oneself", or names in files for who sent another file and may not know all.
"""
OPEN = """
Open to everybody who is signed in, or before that. The numbers answer GET and an empty POST of somebody
without a second step, over links that do not work; "assessor" says what an external assessor may send:
"""


# By how many of the relations of a row are in reach.
REACHED = {0: "none", 1: "own", 2: "office", 4: "all"}
PLACES = {
    f"{role.label}, {place}": policy.Person(role, at_head=place == "head office")
    for role in Role
    for place in ("head office", "branch")
    if GRANTS[role] & WHOLE_INSTITUTION or place == "branch"
}


class Command(BaseCommand):
    help = "Print who may do what, as the page docs/access.md."

    def handle(self, **options):
        with translation.override("en"):
            self.stdout.write(table(), ending="")


def table() -> str:
    """The page in Markdown: each permission with the reach of each role and the screens that need it."""
    screens = dict(walk())
    lines = [HEAD, row("", *(role.label for role in Role), "screens"), row("---", *["---"] * (len(Role) + 1))]
    for permission in Can:
        needing = [
            f"`{name}`" for name, view in screens.items() if name not in EXEMPT and needs(view) is permission
        ]
        reaches = (reach(role, permission) for role in Role)
        lines.append(row(f"`{permission.name}`", *reaches, ", ".join(needing)))
    lines += [GIVING, row("role", "given by", "held for", "second step"), row(*["---"] * 4)]
    lines += [row(role.label, givers(role), days(role), step(role)) for role in Role]
    lines += [ROUTES, row("route", "GET", "POST", *PLACES, "but"), row(*["---"] * (len(PLACES) + 4))]
    lines += [route_row(route) for route in policy.routes().values()]
    lines += [OPEN, row("route", "signed out", "signed in", "assessor", "why"), row(*["---"] * 5)]
    lines += [open_row(name, why) for name, why in EXEMPT.items()]
    return "\n".join([*lines, ""])


def route_row(route: policy.Route) -> str:
    got, sent = ("GET" in route.methods and 200, "POST" in route.methods and policy.sent_on(route))
    reach = (words(route, person) for person in PLACES.values())
    return row(f"`{route.name}`", got or 405, sent or 405, *reach, also(route))


def words(route: policy.Route, person: policy.Person) -> str:
    """What the route opens to the person."""
    if not policy.holds(person, route.view.needs):
        return "403"
    if not route.takes_row:
        return "yes"
    reached = [relation for relation in Relation if policy.reaches(person, route.kind, relation)]
    return REACHED[len(reached)]


def also(route: policy.Route) -> str:
    if route.name in policy.NOT_OVER_ONESELF:
        return "oneself"
    return "names" if route.name in policy.NAMES_OF_ALL else ""


def open_row(name: str, why: str) -> str:
    answers = policy.OPEN[name]
    pairs = (f"{got} {sent}" for got, sent in (answers.out, answers.signed_in))
    return row(f"`{name}`", *pairs, "yes" if name in ASSESSOR_MAY_SEND else "403", why)


def needs(view) -> Can | None:
    return getattr(getattr(view, "view_class", None), "needs", None)


def reach(role: str, permission: Can) -> str:
    if permission not in GRANTS[role]:
        return ""
    if permission in WHOLE_INSTITUTION:
        return "whole"
    return "own" if role in OWN_PORTFOLIO else "yes"


def givers(role: str) -> str:
    return ", ".join(str(giver.label) for giver in Role if role in MAY_GRANT.get(giver, ()))


def days(role: str) -> str:
    term = TERMS.get(role)
    return f"{term.days} days unless one says, {term.most} at most" if term else "as long as one says"


def step(role: str) -> str:
    return "a must, where `REQUIRE_TOTP` is on" if role in SECOND_FACTOR else "free to use"


def row(*cells) -> str:
    return f"| {' | '.join(map(str, cells))} |"
