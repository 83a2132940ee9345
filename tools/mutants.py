"""The mutants of the code that decides who may see and do what: each differs from it in one place."""

import ast
import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHOLE = [
    "exits/queries/report/recipients.py",
    "spm/access.py",
    "spm/checks.py",
    "spm/middleware.py",
    "spm/second_factor.py",
]
# Of models and what is asked of their rows only the functions by which these are in reach.
REACH = frozenset(
    {"visible_to", "is_visible_to", "is_reached", "may_see_names", "may_have_rejected", "may_manage"}
)
# Of what else decides only the functions that do, where there are others of the name with their class.
DECIDING = {
    "clients/actions/invitations.py": {"accept_invitation", "_refuse_beyond_own"},
    "clients/actions/people.py": {"_refuse_unless_managed"},
    "clients/actions/roles.py": {"_refuse_beyond_own"},
    "clients/queries/clients.py": {"may_identify", "shown_name", "shown_phone", "survivor_of", "_named"},
    "clients/queries/invitations.py": {"usable"},
    "clients/queries/people.py": {"may_manage", "manages_all", "offices_of_people", "still_there"},
    "clients/queries/portfolio.py": {
        "reaches_whole",
        "names_go_out",
        "rows_within_reach",
        "columns_within_reach",
    },
    "clients/views/imports.py": {"ImportRejected.get"},
    "clients/views/mappings.py": {"get_object"},
    "clients/views/roles.py": {"get_object"},
    "exits/actions/schedules.py": {"_say"},
    "exits/forms/report.py": {"offer_offices"},
    "exits/forms/schedules.py": {"clean", "clean_recipients"},
    "exits/models/spell.py": {"visible_to", "of_clients_in_reach"},
    "exits/queries/analyses.py": {"answer", "own_answer", "reaches_offices"},
    "exits/queries/conditions.py": {"own_portfolio", "topmost_offices", "_nested", "_below"},
    "exits/queries/interviews.py": {"may_read_words"},
    "exits/queries/report/reach.py": {"offices_to_report", "may_report"},
    "exits/queries/samples.py": {"interviewers"},
    "exits/queries/watched.py": {"with_calls"},
    "exits/views/analyses/base.py": {"decide"},
    "exits/views/cost/page.py": {"decide"},
    "exits/views/interviews.py": {"asked", "may_open"},
    "exits/views/lists.py": {"decide", "refuse_figures_without_rows", "get_queryset"},
    "feedback/queries/handling.py": {"may_handle"},
    "spm/accounts.py": {"can_delete_authenticator"},
    "spm/disclosure.py": {"protects"},
    "spm/field_screens.py": {"Hello.get", "pages"},
    "spm/jobs/works.py": {"is_open_to"},
    "spm/prepared.py": {"is_open_to", "may_ask", "_screen"},
    "spm/views.py": {"__init_subclass__", "dispatch", "Scoped.get_queryset"},
    "spm/work.py": {"tasks_of"},
}
ROWS = [
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
    "exits/models/contact.py",
    "exits/models/definition.py",
    "exits/models/interview.py",
    "exits/models/register.py",
    "exits/models/rollup.py",
    "exits/models/sample.py",
    "exits/models/schedule.py",
    "exits/models/wording.py",
    "feedback/models/complaints.py",
    "feedback/models/rules.py",
    "spm/models/audit.py",
    "spm/models/field.py",
    "spm/models/institution.py",
    "spm/models/job.py",
    "spm/models/prepared.py",
    "spm/models/reference.py",
    "spm/models/user.py",
    "spm/models/work.py",
]
# Of each file that is not tried whole, the functions that are.
PARTS: dict[str, frozenset[str]] = dict.fromkeys(ROWS, REACH) | {
    path: frozenset(names) for path, names in DECIDING.items()
}
# The tests that should notice, the quickest first.
TESTS = [
    "tests/spm/test_access.py",
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
    "tests/feedback/test_models.py",
    "tests/feedback/test_sensitive.py",
    "tests/test_responses.py",
    "tests/spm/test_account_screens.py",
    "tests/clients/test_views_clients.py",
    "tests/clients/test_views_imports.py",
    "tests/clients/test_views_portfolio.py",
    "tests/clients/test_mappings.py",
    "tests/exits/test_schedules.py",
    "tests/exits/test_views_analyses.py",
    "tests/exits/test_views_interviews.py",
    "tests/exits/test_views_published.py",
    "tests/exits/test_views_report.py",
    "tests/exits/test_views_watch.py",
    "tests/exits/test_samples.py",
    "tests/spm/test_field_screens.py",
    "tests/spm/test_prepared.py",
    "tests/spm/test_work.py",
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

    @property
    def digest(self) -> str:
        """The same for the same change of the same file."""
        return hashlib.sha256(f"{self}\n{self.source}".encode()).hexdigest()


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
        roots = list(functions_named(tree, only))
    kept = {
        part
        for root in roots
        for node in ast.walk(root)
        for word in words_of(node)
        for part in ast.walk(word)
    }
    return [node for root in roots for node in ast.walk(root) if node not in kept]


def functions_named(tree: ast.AST, names: frozenset[str]) -> Iterator[ast.FunctionDef]:
    """Those of a name, or of a class's name and theirs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            yield node
        elif isinstance(node, ast.ClassDef):
            of_class = [part for part in node.body if isinstance(part, ast.FunctionDef)]
            yield from (part for part in of_class if f"{node.name}.{part.name}" in names)


def words_of(node: ast.AST) -> Iterator[ast.AST]:
    """What of a node is a docstring, an annotation, or said to people."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.arguments():
            yield node
        case ast.Call(func=ast.Name(id="_" | "Error" | "register")):
            yield node
        case ast.FunctionDef(returns=annotation) | ast.AnnAssign(annotation=annotation) if annotation:
            yield annotation


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
    for path, names in PARTS.items():
        found += mutants_of(path, (ROOT / path).read_text(), names)
    return [mutant for mutant in found if mutant.key not in ALIKE]
