"""Do the tests of access bite? Changes its code in one place at a time and counts what no test notices.

``make mutate``: every mutant of who may do what (``tools/mutants.py``) is tried by the tests in ``TESTS``,
two at a time, in copies of the project. A change inside a function is tried by the tests that enter it, each
time in a fork of one process that has collected them and made the database; a change of what happens at the
import by all of them in a process of its own. Prints the survivors and the share that some test noticed.
With ``--kept FILE`` it goes on where an earlier run of the same code was stopped. ``--by TESTS`` tries them
by a few tests that take little: what these notice is kept, and the others are left for a run by all.
"""

import argparse
import contextlib
import gc
import importlib
import itertools
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType

from tools.mutants import PARTS, ROOT, TESTS, WHOLE, Mutant, all_mutants
from tools.tally import HUNG, NOTICED, OTHERWISE, SURVIVED, Tally

# Loaded once, before the mutants are tried one after the other.
LIBRARIES = [
    "pandas",
    "openpyxl",
    "pytest",
    "celery",
    "factory",
    "allauth",
    "babel",
    "python_calamine",
]
LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "__pycache__", "var", "screenshots", "staticfiles", ".*_cache"
)
ASKED = 0.95
AT_ONCE = 2
# A mutant hangs when it takes so many times what its tests take unchanged, and a minute.
PATIENCE = 10

CODES = {0: SURVIVED, 1: NOTICED, 2: OTHERWISE}


# A copy of the project and a process for it


def copied(root: Path, folder: Path) -> Path:
    """A copy of the project as ``root`` has it; whoever edits the project meanwhile changes nothing."""
    shutil.copytree(root, folder, ignore=LEFT_BEHIND, symlinks=True)
    (folder / "var").mkdir()
    return folder


def prepare(folder: Path) -> None:
    """Make this process one that runs the tests of the copy."""
    os.chdir(folder)
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/var/test.sqlite3",
        "CELERY_BROKER_URL": "memory://",
        "SPM_EXAMPLES": "0.1",
        "PYTEST_DEBUG_TEMPROOT": str(folder / "var"),
        # A process with threads of its own may not be forked.
        "OPENBLAS_NUM_THREADS": "1",
    }
    sys.path[:] = [str(folder), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT)]
    for library in LIBRARIES:
        importlib.import_module(library)


def forked(act: Callable[[], int]) -> int:
    """The id of a new process, head of its own group, that says by its exit code what ``act`` gave."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()
        code = int(act())
    finally:
        # Before the tests begin, what cannot be imported raises: the copy is still the parent's.
        os._exit(code)


def pytest_over(tests: list[str], *plugins) -> int:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    pytest = importlib.import_module("pytest")
    options = ["-q", "-x", "--assert=plain", "-p", "no:cacheprovider"]
    return int(pytest.main([*options, *tests], plugins=list(plugins)))


def verdict(child: int, until: float) -> str | None:
    """What became of a child; None while it may still run."""
    done, status = os.waitpid(child, os.WNOHANG)
    if not done and time.monotonic() < until:
        return None
    stop_group(child)
    if not done:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return HUNG
    return CODES.get(os.waitstatus_to_exitcode(status), NOTICED)


def stop_group(child: int) -> None:
    """End what the child has started and left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)


# Changes inside functions: in a fork of the process that has collected the tests


class Within:
    """A plugin for pytest: in the place of its loop over the tests, each mutant by those that enter it."""

    def __init__(self, folder: Path, mutants: list[Mutant], results):
        self.folder, self.mutants, self.results = folder, mutants, results
        self.paths = {str(folder / path): path for path in [*WHOLE, *PARTS]}
        # Of each function the tests that noticed a change of it, which are asked first about the next.
        self.noticed_by = defaultdict(set)

    def pytest_runtest_logreport(self, report) -> None:
        if report.failed:
            self.failure(os.getpid()).write_text(f"{report.nodeid}\n{report.longreprtext}")

    def failure(self, child: int) -> Path:
        """Where a process leaves which test failed, and how."""
        return self.folder / "var" / f"failure-{child}.txt"

    def pytest_runtestloop(self, session) -> bool:
        self.session = session
        gc.unfreeze()  # what the tests froze, nobody finds
        clean = self.measured()
        if not clean:
            failures = (self.folder / "var").glob("failure-*.txt")
            self.results.put((None, "\n".join(file.read_text() for file in failures)))
            return True
        self.results.put(("begun", clean))
        running = {}
        for mutant in self.mutants:
            while len(running) >= AT_ONCE:
                self.settle(running)
            items = self.entering(mutant, clean)
            seconds = sum(clean[item.nodeid][0] for item in items)
            child = forked(lambda mutant=mutant, items=items: self.changed(mutant, items))
            running[child] = mutant, time.monotonic() + 60 + PATIENCE * seconds
        while running:
            self.settle(running)
        return True

    def settle(self, running: dict[int, tuple[Mutant, float]]) -> None:
        time.sleep(0.02)
        for child, (mutant, until) in list(running.items()):
            if said := verdict(child, until):
                del running[child]
                if (failure := self.failure(child)).exists():
                    self.noticed_by[function_of(mutant)].add(failure.read_text().partition("\n")[0])
                self.results.put((mutant, said))

    def entering(self, mutant: Mutant, clean: dict) -> list:
        """The tests that enter the function; first those that noticed another change of it, and the short."""
        name = function_of(mutant)
        found = [item for item in self.session.items if name in clean[item.nodeid][1]]
        noticed = self.noticed_by[name]
        return sorted(found, key=lambda item: (item.nodeid not in noticed, clean[item.nodeid][0]))

    def measured(self) -> dict[str, tuple[float, list[str]]]:
        """Of each test its seconds and the functions that it enters; nothing if one fails without any change.

        The database is made before the fork, by the first test, and is every later test's from then on.
        """
        first, *_, last = self.session.items
        first.ihook.pytest_runtest_protocol(item=first, nextitem=last)
        file = self.folder / "var" / "clean.json"
        child = forked(lambda: self.measure(file))
        _, status = os.waitpid(child, 0)
        stop_group(child)
        return {} if status else json.loads(file.read_text())

    def measure(self, file: Path) -> int:
        entered, found = set(), {}
        watch(self.paths, entered)

        def note(item, seconds):
            found[item.nodeid] = seconds, sorted(entered)
            entered.clear()

        code = self.run(self.session.items, note)
        file.write_text(json.dumps(found))
        return code

    def changed(self, mutant: Mutant, items: list) -> int:
        """0 where every test passes, 1 where one fails, 2 where the change cannot be made in place."""
        try:
            change(self.folder / mutant.path, mutant.source)
        except ValueError:
            return 2
        return self.run(items, lambda item, seconds: None)

    def run(self, items: list, note: Callable) -> int:
        for item, following in itertools.zip_longest(items, items[1:]):
            began = time.monotonic()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            note(item, time.monotonic() - began)
            if self.session.testsfailed:
                return 1
        return 0


def function_of(mutant: Mutant) -> str:
    return f"{mutant.path}:{mutant.function}"


def functions_of(file: str) -> list[FunctionType]:
    return [
        found
        for found in gc.get_objects()
        if isinstance(found, FunctionType) and found.__code__.co_filename == file
    ]


def codes_of(code: CodeType) -> list[CodeType]:
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return [code, *(found for part in inner for found in codes_of(part))]


def watch(paths: dict[str, str], entered: set[str]) -> None:
    """Note from now on which functions of these files are entered."""
    watching = sys.monitoring
    watching.use_tool_id(watching.COVERAGE_ID, "spm-mutants")

    def note(code, offset):
        entered.add(f"{paths[code.co_filename]}:{code.co_qualname}")

    watching.register_callback(watching.COVERAGE_ID, watching.events.PY_START, note)
    for file in paths:
        for code in {code for function in functions_of(file) for code in codes_of(function.__code__)}:
            watching.set_local_events(watching.COVERAGE_ID, code, watching.events.PY_START)


def change(file: Path, source: str) -> None:
    """Give every function of a file the code that it has in ``source``. ValueError where it does not fit."""
    codes = {code.co_qualname: code for code in codes_of(compile(source, str(file), "exec"))}
    for function in functions_of(str(file)):
        function.__code__ = codes[function.__code__.co_qualname]


def within_functions(folder: Path, tests: list[str], mutants: list[Mutant], results) -> None:
    try:
        prepare(folder)
        pytest_over(tests, Within(folder, mutants, results))
    finally:
        results.put((None, None))


# Changes of what happens at the import: in a process that has the libraries but nothing of ours yet


class Ordered:
    """A plugin for pytest: puts the tests in order, and leaves the name of the one that fails in a file."""

    def __init__(self, rank: Callable[[str], tuple], failure: Path):
        self.rank, self.failure = rank, failure

    def pytest_collection_modifyitems(self, items) -> None:
        items.sort(key=lambda item: self.rank(item.nodeid))

    def pytest_runtest_logreport(self, report) -> None:
        if report.failed:
            self.failure.write_text(report.nodeid)


def at_import(folder: Path, tests: list[str], waiting, results, clean: dict) -> None:
    noticed_by = defaultdict(set)
    try:
        prepare(folder)
        sys.dont_write_bytecode = True
        while (mutant := waiting.get()) is not None:
            results.put((mutant, tried(folder, tests, mutant, clean, noticed_by[mutant.path])))
    finally:
        results.put((None, None))


def tried(folder: Path, tests: list[str], mutant: Mutant, clean: dict, noticed: set[str]) -> str:
    """What becomes of it; the test that notices is put among those that are asked first of its file."""

    def rank(name: str) -> tuple:
        seconds, entered = clean.get(name, (0, []))
        enters = any(function.startswith(f"{mutant.path}:") for function in entered)
        # The world of these is built once for those of a file.
        is_long, file = name.startswith("tests/access/"), name.partition("::")[0]
        return name not in noticed, is_long, file if is_long else "", not enters, seconds

    file, failure = folder / mutant.path, folder / "var" / "failure.txt"
    text = file.read_text()
    file.write_text(mutant.source)
    failure.unlink(missing_ok=True)
    until = time.monotonic() + 60 + PATIENCE * sum(seconds for seconds, _ in clean.values())
    child = forked(lambda: int(pytest_over(tests, Ordered(rank, failure)) != 0))
    try:
        while not (said := verdict(child, until)):
            time.sleep(0.05)
        if failure.exists():
            noticed.add(failure.read_text())
        return said
    finally:
        file.write_text(text)


# Both, with what came of them


def try_all(mutants: list[Mutant], tests: list[str], tally: Tally) -> bool:
    """Note what becomes of every mutant; False where the tests fail without any change."""
    inside = [mutant for mutant in mutants if mutant.function]
    outside = [mutant for mutant in mutants if not mutant.function]
    results = multiprocessing.SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="spm-mutants-", ignore_cleanup_errors=True) as made:
        folders = [copied(ROOT, Path(made, f"{number}", "spm")) for number in range(AT_ONCE)]
        worker = multiprocessing.Process(target=within_functions, args=(folders[0], tests, inside, results))
        worker.start()
        begun, clean = results.get()
        if begun is None:
            print(clean)
            worker.join()
            return False
        seconds = sum(seconds for seconds, _ in clean.values())
        print(f"The tests take {seconds:.0f} seconds without any change.", flush=True)
        for mutant, said in until_told(results, 1):
            if said == OTHERWISE:
                outside.append(mutant)
            else:
                tally.note(mutant, said)
        worker.join()
        waiting = multiprocessing.Queue()
        for mutant in [*outside, *[None] * AT_ONCE]:
            waiting.put(mutant)
        workers = [
            multiprocessing.Process(target=at_import, args=(folder, tests, waiting, results, clean))
            for folder in folders
        ]
        for worker in workers:
            worker.start()
        for mutant, said in until_told(results, AT_ONCE):
            tally.note(mutant, said)
        for worker in workers:
            worker.join()
    return True


def until_told(results, times: int) -> Iterator[tuple[Mutant, str]]:
    """What is put until so many have put that they are through."""
    for _ in range(times):
        while (result := results.get())[0]:
            yield result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="try one mutant in so many")
    parser.add_argument("--only", nargs="+", default=[""], help="those whose place contains one of these")
    parser.add_argument("--list", action="store_true", help="print the mutants and try none")
    parser.add_argument(
        "--kept", type=Path, help="a file of what became of each: what stands in it is not tried again"
    )
    parser.add_argument("--by", nargs="+", default=TESTS, metavar="TESTS", help="try them by these alone")
    asked = parser.parse_args()
    found = [mutant for mutant in all_mutants() if any(part in str(mutant) for part in asked.only)]
    mutants = found[:: asked.every]
    if asked.list:
        print(*mutants, sep="\n")
        return 0
    tally = Tally(len(mutants), asked.kept and asked.kept.resolve(), is_final=asked.by == TESTS)
    if not try_all(tally.take_up(mutants), asked.by, tally):
        print("The tests fail without any change.")
        return 2
    noticed = tally.count(NOTICED) + tally.count(HUNG)
    score = noticed / len(mutants)
    print(f"{len(mutants)} mutants, {len(mutants) - noticed} survived: {score:.1%} noticed")
    return 0 if len(tally.said) == len(mutants) and score >= ASKED else 1


if __name__ == "__main__":
    sys.exit(main())
