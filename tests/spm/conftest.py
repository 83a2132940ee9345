"""What tests with processes of their own share."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.spm.processes import ROOT, surroundings


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> Path:
    """A SQLite file with all tables."""
    database = tmp_path_factory.mktemp("tables") / "jobs.sqlite3"
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    environment = {**os.environ, **surroundings(database)}
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (0, "")
    return database


@pytest.fixture
def shop(tables, tmp_path) -> dict:
    """The surroundings of processes that share an empty SQLite file."""
    return surroundings(shutil.copy(tables, tmp_path / "jobs.sqlite3"))
