import ast

import pytest

from tools.mutants import PARTS, REACH, ROOT, WHOLE, all_mutants, mutants_of


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


def test_every_function_that_rules_reach_is_among_the_files():
    apps = [path for app in ("spm", "clients", "feedback", "exits") for path in (ROOT / app).rglob("*.py")]
    ruling = {
        str(path.relative_to(ROOT))
        for path in apps
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name in {"visible_to", "is_visible_to", "is_reached"}
    }
    assert ruling - {*WHOLE, *PARTS} == set()
    assert {mutant.path for mutant in all_mutants()} == {*WHOLE, *PARTS}


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
