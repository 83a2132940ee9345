"""What must hold for the whole project, whoever writes the next file."""

import os
import re
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import plotly
import psycopg2
import pytest
from django.conf import settings
from django.core.management import get_commands
from django.db import connection

from tools.vendor import LIBRARIES

ROOT = Path(settings.BASE_DIR)
VENDORED = ("static/vendor/", "tests/browser/vendor/")
PRODUCTION = {
    "HTTPS": "true",
    "SECRET_KEY": "a-key-of-the-length-that-the-settings-ask-for-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "spm.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://spm.example.org",
    "BEHIND_PROXY": "true",
    "EMAIL_URL": "smtp+tls://spm:secret@mail.example.org:587",
}
# Put together here, so that this file does not hold what it looks for.
NOT_OURS = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + r"(?:work|root|home/\w+|var/tmp|Users)/",
            r"\b(?:py" + r"pi|pythonhosted|npm" + r"js)\.(?:org|com)\b",
            r"https?://[^/\s]*(?:registry|artifactory|nexus|mirror)",
            r"\b(?:10|172|192)\.\d{1,3}\.\d{1,3}\.\d{1,3}\b",
        ]
    )
)
MAX_LINES = 400


def tracked(*patterns):
    """Files that git knows or would take, without others' libraries; those just deleted are left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if not name.startswith(VENDORED) and (ROOT / name).is_file()]


def text_of(path):
    """The text of a file; empty where it is not text (compiled catalogues, images)."""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def named(path):
    return str(path.relative_to(ROOT))


def manage(*arguments, **environment):
    """Run a command in a process of its own, as on a machine with these settings."""
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


# the database


@contextmanager
def empty_database(tmp_path):
    """The address of a database without tables, of the kind that this test run uses."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite3"
        return
    server, name = connection.settings_dict, f"migrations_{os.getpid()}"
    place = {
        "host": server["HOST"],
        "port": server["PORT"],
        "user": server["USER"],
        "password": server["PASSWORD"],
    }
    with closing(psycopg2.connect(dbname="postgres", **place)) as owner:
        owner.autocommit = True
        owner.cursor().execute(f"CREATE DATABASE {name}")
        try:
            yield "postgres://{user}:{password}@{host}:{port}/".format(**place) + name
        finally:
            owner.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_migrations_build_the_tables_that_the_models_describe(tmp_path):
    with empty_database(tmp_path) as url:
        built = manage("migrate", "--noinput", DATABASE_URL=url)
        assert (built.returncode, built.stderr) == (0, "")
        pending = manage("makemigrations", "--check", "--dry-run", DATABASE_URL=url)
        assert (pending.returncode, pending.stdout) == (0, "No changes detected\n")


# settings


def test_a_deployment_by_the_book_has_nothing_to_complain_about(tmp_path):
    url = f"sqlite:///{tmp_path}/db.sqlite3"
    checked = manage("check", "--deploy", "--fail-level", "WARNING", DATABASE_URL=url, **PRODUCTION)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_deployment_with_a_short_key_does_not_start_and_says_what_to_do(tmp_path):
    settings_ = {**PRODUCTION, "SECRET_KEY": "short", "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}
    checked = manage("check", **settings_)
    assert checked.returncode == 1
    assert "Hint: `openssl rand -base64 48`" in checked.stderr


def test_debug_pages_are_off_unless_asked_for():
    told = manage("diffsettings", "--all", DEBUG="").stdout
    assert "DEBUG = False" in told


# the files


def test_no_file_names_a_machine_or_a_package_host():
    found = [
        f"{named(path)}:{number}: {match[0]}"
        for path in tracked()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        for match in NOT_OURS.finditer(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "/" + "work/main/spm",
        "PATH=/" + "root/.local/bin",
        "https://files.py" + "thonhosted.org/packages",
        "index-url = https://py" + "pi.org/simple",
        "http://" + "mirror.example.org/simple",
        "host = 10" + ".0.0.7",
    ],
)
def test_a_machine_or_a_package_host_would_be_found(line):
    assert NOT_OURS.search(line)


@pytest.mark.parametrize(
    "line", ["sqlite:////absolute/path", "127.0.0.1:8000", "static/vendor/", "/srv/spm/var"]
)
def test_what_only_looks_like_one_is_left_alone(line):
    assert NOT_OURS.search(line) is None


def test_no_file_of_ours_is_longer_than_a_room_may_be():
    ours = [path for path in tracked("*.py") if path.parent.name != "migrations"]
    lengths = {named(path): len(text_of(path).splitlines()) for path in ours}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_what_the_product_makes_is_not_tracked():
    made = subprocess.run(
        [
            "git",
            "check-ignore",
            "var/spm.sqlite3",
            ".env",
            "staticfiles/a",
            ".venv/a",
            "screenshots/a.png",
            "x.sqlite3",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert len(made.stdout.splitlines()) == 6


# templates: what the content security policy would refuse anyway, refused before a browser sees it

REFUSED = {
    "inline style": re.compile(r"\sstyle=|<style\b"),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son[a-z]+=|javascript:"),
    "evaluated by htmx": re.compile(r"hx-on|hx-vars|hx-vals=.js:|hx-trigger=\"[^\"]*\["),
    "unescaped": re.compile(r"\|\s*safe\b|autoescape off"),
    "from elsewhere": re.compile(r"<(?:script|link|img)[^>]*(?:src|href)=.(?:https?:)?//"),
}


def refusals(text):
    return sorted(name for name, pattern in REFUSED.items() if pattern.search(text))


def test_templates_hold_nothing_that_the_content_security_policy_refuses():
    found = {named(path): refusals(text_of(path)) for path in tracked("*.html")}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('<p style="color: red">', "inline style"),
        ("<script>alert(1)</script>", "inline script"),
        ('<a onclick="go()">', "inline script"),
        ('<div hx-trigger="every 2s [open]">', "evaluated by htmx"),
        ("{{ note|safe }}", "unescaped"),
        ('<script src="https://example.org/a.js"></script>', "from elsewhere"),
    ],
)
def test_a_template_with_one_of_them_would_be_found(text, name):
    assert refusals(text) == [name]


# libraries of others


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.package)
def test_a_vendored_library_says_what_it_is_and_under_which_licence(library):
    folder = ROOT / library.folder
    files = {Path(name).name for name in library.files}
    assert {path.name for path in folder.iterdir()} == files | {"VERSION", "LICENSE"}
    assert (folder / "VERSION").read_text() == f"{library.package} {library.version}\n"
    assert all("sourceMappingURL" not in (folder / name).read_text() for name in files)


def test_every_vendored_folder_is_fetched_by_the_tool():
    folders = {named(path) for place in VENDORED for path in (ROOT / place).iterdir()}
    assert folders == {library.folder for library in LIBRARIES}


def test_the_plotly_we_serve_is_the_one_that_the_python_package_bundles():
    bundled = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    served = ROOT / "static/vendor/plotly/plotly-basic.min.js"
    version = re.compile(r"plotly\.js (?:\(.*\) )?v([\d.]+)")
    first, second = (version.search(path.read_text()[:300])[1] for path in (bundled, served))
    assert first == second


# documents

DOCUMENTS = tracked("*.md")
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
# `make word` in backticks, or alone on a line of an example
MAKE = r"`make ([a-z-]+)|^\s*make ([a-z-]+)(?= +[A-Z]+=|\s*#|\s*$)"


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_a_document_names_only_commands_files_and_pages_that_exist(path):
    text = text_of(path)
    chores = {match[1] or match[2] for match in re.finditer(MAKE, text, re.MULTILINE)}
    assert chores - TARGETS == set()
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) - set(get_commands()) == set()
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_decisions_are_numbered_without_a_gap_and_say_context_decision_consequences():
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]
    headings = {named(path): re.findall(r"^## (\w+)", path.read_text(), re.MULTILINE) for path in decisions}
    assert set(map(tuple, headings.values())) == {("Context", "Decision", "Consequences")}
