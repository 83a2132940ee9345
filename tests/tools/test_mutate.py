import gc
import importlib.util
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools import mutate

TEXT = """
def one():
    return 1

class Two:
    @property
    def two(self):
        return 2

kept = [one]
"""


@pytest.fixture
def module(tmp_path):
    file = tmp_path / "numbered.py"
    file.write_text(TEXT)
    spec = importlib.util.spec_from_file_location("numbered", file)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    yield made
    del made
    gc.collect()


def test_a_change_in_place_reaches_every_function_of_the_file_wherever_it_is_held(module, tmp_path):
    mutate.change(tmp_path / "numbered.py", TEXT.replace("return 1", "return 10").replace("2\n", "20\n"))
    assert (module.one(), module.kept[0](), module.Two().two) == (10, 10, 20)


def test_only_the_functions_that_are_entered_are_noted(module, tmp_path):
    entered = set()
    mutate.watch({str(tmp_path / "numbered.py"): "numbered.py"}, entered)
    try:
        module.one()
    finally:
        watching = sys.monitoring
        watching.register_callback(watching.COVERAGE_ID, watching.events.PY_START, None)
        watching.free_tool_id(watching.COVERAGE_ID)
    assert entered == {"numbered.py:one"}


@pytest.mark.parametrize(
    ("code", "said"), [(0, "survived"), (1, "noticed"), (2, "otherwise"), (77, "noticed")]
)
def test_the_verdict_on_a_mutant_is_what_its_process_ended_with(code, said):
    child = mutate.forked(lambda: code)
    while not (found := mutate.verdict(child, time.monotonic() + 60)):
        time.sleep(0.01)
    assert found == said


def test_a_mutant_that_breaks_what_tries_it_is_noticed():
    child = mutate.forked(lambda: 1 // 0)
    while not (found := mutate.verdict(child, time.monotonic() + 60)):
        time.sleep(0.01)
    assert found == "noticed"


def test_a_mutant_hangs_once_its_time_is_over():
    child = mutate.forked(lambda: time.sleep(600) or 0)
    assert mutate.verdict(child, time.monotonic() + 60) is None
    assert mutate.verdict(child, time.monotonic()) == "hung"
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_what_no_test_enters_survives():
    tried_by = mutate.Within(Path(), [], None)
    assert tried_by.run([], lambda item, seconds: None) == 0


def test_functions_are_found_that_the_tests_have_frozen(module, tmp_path, monkeypatch):
    found = []
    tried_by = mutate.Within(tmp_path, [], SimpleNamespace(put=lambda said: None))
    monkeypatch.setattr(tried_by, "measured", lambda: found.extend(mutate.functions_of(module.__file__)))
    gc.freeze()
    tried_by.pytest_runtestloop(None)
    gc.freeze()
    assert {function.__name__ for function in found} == {"one", "two"}
