"""What tests with processes of their own share."""

import datetime as dt
import os
import shutil
import sqlite3
from contextlib import closing

import pytest
from django.db import connection
from django.utils import timezone

from exits.actions import rebuild_spells
from tests.factories import ClientFactory, LoanFactory
from tests.spm.processes import surroundings
from tools.site import tables


@pytest.fixture
def shop(shared, tmp_path) -> dict:
    """The surroundings of processes that share an empty SQLite file."""
    return surroundings(shutil.copy(tables(shared), tmp_path / "jobs.sqlite3"))


@pytest.fixture
def database(settings, tmp_path):
    """The surroundings of processes on this test's database; on SQLite, which keeps it in memory, a copy."""
    at = settings.DATABASES["default"] | connection.settings_dict
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(at)
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path / 'copy.sqlite3'}"
        connection.ensure_connection()
        with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
            connection.connection.backup(copy)
    folders = {"UPLOAD_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "spm.settings"}
    return os.environ | folders | {"DATABASE_URL": url}


@pytest.fixture
def resting(officer, office):
    """A client of the officer's who has repaid everything."""
    client = ClientFactory(office=office, officer=officer.officer, name="Rosa Mamani", phone="555 123")
    today = timezone.localdate()
    taken, repaid = today - dt.timedelta(days=300), today - dt.timedelta(days=9)
    LoanFactory(client=client, disbursed_on=taken, closed_on=repaid, status="repaid")
    rebuild_spells(by=None)
    return client
