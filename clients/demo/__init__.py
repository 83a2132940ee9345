"""A made-up institution to look around in: five years of clients, loans, savings and meetings.

It is written as portfolio files and taken in by the import, so that it also tries the whole way in.
"""

import datetime as dt
import tempfile
from pathlib import Path
from random import Random

from django.utils import timezone

from clients.actions import import_portfolio
from clients.actions.institution import add_holiday, describe_institution
from clients.actions.people import add_user, identify_officer
from clients.actions.roles import grant_role
from clients.demo.files import write_passed_on, write_portfolio
from clients.demo.lives import Life, lives
from clients.demo.market import BRANCHES, CURRENCY, HOLIDAYS, INSTITUTION, officers
from clients.models import Office, Officer
from spm.access import TERMS, Role
from spm.models import User

PASSWORD = "caja-horizonte"  # noqa: S105 the demo's, for a machine of one's own
LEFT, HEIRS = "VN-1", ["VN-2", "VN-3", "VN-4"]
# username, full name, role, office, officer code
PEOPLE = (
    ("admin", "Patricia Lazo", Role.ADMIN, "CH", ""),
    ("manager", "Ricardo Quispe", Role.MANAGER, "CH", ""),
    ("branch-manager", "Mónica Salas", Role.MANAGER, "VN", ""),
    ("officer", "Sonia Arias", Role.OFFICER, "VN", "VN-2"),
    ("interviewer", "Lucía Condori", Role.OFFICER, "CH", ""),
    ("assessor", "Helen Brooks", Role.ASSESSOR, "CH", ""),
    ("desk", "Rosario Vega", Role.DESK, "CH", ""),
    ("protection", "Alberto Núñez", Role.PROTECTION, "CH", ""),
)


def load(*, clients: int, seed: int, today: dt.date) -> None:
    """Fill an empty database; the same seed on the same day gives the same institution."""
    end = data_end(today)
    people = lives(clients, Random(seed), end)  # noqa: S311 nothing secret is drawn
    take_in(people, Random(seed + 1), end)  # noqa: S311
    describe_institution(name=INSTITUTION, currency=CURRENCY, by=None)
    for name, month, day in HOLIDAYS:
        add_holiday(name=name, day=dt.date(end.year, month, day), every_year=True, by=None)
    for code, name in officers().items():
        for officer in Officer.objects.filter(code=code):
            identify_officer(officer=officer, name=name, by=None)
    for username, full_name, role, office, officer in PEOPLE:
        employ(username, full_name, role, office, officer, since=end - dt.timedelta(days=365))


def data_end(today: dt.date) -> dt.date:
    """The last working day before today: one to three days ago."""
    return today - dt.timedelta(days={6: 2, 0: 3}.get(today.weekday(), 1))


def take_in(people: list[Life], rng: Random, end: dt.date) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder, "caja-horizonte"), Path(folder, "cartera-de-edgar-poma")
        first.mkdir()
        second.mkdir()
        write_portfolio(first, people, rng, end)
        write_passed_on(second, people, LEFT, HEIRS)
        for source in (first, second):
            imported = import_portfolio(source, by=None, strict=True)
            if imported.refused:
                raise ValueError(f"The demo's own files were refused: {imported.report['rejected'][:3]}")


def employ(username: str, full_name: str, role: str, office: str, officer: str, *, since: dt.date) -> None:
    user = add_user(username=username, password=PASSWORD, full_name=full_name, by=None)
    where = Office.objects.get(code=office)
    term = TERMS.get(role)
    if term:
        since = timezone.localdate()
    until = since + dt.timedelta(days=term.most) if term else None
    grant_role(user=user, role=role, office=where, valid_from=since, valid_to=until, by=None)
    for found in Officer.objects.filter(code=officer):
        identify_officer(officer=found, user=user, by=None)


def logins() -> list[tuple[str, str, str]]:
    """Username, password, and the role in words, of the demo's people who are there."""
    there = set(User.objects.values_list("username", flat=True))
    branches = {branch.code: branch.name for branch in BRANCHES}
    return [
        (username, PASSWORD, f"{Role(role).label}, {branches.get(office, INSTITUTION)}")
        for username, _full_name, role, office, _officer in PEOPLE
        if username in there
    ]
