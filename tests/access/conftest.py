"""The world of the matrix, and a browser in it for each of the cast."""

import logging

import pytest

from tests.access.visits import Visitor
from tests.access.world import World


@pytest.fixture
def world(db, settings, monkeypatch, tmp_path):
    # Thousands of refusals are logged, each with its trace.
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    settings.MEDIA_ROOT = tmp_path / "uploads"
    # Sessions cost no query here, of which the matrix asks thousands.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    return World(settings.MEDIA_ROOT)


@pytest.fixture
def visitor(world):
    """The browser of one of the cast, by name."""

    def of(name: str) -> Visitor:
        return Visitor(world, world.outside if name == "signed out" else world.cast[name])

    return of
