import ast

import pytest

from tools.mutants import DECIDING, PARTS, REACH, ROOT, WHOLE, all_mutants, functions_named, mutants_of


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("a == 1", ["a != 1", "a == 2"]),
        ("a and b", ["a or b", "a", "b"]),
        ("not a", ["a"]),
        ("x |= y", ["x &= y"]),
        ("s = {A, B}", ["s = {B}", "s = {A}"]),
        ("f(a, b=c)", ["f(a)"]),
        ("f(path__startswith=p)", ["f()"]),
        ("found.get('key')", ["found.get('keyx')"]),
        ("raise Refused", ["pass"]),
        ("def f():\n    return rows", ["def f():\n    return None"]),
        ("'words for people'", []),
        ("_('word')", []),
    ],
)
def test_every_place_is_changed_in_each_way_and_words_stay(text, changed):
    assert [mutant.source for mutant in mutants_of("x.py", text)] == changed


def test_of_models_only_what_rules_reach_is_changed():
    text = (
        "def visible_to(self, user):\n    return self if user else None\n\ndef other():\n    return 1 == 2\n"
    )
    assert {mutant.line for mutant in mutants_of("x.py", text, REACH)} == {2}


def rules(function: ast.FunctionDef) -> bool:
    """Does it say by its name that it decides about access, or refuse by itself?"""
    takes_user = any(argument.arg == "user" for argument in function.args.args)
    refuses = any(
        isinstance(node, ast.Raise) and "PermissionDenied" in ast.dump(node) for node in ast.walk(function)
    )
    named = {"visible_to", "is_visible_to", "is_reached", "is_open_to"}
    return function.name in named or (function.name.startswith("may_") and takes_user) or refuses


def test_every_function_that_decides_about_access_is_changed():
    decided = {
        (str(path.relative_to(ROOT)), node.name)
        for app in ("spm", "clients", "exits", "feedback")
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and rules(node)
    }
    changed = {
        (path, function.name)
        for path, names in PARTS.items()
        for function in functions_named(ast.parse((ROOT / path).read_text()), names)
    }
    assert {(path, name) for path, name in decided if path not in WHOLE} - changed == set()


def test_every_function_that_is_named_is_there():
    for path, names in DECIDING.items():
        found = functions_named(ast.parse((ROOT / path).read_text()), frozenset(names))
        assert {function.name for function in found} == {name.rpartition(".")[2] for name in names}


def test_every_file_that_is_named_has_mutants():
    assert {mutant.path for mutant in all_mutants()} == {*WHOLE, *PARTS}


def test_a_function_is_told_by_its_class_from_others_of_its_name():
    text = "class One:\n    def get(self):\n        pass\n\nclass Two:\n    def get(self):\n        pass\n"
    found = functions_named(ast.parse(text), frozenset({"Two.get"}))
    assert [function.lineno for function in found] == [6]


def test_of_every_change_the_function_is_told_whose_run_brings_it_about():
    text = (
        "LIMIT = 1\n\n"
        "class Rows:\n"
        "    most = 2\n\n"
        "    @marked(3)\n"
        "    def seen(self):\n"
        "        def inner():\n"
        "            return 5\n"
        "        return inner() == 4\n"
    )
    numbers = {
        mutant.before: mutant.function for mutant in mutants_of("x.py", text) if mutant.before.isdigit()
    }
    assert numbers == {"1": "", "2": "", "3": "", "4": "Rows.seen", "5": "Rows.seen.<locals>.inner"}
