"""The world of the matrix, and a browser in it for each of the cast."""

import copy
import logging
import shutil

import pytest
from django.test import override_settings

from tests.access.visits import Visitor
from tests.access.world import World
from tests.conftest import lasting

NO_CACHE = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture(scope="module")
def first_day(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world as each test of a module finds it, in a transaction around theirs: building it takes long."""
    folder = tmp_path_factory.mktemp("uploads")
    settled = override_settings(MEDIA_ROOT=folder, CACHES=NO_CACHE)
    with lasting(django_db_blocker, settled(lambda: World(folder))) as world:
        yield world


@pytest.fixture
def world(first_day, db, settings, monkeypatch, tmp_path):
    # Thousands of refusals are logged, each with its trace.
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    settings.MEDIA_ROOT = tmp_path / "uploads"
    # Sessions cost no query here, of which the matrix asks thousands.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    shutil.copytree(first_day.folder, settings.MEDIA_ROOT)
    own = copy.deepcopy(first_day)
    own.folder = settings.MEDIA_ROOT
    return own


@pytest.fixture
def visitor(world):
    """The browser of one of the cast, by name."""

    def of(name: str) -> Visitor:
        return Visitor(world, world.outside if name == "signed out" else world.cast[name])

    return of
