"""Every page there is, over rows of the institution that `kit.institution.fill` made."""

import datetime as dt
import io
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.http import HttpRequest
from django.test import Client as Browser
from django.urls import NoReverseMatch, resolve, reverse

from clients.actions import import_portfolio
from clients.models import Client, Membership, Office, Officer, Product
from spm.access import Role
from spm.checks import walk
from spm.models import Holiday, Job, User
from tools.screens import screens

SORTED = ("client", "-officer", "cycle", "-left_on")
# Who has set up the second step of signing in.
TWO_STEPS = "two-steps"


class Here:
    """Stands for a served site where screens look for their rows: in this process."""

    def __init__(self):
        self.rows: list[list[str]] = []

    @staticmethod
    def manage(_shell, _quiet, _command, code: str) -> str:
        said = io.StringIO()
        with redirect_stdout(said):
            exec(code, {})  # noqa: S102  the code of tools/screens.py
        return said.getvalue()


def pages() -> list[str]:
    """Of each screen that people look at its address, then every route without parameters that is left."""
    rows_of_screens()
    shown = [screen.path for screen in screens(Here())]
    known = {resolve(path.partition("?")[0]).view_name for path in shown}
    return list(dict.fromkeys([*shown, *more_of_exits(), *filter(None, map(plain, unknown(known)))]))


def unknown(known: set[str]) -> list[str]:
    left_out = {"set_language", "empty", "open", *known}
    return [name for name, _view in walk() if name not in left_out]


def plain(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def more_of_exits() -> list[str]:
    counts, last_pages = ("exits", "new", "E", "D", "resting"), ("?page=2", "?page=150")
    return [
        "/exits/?by=officer",
        *(f"/exits/counted/?count={count}" for count in counts),
        *(f"/exits/counted/?count={count}&sort={sort}" for count in ("exits", "E") for sort in SORTED),
        *(f"/clients/{page}" for page in last_pages),
        "/exits/counted/?count=E&page=2",
    ]


def rows_of_screens() -> None:
    """What the screens expect and a filled institution lacks: two branches, a day off, a job, a report."""
    head = Office.head()
    for code, name in (("VN", "Valle Norte"), ("SA", "Santa Ana")):
        Office.objects.create(code=code, name=name, parent=head)
    Holiday.objects.create(day=dt.date(2025, 12, 25), name="Navidad")
    Job.objects.create(
        work="exits.rebuild_spells", by=User.objects.get(username="manager"), state=Job.State.DONE
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "clients.csv").write_text("client_id,name,office\nN-1,Rosa Nueva,B0\n", encoding="utf-8")
        import_portfolio(folder, by=None)
    careful = User.objects.create(username=TWO_STEPS)
    Membership.objects.create(user=careful, role=Role.MANAGER, office=head, valid_from=dt.date(2020, 1, 1))
    TOTP.activate(careful, generate_totp_secret())
    RecoveryCodes.activate(careful)


def signed_in(username: str) -> Browser:
    """The browser of somebody who has just given the password; of a stranger for an empty name."""
    browser = Browser()
    if username:
        user = User.objects.get(username=username)
        browser.force_login(user)
        request = HttpRequest()
        request.session = browser.session
        record_authentication(request, user, "password")
        request.session.save()
    return browser


def searches() -> list[str]:
    """The client list by every filter and search, in every order."""
    office, region = Office.objects.get(code="B0").pk, Office.objects.get(code="R0").pk
    officer, loan_product = Officer.objects.get(code="O7").pk, Product.objects.get(code="P1").pk
    number = Client.objects.order_by("-pk").first().external_id
    filters = [
        "",
        "q=quispe",
        "q=mamani+rosa",
        "q=rara600",
        "q=nobodyofthisname",
        f"q={number}",
        f"office={office}",
        f"office={region}",
        f"officer={officer}",
        f"product={loan_product}",
        *(f"standing={standing}" for standing in ("open", "late", "closed", "none", "deceased", "expelled")),
        "sex=M",
        "area=rural",
        f"sex=F&area=urban&office={office}&standing=open",
    ]
    orders = ("", "sort=number", "sort=-joined", "sort=joined")
    return ["/clients/?" + "&".join(filter(None, [chosen, order])) for chosen in filters for order in orders]
