"""Do the tests of access bite? Changes its code in one place at a time and counts what no test notices.

``make mutate``: every mutant of who may do what (``TARGETS``) is tried by the tests in ``TESTS``, two at a
time, each in a copy of the project. Prints the survivors and the share of the mutants that some test noticed.
"""

import argparse
import ast
import copy
import importlib
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHOLE = ["spm/access.py", "spm/checks.py", "spm/middleware.py"]
# Of these only the functions by which rows are in reach.
REACH = frozenset({"visible_to", "is_visible_to", "may_see_names", "may_have_rejected", "may_manage"})
PARTS = [
    "clients/models/client.py",
    "clients/models/imports.py",
    "clients/models/invitations.py",
    "clients/models/loans.py",
    "clients/models/memberships.py",
    "clients/models/merges.py",
    "clients/models/offices.py",
    "clients/models/people.py",
    "clients/models/products.py",
    "clients/queries/imports.py",
    "clients/queries/people.py",
    "exits/models/definition.py",
    "exits/models/rollup.py",
    "exits/models/spell.py",
    "spm/models/audit.py",
    "spm/models/institution.py",
    "spm/models/job.py",
    "spm/models/prepared.py",
    "spm/models/user.py",
]
# The quickest to notice first.
TESTS = [
    "tests/test_access.py",
    "tests/clients/test_models.py",
    "tests/clients/test_roles.py",
    "tests/access",
    "tests/spm/test_second_factor.py",
    "tests/spm/test_observed.py",
    "tests/spm/test_durability.py",
    "tests/clients/test_invitations.py",
    "tests/clients/test_revocation.py",
    "tests/exits/test_queries.py",
    "tests/clients/test_queries.py",
]
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
SECONDS = 300

# What changes nothing that could be noticed, each with its reason.
ALIKE: dict[str, str] = {}

SWAPPED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True)
class Mutant:
    path: str
    line: int
    before: str
    after: str
    source: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.before} -> {self.after}"

    @property
    def key(self) -> str:
        return f"{self.path}: {self.before} -> {self.after}"


# Changing one place


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    match node:
        case ast.Constant():
            yield from other_constants(node.value)
        case ast.If() | ast.IfExp():
            other = copy.copy(node)
            other.test = ast.UnaryOp(ast.Not(), node.test)
            yield other
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Raise():
            yield ast.Pass()
        case ast.Set(elts=members) if len(members) > 1:
            for number in range(len(members)):
                yield ast.Set(members[:number] + members[number + 1 :])
        case ast.Call():
            yield from fewer_arguments(node)
        case _:
            yield from other_operators(node)


def other_operators(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in SWAPPED:
            yield ast.Compare(node.left, [SWAPPED[type(operator)]()], node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(SWAPPED[type(node.op)](), node.values)
            yield from node.values
        case ast.BinOp(op=operator) if type(operator) in SWAPPED:
            yield ast.BinOp(node.left, SWAPPED[type(operator)](), node.right)
        case ast.AugAssign(op=operator) if type(operator) in SWAPPED:
            yield ast.AugAssign(node.target, SWAPPED[type(operator)](), node.value)
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield node.operand


def other_constants(value) -> Iterator[ast.Constant]:
    """The opposite, the next number, another name; sentences are for people and stay."""
    match value:
        case bool():
            yield ast.Constant(not value)
        case int():
            yield ast.Constant(value + 1)
        case str() if value and " " not in value:
            yield ast.Constant(f"{value}x")


def fewer_arguments(node: ast.Call) -> Iterator[ast.Call]:
    """The call without one of the arguments that have a name; without another it would only break."""
    for number in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, node.keywords[:number] + node.keywords[number + 1 :])


def places(tree: ast.AST, only: frozenset[str] | None) -> list[ast.AST]:
    """The nodes that may be changed: of the functions named, or of all; words for people stay."""
    roots = [tree]
    if only is not None:
        roots = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in only]
    kept = {part for root in roots for node in ast.walk(root) if is_words(node) for part in ast.walk(node)}
    return [node for root in roots for node in ast.walk(root) if node not in kept]


def is_words(node: ast.AST) -> bool:
    """A docstring, an annotation, or what is said to people."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in {"_", "Error", "register"}
    return isinstance(node, ast.arguments)


def mutants_of(path: str, text: str, only: frozenset[str] | None = None) -> list[Mutant]:
    """Every mutant of a file."""
    found = []
    tree = ast.parse(text)
    for node in places(tree, only):
        for other in changes(node):
            changed = ast.fix_missing_locations(replaced(tree, node, other))
            found.append(Mutant(path, node.lineno, *in_words(node, other), ast.unparse(changed)))
    return found


def in_words(node: ast.AST, other: ast.AST) -> tuple[str, str]:
    """Both in short; of a set, the member that is gone."""
    before, after = (" ".join(ast.unparse(part).split()) for part in (node, other))
    if isinstance(node, ast.Set):
        (gone,) = set(map(ast.unparse, node.elts)) - set(map(ast.unparse, other.elts))
        return f"set with {gone}", "set without it"
    return before[:90], after[:90]


def replaced(tree: ast.AST, node: ast.AST, other: ast.AST) -> ast.AST:
    """The tree with ``other`` in the place of ``node``; the tree itself stays."""

    class Replacing(ast.NodeTransformer):
        def visit(self, found):
            return other if found is node else self.generic_visit(copy.copy(found))

        def generic_visit(self, found):
            for name, value in ast.iter_fields(found):
                if isinstance(value, list):
                    setattr(
                        found,
                        name,
                        [self.visit(part) if isinstance(part, ast.AST) else part for part in value],
                    )
                elif isinstance(value, ast.AST):
                    setattr(found, name, self.visit(value))
            return found

    return Replacing().visit(tree)


def all_mutants() -> list[Mutant]:
    found = [mutant for path in WHOLE for mutant in mutants_of(path, (ROOT / path).read_text())]
    for path in PARTS:
        found += mutants_of(path, (ROOT / path).read_text(), REACH)
    return [mutant for mutant in found if mutant.key not in ALIKE]


# Trying them


def copied() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="spm-mutants-")) / "spm"
    shutil.copytree(ROOT, folder, ignore=LEFT_BEHIND, symlinks=True)
    (folder / "var").mkdir()
    return folder


def prepare(folder: Path) -> None:
    """Make this process one that runs the tests of the copy."""
    os.chdir(folder)
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/var/test.sqlite3",
        "CELERY_BROKER_URL": "memory://",
        "SPM_EXAMPLES": "0.1",
        # A process with threads of its own may not be forked.
        "OPENBLAS_NUM_THREADS": "1",
    }
    sys.path[:] = [str(folder), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT)]
    for library in LIBRARIES:
        importlib.import_module(library)


def notices(tests: list[str]) -> bool:
    """Does a test fail? In a process of its own, which has the libraries but nothing of ours yet."""
    child = os.fork()
    if child == 0:
        failed = 1
        try:
            failed = in_silence(tests)
        finally:
            # Before the tests begin, what cannot be imported raises: the copy is still the parent's.
            os._exit(failed)
    began = time.monotonic()
    while time.monotonic() - began < SECONDS:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def in_silence(tests: list[str]) -> int:
    os.setsid()
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    pytest = importlib.import_module("pytest")
    return int(pytest.main(["-q", "-x", "--assert=plain", "-p", "no:cacheprovider", *tests]))


def work(waiting, results) -> None:
    folder = copied()
    prepare(folder)
    try:
        if notices(TESTS):
            results.put((None, False))
            return
        sys.dont_write_bytecode = True
        while (mutant := waiting.get()) is not None:
            results.put((mutant, tried(folder, mutant)))
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)


def tried(folder: Path, mutant: Mutant) -> bool:
    file = folder / mutant.path
    text = file.read_text()
    for stale in file.parent.glob(f"__pycache__/{file.stem}.*"):
        stale.unlink()
    file.write_text(mutant.source)
    try:
        return notices(TESTS)
    finally:
        file.write_text(text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="try one mutant in so many")
    parser.add_argument("--only", default="", help="those whose place contains this")
    parser.add_argument("--list", action="store_true", help="print the mutants and try none")
    asked = parser.parse_args()
    mutants = [mutant for mutant in all_mutants() if asked.only in str(mutant)][:: asked.every]
    if asked.list:
        print(*mutants, sep="\n")
        return 0
    waiting, results = multiprocessing.Queue(), multiprocessing.Queue()
    for mutant in [*mutants, None, None]:
        waiting.put(mutant)
    workers = [multiprocessing.Process(target=work, args=(waiting, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    survivors = []
    for number in range(1, len(mutants) + 1):
        mutant, noticed = results.get()
        if mutant is None:
            print("The tests fail without any change.")
            # Nobody takes what still waits, and the queue would wait for somebody.
            waiting.cancel_join_thread()
            return 2
        if not noticed:
            survivors.append(mutant)
            print(f"survived: {mutant}", flush=True)
        if number % 20 == 0:
            print(f"{number} of {len(mutants)}", flush=True)
    for worker in workers:
        worker.join()
    score = 1 - len(survivors) / len(mutants)
    print(f"{len(mutants)} mutants, {len(survivors)} survived: {score:.1%} noticed")
    return 0 if score >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
