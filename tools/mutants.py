"""The mutants of the code that decides who may see and do what: each differs from it in one place."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHOLE = ["spm/access.py", "spm/checks.py", "spm/middleware.py"]
# Of these only the functions by which rows are in reach.
REACH = frozenset(
    {"visible_to", "is_visible_to", "is_reached", "may_see_names", "may_have_rejected", "may_manage"}
)
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
    "clients/queries/brief.py",
    "clients/queries/imports.py",
    "clients/queries/people.py",
    "exits/models/contact.py",
    "exits/models/definition.py",
    "exits/models/interview.py",
    "exits/models/register.py",
    "exits/models/rollup.py",
    "exits/models/sample.py",
    "exits/models/schedule.py",
    "exits/models/spell.py",
    "exits/models/wording.py",
    "spm/models/audit.py",
    "spm/models/field.py",
    "spm/models/institution.py",
    "spm/models/job.py",
    "spm/models/prepared.py",
    "spm/models/reference.py",
    "spm/models/user.py",
    "spm/models/work.py",
]
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
    """``function`` is the innermost that the change stands in, empty for what happens at the import."""

    path: str
    line: int
    before: str
    after: str
    source: str
    function: str = ""

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
    functions = dict(within(tree))
    for node in places(tree, only):
        for other in changes(node):
            source = ast.unparse(ast.fix_missing_locations(replaced(tree, node, other)))
            where = functions.get(node, "")
            found.append(Mutant(path, node.lineno, *in_words(node, other), source, where))
    return found


def within(node: ast.AST, function: str = "", prefix: str = "") -> Iterator[tuple[ast.AST, str]]:
    """Every node with the innermost function, as ``__qualname__`` says it, whose run brings it about."""
    inside = {}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        is_function = isinstance(node, ast.FunctionDef)
        name = prefix + node.name
        there = (name, f"{name}.<locals>.") if is_function else (function, f"{name}.")
        inside = dict.fromkeys(node.body, there)
    for part in ast.iter_child_nodes(node):
        there, before = inside.get(part, (function, prefix))
        yield part, there
        yield from within(part, there, before)


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
