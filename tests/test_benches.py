"""The benches still run: each is imported in every run, and run at a tiny size at the full count."""

import importlib
import json
import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests.conftest import EVERYTHING

ROOT = settings.BASE_DIR
BENCHES = sorted(path.stem for path in (ROOT / "bench").glob("*.py"))
# The smallest institution in which each finds the rows that it looks for; load is of seconds.
TINY = {
    "analyses": ["--clients", "300"],
    "exit_page": ["300"],
    "pages": ["--clients", "1000", "--rounds", "1"],
    "portfolio_export": ["--clients", "200"],
    "portfolio_import": ["--clients", "200"],
    "reasons": ["--clients", "600", "--interviews", "100"],
    "rebuild": ["--clients", "200"],
    "spells": ["200"],
    "under_load": ["--clients", "400", "--seconds", "8"],
}
# What each says in its last line, of which docs/performance.md tells; the others say it in words.
TOLD = {
    "analyses": {"analyses_seconds", "times_plain", "peak_bytes"},
    "pages": {"times_empty", "search_ms", "page_ms", "slow"},
    "portfolio_export": {"export_seconds", "times_plain", "missing"},
    "portfolio_import": {"share_of_plain", "again_share_of_first", "again_written", "peak_bytes"},
    "reasons": {"times_empty", "page_ms", "slow"},
    "rebuild": {"times_plain", "share_of_whole", "peak_bytes"},
    "under_load": {"shares_of_bare", "errors", "memory_growth"},
}


@pytest.fixture
def imported(monkeypatch, tmp_path):
    """A bench by its name; what it brought in under names of its own is gone again afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(ROOT / "bench")
    # Else the benches' own are set, for good.
    monkeypatch.setenv("DATABASE_URL", os.environ.get("DATABASE_URL", f"sqlite:///{tmp_path}/bench.sqlite3"))
    monkeypatch.setenv("UPLOAD_DIR", str(tmp_path))
    yield importlib.import_module
    if "kit" in sys.modules:
        sys.modules["kit"].FOLDER.cleanup()
    for name in set(sys.modules) - before:
        if name in BENCHES or name.partition(".")[0] == "kit":
            del sys.modules[name]


def test_what_each_bench_imports_is_there(imported):
    assert [imported(name).__name__ for name in BENCHES] == BENCHES


def test_every_bench_is_tried_but_for_the_one_that_runs_them():
    assert {*TINY, "by_size"} == set(BENCHES)


@pytest.mark.skipif(not EVERYTHING, reason="a process of its own for each: part of the full count")
@pytest.mark.parametrize("name", TINY)
def test_a_bench_runs_to_its_end_at_a_tiny_size(name):
    done = run(name)
    # 1 is said where a figure does not hold: at this size none need.
    broken = "Traceback" in done.stderr
    assert (done.returncode in {0, 1}, broken) == (True, False), done.stderr
    if name in TOLD:
        assert TOLD[name] - set(json.loads(done.stdout.splitlines()[-1])) == set()


def run(name: str) -> subprocess.CompletedProcess:
    """On the kind of database that this run tests on."""
    command = [sys.executable, f"bench/{name}.py", *TINY[name]]
    if connection.vendor == "postgresql":
        command = [sys.executable, "tools/servers.py", "--", *command]
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "UPLOAD_DIR"}
    }
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)


def test_what_was_measured_is_drawn_and_written_into_the_page(imported, monkeypatch, tmp_path):
    by_size = imported("by_size")
    for name in ("RESULTS", "CHART", "PAGE"):
        copy = tmp_path / getattr(by_size, name).name
        shutil.copy(getattr(by_size, name), copy)
        monkeypatch.setattr(by_size, name, copy)
    by_size.draw()
    drawn = {name: (getattr(by_size, name)).read_text(encoding="utf-8") for name in ("CHART", "PAGE")}
    assert drawn == {
        "CHART": (ROOT / "docs/images/cost-by-size.svg").read_text(encoding="utf-8"),
        "PAGE": (ROOT / "docs/performance.md").read_text(encoding="utf-8"),
    }
