"""Where the menu leads, and which panels of other apps a page shows: names only, no imports."""

from dataclasses import dataclass
from functools import cache

from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import gettext_lazy as _

from spm.access import OWN_PORTFOLIO, Can, permissions, roles
from spm.models import Institution
from spm.numbers import currency_shown


@dataclass(frozen=True)
class Entry:
    """A route, and how pages name it: in the menu, and by the question it answers on the home page.

    The ``own_`` words are for whoever reaches only their own portfolio.
    """

    route: str
    words: str
    needs: Can
    question: str = ""
    promise: str = ""
    own_words: str = ""
    own_question: str = ""
    own_promise: str = ""
    # A question on the home page alone: its page lies behind another entry of the menu.
    in_menu: bool = True


MENU = (
    Entry("home", _("Home"), Can.HOME_VIEW, own_words=_("My work")),
    Entry(
        "clients:client-list",
        _("Clients"),
        Can.CLIENTS_VIEW,
        question=_("Who are our clients?"),
        promise=_("Find a client; see the loans, the savings, and what happened when."),
        own_question=_("Who are my clients?"),
        own_promise=_("Find one of your clients; see the loans, the savings, and what happened when."),
    ),
    Entry(
        "exits:exit-rate",
        _("Leaving"),
        Can.EXITS_VIEW,
        question=_("Who is leaving?"),
        promise=_("From which branch and after which loan, down to the clients behind each number."),
        own_question=_("Which of my clients are leaving?"),
        own_promise=_("How many left, when, and after which loan."),
    ),
    Entry(
        "exits:reason-list",
        _("Why clients leave"),
        Can.EXITS_VIEW,
        question=_("Why do clients leave?"),
        promise=_("In their own words and as staff see it, by branch, by age, for women and for men."),
        own_question=_("Why do my clients leave?"),
        own_promise=_("What they say when they are asked."),
        in_menu=False,
    ),
    Entry(
        "exits:report",
        _("Report on leaving"),
        Can.EXITS_REPORT,
        question=_("What do we tell the board?"),
        promise=_(
            "Who left, when and why, on one page or with every table: as PDF, for Excel, for other software."
        ),
        in_menu=False,
    ),
    Entry(
        "feedback:complaint-list",
        _("Complaints"),
        Can.COMPLAINTS_VIEW,
        question=_("What do clients complain of?"),
        promise=_("What came in, what is due when, and what became of it."),
    ),
    Entry(
        "feedback:complaint-add",
        _("Write a complaint down"),
        Can.COMPLAINTS_LOG,
        question=_("Does somebody complain?"),
        promise=_("Write it down here, also without a connection; nobody has to give a name."),
        in_menu=False,
    ),
    Entry(
        "clients:import-list",
        _("Data"),
        Can.PORTFOLIO_IMPORT,
        question=_("Are our data up to date?"),
        promise=_("Bring in the latest export of your core banking system, and see what it changes first."),
    ),
)

# Under the person's name.
ACCOUNT_MENU = (
    Entry(
        "clients:person-list",
        _("People"),
        Can.PEOPLE_MANAGE,
        question=_("Who may do what, and where?"),
        promise=_("Invite somebody; give a role or end it; shut an account."),
    ),
    Entry("clients:portfolio-export", _("Portfolio as a file"), Can.PORTFOLIO_EXPORT),
    Entry("clients:institution-change", _("Institution"), Can.INSTITUTION_MANAGE),
    Entry("field-conflict-list", _("Forms sent twice"), Can.FIELD_REVIEW),
    Entry("job-list", _("Jobs"), Can.JOBS_VIEW),
    Entry(
        "audit-list",
        _("Audit trail"),
        Can.AUDIT_VIEW,
        question=_("Who did what?"),
        promise=_("Every change, every export and every look at names of clients, with who and when."),
    ),
    Entry("gallery", _("Components"), Can.GALLERY_VIEW),
)


@dataclass(frozen=True)
class Work:
    """A kind of work on "My work" (``spm.work``), and how it is called there.

    ``about`` is asked, as ``about(user, keys)``, whom the work under each key is about: ``{key: About}`` of
    what the user may see. ``form`` is the route of its field form, whose empty page a phone keeps.
    """

    words: str
    needs: Can
    about: str
    form: str = ""


WORK = {
    "exits.contact": Work(
        _("Call or visit again: no loan now"),
        Can.EXITS_CONTACT,
        "exits.queries.contacts.contacts_due",
        form="exits:contact-add",
    ),
    "exits.callback": Work(
        _("Call back: the client left and asked for it"),
        Can.EXITS_CONTACT,
        "exits.queries.winback.calls_back_due",
        form="exits:contact-add",
    ),
    "exits.confirm": Work(
        _("Say how the client left"),
        Can.EXITS_CONFIRM,
        "exits.queries.register.exits_to_confirm",
        form="exits:exit-confirm",
    ),
    "exits.interview": Work(
        _("Ask why the client left"),
        Can.EXITS_INTERVIEW,
        "exits.queries.interviews.interviews_due",
        form="exits:interview-add",
    ),
    "feedback.complaint": Work(
        _("Handle the complaint"),
        Can.COMPLAINTS_HANDLE,
        "feedback.queries.complaints.complaints_due",
    ),
}

# Panels that the client page loads after itself: route names that take the client's id.
CLIENT_PANELS = (Entry("exits:client-panel", _("Staying and leaving"), Can.EXITS_VIEW),)

# Panels that the home page loads after itself: route names without arguments.
HOME_PANELS: tuple[Entry, ...] = ()

# On a phone, so many entries stand in the row; the rest are under "More".
ON_A_PHONE = 4


def only_own(user) -> bool:
    """Does the person reach no more than their own portfolio?"""
    held = roles(user)
    return bool(held) and held <= OWN_PORTFOLIO


def opened_to(user, entries) -> list[dict]:
    """Of these entries those that the user may open, each as ``url, route, words, question, promise``."""
    return _opened(permissions(user), only_own(user), entries)


def _opened(held: frozenset[Can], own: bool, entries) -> list[dict]:
    return [
        {
            "url": _address(entry.route, get_script_prefix(), get_urlconf()),
            "route": entry.route,
            "words": (own and entry.own_words) or entry.words,
            "question": (own and entry.own_question) or entry.question,
            "promise": (own and entry.own_promise) or entry.promise,
        }
        for entry in entries
        if entry.needs in held
    ]


@cache
def _address(route: str, _root: str, _urls) -> str:
    """Every page has a dozen of them."""
    return reverse(route)


def mark_place(menu, path) -> None:
    """Mark the item that is this page (``current``), or else the one this page lies behind (``inside``)."""
    behind = [item for item in menu if path.startswith(item["url"]) and item["route"] != "home"]
    nearest = max(behind, key=lambda item: len(item["url"]), default=None)
    for item in menu:
        item["current"] = item["url"] == path
        item["inside"] = item is nearest and not item["current"]


def page_frame(request) -> dict:
    """For every template: the institution, what the user may do, the menus with the current entry marked."""
    user = getattr(request, "user", None)
    held = permissions(user) if user else frozenset()
    # A page that is sent in two parts asks twice.
    institution = request.institution = getattr(request, "institution", None) or Institution.get()
    currency_shown.set(institution.currency)
    own = bool(held) and only_own(user)
    menu = _opened(held, own, [entry for entry in MENU if entry.in_menu])
    account_menu = _opened(held, own, ACCOUNT_MENU)
    mark_place(menu + account_menu, request.path)
    return {
        "institution": institution,
        "can": {permission.name: permission in held for permission in Can},
        "menu": menu,
        "menu_more": menu[ON_A_PHONE:] if len(menu) > ON_A_PHONE + 1 else [],
        "account_menu": account_menu,
    }
