"""The map of the project, checked, and each rail seen to bite: see docs/architecture.md."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PYPROJECT = ROOT / "pyproject.toml"
LINTER = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]
APPS = [app for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()]
OPEN_ROOMS = {"methods", "models", "queries", "charts", "actions"}
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "services", "managers"}


def contract(name):
    return next(contract for contract in LINTER["contracts"] if contract["name"].startswith(name))


def lint_imports(folder):
    """Exit code and words of import-linter in a process of its own, since it imports the tree it looks at."""
    program = Path(sys.executable).with_name("lint-imports")
    command = [program, "--no-cache", "--no-logo"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    return ran.returncode, ran.stdout + ran.stderr


def trespasses(graph):
    """Imports from one app into a room of another that is not open; the kit is open to all."""
    return sorted(
        f"{importer} -> {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if imported.split(".")[0] not in {importer.split(".")[0], "spm"}
        and imported.partition(".")[2].split(".")[0] not in OPEN_ROOMS
    )


def junk_drawers(root, apps):
    return sorted(
        str(path.relative_to(root))
        for app in apps
        for path in (root / app).rglob("*")
        if path.stem in JUNK_DRAWERS
    )


def test_the_contracts_hold():
    code, words = lint_imports(ROOT)
    assert (code, words) == (0, words)


def test_other_apps_enter_only_by_the_open_rooms():
    assert trespasses(grimp.build_graph(*APPS)) == []


def test_no_file_is_a_junk_drawer():
    assert junk_drawers(ROOT, APPS) == []


def test_every_app_has_a_place_in_the_layers():
    floors = [name.strip() for layer in contract("Apps")["layers"] for name in layer.split("|")]
    built = [name for name in floors if not name.startswith("(")]
    assert sorted(built) == sorted(APPS)
    assert set(LINTER["root_packages"]) == set(APPS)


def test_every_app_above_the_kit_has_its_rooms_checked():
    assert set(contract("Rooms")["containers"]) == set(APPS) - {"spm"}


def test_no_place_in_the_layers_is_marked_unbuilt_when_its_app_is_there():
    unbuilt = re.findall(r"\((\w+)\)", " ".join(contract("Apps")["layers"]))
    assert [name for name in unbuilt if (ROOT / name).is_dir()] == []


# The rails bite: a tree that keeps every contract, then one trespass at a time.


@pytest.fixture
def tree(tmp_path):
    """A small project with our contracts: three apps, the usual rooms, nothing forbidden."""
    shutil.copy(PYPROJECT, tmp_path)
    for name in ("spm/__init__", "spm/charts", "spm/access"):
        write(tmp_path, f"{name}.py")
    for app in ("clients", "feedback", "exits"):
        for room in (
            "__init__",
            "methods",
            "models",
            "queries",
            "charts",
            "actions",
            "tasks",
            "forms",
            "views",
            "urls",
        ):
            write(tmp_path, f"{app}/{room}.py")
    write(tmp_path, "exits/queries.py", "from clients.models import Client\n")
    write(tmp_path, "exits/charts.py", "from spm.charts import house_figure\n")
    return tmp_path


def write(folder, name, text=""):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_tree_without_a_trespass_passes(tree):
    code, words = lint_imports(tree)
    assert (code, words) == (0, words)


TRESPASSES = [
    ("Apps: who may import whom", "clients/queries.py", "import exits.queries\n"),
    ("Apps: who may import whom", "spm/access.py", "from clients.models import Membership\n"),
    (
        "Apps: who may import whom",
        "spm/access.py",
        "def later():\n    from clients import models\n    return models\n",
    ),
    ("Apps: who may import whom", "feedback/__init__.py", "import exits.models\n"),
    ("Rooms inside an app", "exits/models.py", "import exits.actions\n"),
    ("Rooms inside an app", "exits/queries.py", "import exits.charts\n"),
    ("Rooms inside an app", "exits/actions.py", "import exits.tasks\n"),
    ("Rooms inside an app", "exits/helpers.py", ""),
    ("Methods and charts are free of Django", "exits/methods.py", "import django.db\n"),
    ("Methods and charts are free of Django", "exits/methods/rates.py", "import django.db\n"),
    (
        "Methods and charts are free of Django",
        "spm/charts.py",
        "from django.utils.translation import gettext\n",
    ),
    ("The product runs without development packages", "exits/views.py", "import plotly.graph_objects\n"),
]


@pytest.mark.parametrize(
    ("name", "path", "text"), TRESPASSES, ids=[f"{path}:{text[:30]}" for _, path, text in TRESPASSES]
)
def test_a_trespass_breaks_its_contract(tree, name, path, text):
    if path.startswith("exits/methods/"):
        (tree / "exits/methods.py").unlink()
        write(tree, "exits/methods/__init__.py")
    if path.startswith("feedback/"):
        build_feedback(tree)
    write(tree, path, text)
    code, words = lint_imports(tree)
    assert (code, f"{name} BROKEN" in words) == (1, True), words


def build_feedback(tree):
    """Build a floor that only has its place so far; the brackets around its place stay."""
    config = tree / "pyproject.toml"
    config.write_text(
        config.read_text().replace('root_packages = ["spm"', 'root_packages = ["feedback", "spm"')
    )


def test_a_closed_room_is_reported():
    graph = grimp.ImportGraph()
    graph.add_import(importer="exits.actions", imported="clients.actions")
    graph.add_import(importer="exits.views", imported="spm.views")
    graph.add_import(importer="exits.views", imported="clients.views")
    graph.add_import(importer="exits.views", imported="exits.forms")
    assert trespasses(graph) == ["exits.views -> clients.views"]


def test_a_junk_drawer_is_reported(tree):
    write(tree, "exits/views/utils.py")
    assert junk_drawers(tree, ["clients", "feedback", "exits"]) == ["exits/views/utils.py"]


RUFF_RAILS = [
    ("PLC0415", "def now():\n    import exits.models\n\n    return exits.models\n"),
    ("TID251", "from django.dispatch import receiver\n\nprint = receiver\n"),
    ("TID251", "from django.utils.safestring import mark_safe\n\nbold = mark_safe\n"),
    ("TID252", "from .models import Spell\n\nspell = Spell\n"),
]


@pytest.mark.parametrize(
    ("rule", "text"), RUFF_RAILS, ids=["import in a function", "signal", "mark_safe", "relative"]
)
def test_ruff_holds_the_rails_that_imports_alone_do_not_show(tree, rule, text):
    write(tree, "exits/actions.py", text)
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--output-format=concise",
        "exits/actions.py",
    ]
    ran = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    assert rule in ran.stdout
