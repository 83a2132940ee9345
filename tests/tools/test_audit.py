import json
import subprocess

import pytest

from tools import audit


def package(name, **more):
    return {"name": name, "version": "1.0", "vulns": [], **more}


SOUND = package("sound")
FAULTY = package("faulty", vulns=[{"id": "CVE-2026-1", "fix_versions": ["1.1", "2.0"]}])
HOPELESS = package("hopeless", vulns=[{"id": "CVE-2026-2", "fix_versions": []}])
SKIPPED = {"name": "skipped", "skip_reason": "Dependency not found and could not be audited"}


@pytest.fixture
def answered(monkeypatch, capsys):
    """Run the chore with what pip-audit prints; returns its code and what it says."""

    def run(packages, error=""):
        out = "" if packages is None else json.dumps({"dependencies": packages, "fixes": []})
        ended = subprocess.CompletedProcess([], 1, out, error)
        monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: ended)
        return audit.main(), capsys.readouterr().out.splitlines()

    return run


def test_packages_without_a_known_fault_pass(answered):
    assert answered([SOUND]) == (0, ["0 known faults in 1 packages."])


def test_each_fault_is_named_with_what_mends_it(answered):
    assert answered([SOUND, FAULTY, HOPELESS]) == (
        1,
        [
            "faulty 1.0: CVE-2026-1, mended in 1.1, 2.0",
            "hopeless 1.0: CVE-2026-2, mended in no version yet",
            "2 known faults in 3 packages.",
        ],
    )


@pytest.mark.parametrize(("packages", "code"), [([SOUND, SKIPPED], 2), ([FAULTY, SKIPPED], 1)])
def test_a_package_that_was_not_looked_up_is_no_pass(answered, packages, code):
    ended, lines = answered(packages)
    said = "The advisory service gave no answer for 1 of 2 packages; nothing is known of them."
    assert (ended, lines[-1]) == (code, said)


def test_nor_is_no_answer_at_all_and_the_reason_is_told(answered):
    assert answered(None, "Traceback\nConnectionError: no route") == (
        2,
        ["The advisory service gave no answer: ConnectionError: no route"],
    )
