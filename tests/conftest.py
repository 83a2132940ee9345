"""One cast of people for all tests.

Two regions, each with branches; ``office`` is in the north with ``officer`` and ``other_officer``,
``far_office`` in the south. ``manager`` and ``admin`` sit at the head office, ``branch_manager`` at
``office``.
"""

import datetime as dt
import gc
import os
import uuid
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test.client import ClientHandler
from django.utils import timezone, translation

from clients.models import Office
from spm import jobs
from spm.access import Role
from spm.jobs import bell
from spm.models import Job
from spm.numbers import currency_shown
from spm.streamed import Page
from tests.factories import MembershipFactory, OfficeFactory, OfficerFactory, UserFactory

EVERYTHING = float(os.environ.get("SPM_EXAMPLES", "1")) >= 1


def pytest_configure():
    """Pages name the static files as they lie in the sources, whatever was collected before."""
    settings.STATIC_ROOT = settings.BASE_DIR / "var/nothing-collected"


def meets_a_database(item) -> bool:
    fixtures, names = {"db", "transactional_db", "django_db_setup"}, {"connection", "process"}
    if "shop" in item.fixturenames:  # its database is a SQLite file in every pass
        return False
    return bool(
        item.get_closest_marker("django_db")
        or fixtures & set(item.fixturenames)
        or names & vars(item.module).keys()
    )


def pytest_collection_modifyitems(config, items):
    """What meets no database is the same on PostgreSQL: a short run tries it in the pass on SQLite alone."""
    if EVERYTHING or connection.vendor == "sqlite":
        return
    config.hook.pytest_deselected(items=[item for item in items if not meets_a_database(item)])
    items[:] = filter(meets_a_database, items)


def pytest_collection_finish():
    """What was imported and collected lasts as long as the run: it is not looked through for waste again."""
    gc.collect()
    gc.freeze()


@contextmanager
def lasting(blocker, make):
    """What ``make`` makes, in a transaction around the tests of a module: each finds it as it was."""
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bell, "ring", lambda pk: None)
            made = make()
    try:
        yield made
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A folder of this run that all its workers share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture
def head(db):
    return Office.head()


def north_branch(head):
    north = OfficeFactory(code="NORTH", name="North", kind=Office.Kind.REGION, parent=head)
    return OfficeFactory(code="NORTH-1", name="Valle Norte", parent=north)


def south_branch(head):
    south = OfficeFactory(code="SOUTH", name="South", kind=Office.Kind.REGION, parent=head)
    return OfficeFactory(code="SOUTH-1", name="Puerto Sur", parent=south)


@pytest.fixture
def office(head):
    return north_branch(head)


@pytest.fixture
def far_office(head):
    return south_branch(head)


def member(username, role, office, **given):
    user = UserFactory(username=username)
    MembershipFactory(user=user, role=role, office=office, **given)
    return user


@pytest.fixture
def admin(head):
    return member("admin", Role.ADMIN, head)


@pytest.fixture
def manager(head):
    return member("manager", Role.MANAGER, head)


@pytest.fixture
def branch_manager(office):
    return member("branch-manager", Role.MANAGER, office)


@pytest.fixture
def officer(office):
    """A field officer with an account; their portfolio is ``officer.officer``."""
    user = member("officer", Role.OFFICER, office)
    OfficerFactory(code="OF-ANA", name="Ana Quispe", user=user)
    return user


@pytest.fixture
def other_officer(office):
    user = member("other-officer", Role.OFFICER, office)
    OfficerFactory(code="OF-LUIS", name="Luis Rojas", user=user)
    return user


@pytest.fixture
def assessor(head):
    last = timezone.localdate() + dt.timedelta(days=14)
    return member("assessor", Role.ASSESSOR, head, valid_to=last)


@pytest.fixture
def desk(head):
    return member("desk", Role.DESK, head)


@pytest.fixture
def protection(head):
    return member("protection", Role.PROTECTION, head)


@pytest.fixture
def nobody(db):
    """Signs in, and holds no role."""
    return UserFactory(username="nobody")


@pytest.fixture(autouse=True)
def silent_bell(monkeypatch):
    """No test starts a worker or sends to a broker unless it asks; the list of what would have been rung."""
    rung = []
    monkeypatch.setattr(bell, "ring", rung.append)
    return rung


@pytest.fixture(autouse=True)
def cache_apart(settings):
    """Counts of failed sign-ins are this test's own, and leave nothing in ``var``."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": uuid.uuid4().hex}}


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """A password is hashed in no time; the product's own way takes a third of a second for each."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_page_yet():
    """What the last page of another test left, its language and currency, is forgotten."""
    translation.deactivate()
    currency_shown.set("")


@pytest.fixture(autouse=True)
def pages_in_whole(monkeypatch):
    """A page is read to its end before the test goes on: what it asks, writes and raises is its request's."""
    answer = ClientHandler.__call__

    def answer_in_whole(handler, environ):
        response = answer(handler, environ)
        if isinstance(response, Page):
            response.content  # noqa: B018
        return response

    monkeypatch.setattr(ClientHandler, "__call__", answer_in_whole)


def make_first_lists():
    """The types of leavers, reasons, categories and limits that every institution starts with."""
    import_module("exits.migrations.0007_the_first_lists").make(apps, None)
    import_module("feedback.migrations.0002_the_first_lists").make(apps, None)


@pytest.fixture
def first_lists(db):
    make_first_lists()


@pytest.fixture
def run_jobs(db):
    """Does every waiting job, oldest first and in this process, and those that they ask for in turn."""

    def run() -> list[Job]:
        ran = []
        while job := Job.objects.filter(state=Job.State.QUEUED).order_by("created_at", "pk").first():
            jobs.run(job.pk, again=False)
            job.refresh_from_db()
            ran.append(job)
        return ran

    return run
