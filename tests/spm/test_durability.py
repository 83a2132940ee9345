"""What a database has confirmed is on the disk: settings of both, read from live connections."""

from contextlib import nullcontext
from unittest.mock import MagicMock

import pytest
from django.conf import settings as in_force
from django.core.checks import Tags, run_checks
from django.db import ConnectionHandler, connection

from spm import checks, observed

pytestmark = pytest.mark.django_db


def ask(live, statement: str):
    with live.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


@pytest.fixture
def postgres():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's own settings")
    return connection


@pytest.fixture
def careful(settings):
    """As in production, where the database may forget nothing."""
    settings.DATABASE_MAY_FORGET = False


# SQLite


@pytest.fixture
def sqlite(tmp_path):
    """A connection to a file, under our own settings."""
    ours = in_force.DATABASES["default"]
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own settings")
    handler = ConnectionHandler({"default": {**ours, "NAME": tmp_path / "live.sqlite3"}})
    yield handler["default"]
    handler.close_all()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 30_000)]
)
def test_a_live_sqlite_connection_writes_ahead_syncs_fully_and_waits_half_a_minute(pragma, value, sqlite):
    assert ask(sqlite, f"PRAGMA {pragma}") == value


def test_a_transaction_on_sqlite_takes_the_one_writers_place_at_its_beginning(sqlite):
    sqlite.ensure_connection()
    sqlite.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    other = sqlite.copy()
    other.settings_dict["OPTIONS"] = {**other.settings_dict["OPTIONS"], "timeout": 0}
    try:
        with pytest.raises(Exception, match="database is locked"):
            ask(other, "BEGIN IMMEDIATE")
    finally:
        other.close()
        sqlite.rollback()


def test_a_line_on_reading_waits_for_no_disk_and_what_comes_after_it_does_again(sqlite, monkeypatch):
    monkeypatch.setattr(observed, "connection", sqlite)
    monkeypatch.setattr(observed.transaction, "atomic", nullcontext)
    pragmas = ("PRAGMA synchronous", "PRAGMA busy_timeout")
    with observed._a_moment():
        assert [ask(sqlite, pragma) for pragma in pragmas] == [1, 250]
    assert [ask(sqlite, pragma) for pragma in pragmas] == [2, 30_000]


# PostgreSQL


def found() -> list[tuple]:
    messages = run_checks(tags=[Tags.database], databases=["default"])
    return [(message.id, message.msg.split(":")[0]) for message in messages]


def test_a_postgresql_that_may_lose_what_it_confirmed_is_an_error(postgres, careful):
    # the server of the tests runs without either
    assert found() == [
        ("spm.E002", "PostgreSQL runs with fsync=off"),
        ("spm.E002", "PostgreSQL runs with synchronous_commit=off"),
    ]


def test_what_the_session_itself_switched_on_is_in_order(postgres, careful):
    with postgres.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
    assert found() == [("spm.E002", "PostgreSQL runs with fsync=off")]


def test_check_deploy_asks_the_database_as_well(postgres, careful):
    messages = run_checks(tags=[Tags.security], include_deployment_checks=True)
    assert [message.id for message in messages].count("spm.E002") == 2


@pytest.fixture
def postgres_with(careful, monkeypatch):
    """The database passes for a PostgreSQL in which these settings are off."""

    def pretend(*off):
        cursor = MagicMock()
        cursor.__enter__.return_value = cursor
        cursor.execute.side_effect = lambda statement, asked: cursor.fetchall.configure_mock(
            return_value=[(name,) for name in off if name in asked[0]]
        )
        monkeypatch.setattr(connection, "vendor", "postgresql")
        monkeypatch.setattr(connection, "cursor", lambda: cursor)

    return pretend


def test_of_the_settings_that_are_off_those_are_named_that_lose_what_was_confirmed(postgres_with):
    postgres_with("synchronous_commit", "jit", "fsync")
    assert found() == [
        ("spm.E002", "PostgreSQL runs with fsync=off"),
        ("spm.E002", "PostgreSQL runs with synchronous_commit=off"),
    ]


def test_a_database_of_tests_may_forget_where_a_setting_says_so(postgres_with, settings):
    postgres_with("fsync")
    settings.DATABASE_MAY_FORGET = True
    assert found() == []


def test_only_check_deploy_asks_the_database_among_the_checks_of_security(postgres_with):
    postgres_with("fsync")
    asked = {
        deploy: [
            message.id for message in run_checks(tags=[Tags.security], include_deployment_checks=deploy)
        ].count("spm.E002")
        for deploy in (True, False)
    }
    assert asked == {True: 1, False: 0}


def test_a_database_that_does_not_answer_is_a_warning(careful, monkeypatch):
    monkeypatch.setattr(connection, "vendor", "postgresql")

    def silent():
        raise checks.OperationalError

    monkeypatch.setattr(connection, "cursor", silent)
    assert found() == [("spm.W002", "The database default does not answer")]


def test_sqlite_is_not_asked_for_what_only_postgresql_has(sqlite, careful):
    assert found() == []


def test_a_connection_to_postgresql_notices_within_half_a_minute_that_its_machine_died(postgres):
    names = ("idle", "interval", "count")
    idle, interval, count = (int(ask(postgres, f"SHOW tcp_keepalives_{name}")) for name in names)
    assert idle + interval * count == 30
