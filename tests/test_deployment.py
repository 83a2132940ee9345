"""The files that put the product on a machine, held against the settings and the make targets."""

import os
import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.urls import reverse
from gunicorn.config import Config

from spm.celery import app as celery_app
from tools import answers

ROOT = Path(settings.BASE_DIR)
COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]
OURS = ("web", "worker", "beat")
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))

# The part of the compose file format that we use: key, and what it may be.
SERVICE_KEYS = {
    "image": str,
    "build": str,
    "restart": str,
    "env_file": str,
    "environment": dict,
    "command": list,
    "ports": list,
    "volumes": list,
    "depends_on": dict,
    "healthcheck": dict,
    "stop_grace_period": str,
}
HEALTHCHECK_KEYS = {"test", "interval", "timeout", "retries", "start_period"}


def names_in_env_example():
    text = (ROOT / ".env.example").read_text()
    return re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)


def names_read_by_settings():
    return set(re.findall(r"""\benv(?:\.\w+)?\(\s*["'](\w+)["']""", (ROOT / "spm/settings.py").read_text()))


def names_read_by_compose():
    return set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE))


def test_env_example_names_every_setting_once_and_no_other():
    names = names_in_env_example()
    assert len(names) == len(set(names))
    assert set(names) == names_read_by_settings() | names_read_by_compose()


def test_env_example_as_it_stands_starts_the_product(tmp_path):
    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    kept = {name: value for name, value in os.environ.items() if name not in names_in_env_example()}
    ran = manage("check", env={**kept, **given, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"})
    assert (ran.returncode, ran.stderr) == (0, "")


def manage(*arguments, env):
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


# docker-compose.yml


def test_compose_starts_these_services():
    assert set(SERVICES) == {"web", "worker", "beat", "postgres", "redis"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_written_in_the_format_of_compose(name):
    service = SERVICES[name]
    assert {key: type(value) for key, value in service.items()} == {key: SERVICE_KEYS[key] for key in service}
    assert set(service["healthcheck"]) <= HEALTHCHECK_KEYS
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", OURS)
def test_our_services_share_image_settings_and_uploads(name):
    web, service = SERVICES["web"], SERVICES[name]
    for key in ("build", "image", "env_file", "environment", "volumes"):
        assert service[key] == web[key]


def test_compose_sets_only_names_that_the_settings_read():
    assert set(SERVICES["web"]["environment"]) <= names_read_by_settings()


def test_compose_points_at_its_own_database_and_broker():
    environment = SERVICES["web"]["environment"]
    assert re.fullmatch(
        r"postgres://(\w+):\$\{POSTGRES_PASSWORD.*\}@postgres:5432/(\w+)", environment["DATABASE_URL"]
    ).groups() == (
        SERVICES["postgres"]["environment"]["POSTGRES_USER"],
        SERVICES["postgres"]["environment"]["POSTGRES_DB"],
    )
    assert environment["CELERY_BROKER_URL"] == "redis://redis:6379/0"


def test_compose_keeps_uploads_and_database_in_named_volumes():
    volumes = yaml.safe_load(COMPOSE)["volumes"]
    mounts = dict(mount.split(":") for service in SERVICES.values() for mount in service.get("volumes", []))
    assert set(mounts) == set(volumes) == {"uploads", "database"}
    assert mounts["uploads"] == SERVICES["web"]["environment"]["UPLOAD_DIR"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_for_services_that_exist(name):
    waits = SERVICES[name].get("depends_on", {})
    assert set(waits) <= set(SERVICES)
    assert all(wait == {"condition": "service_healthy"} for wait in waits.values())


def test_compose_publishes_only_the_web_server_and_only_to_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:${WEB_PORT:-8000}:8000"]}


def words_of(name):
    return " ".join(SERVICES[name]["command"]) + " " + " ".join(SERVICES[name]["healthcheck"]["test"])


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_commands_files_and_modules_that_exist(name):
    words = words_of(name)
    assert set(re.findall(r"manage\.py (\w+)", words)) <= set(get_commands())
    assert [file for file in re.findall(r"\S+\.py\b", words) if not (ROOT / file).exists()] == []
    modules = re.findall(r"(?:gunicorn|-A) ([\w.]+)", words)
    assert [module for module in modules if find_spec(module) is None] == []
    assert modules != []


def test_the_web_service_is_asked_at_a_route_that_exists():
    assert SERVICES["web"]["healthcheck"]["test"][-1] == f"http://127.0.0.1:8000{reverse('healthz')}"


def test_the_web_server_finds_what_it_does_before_its_workers_start():
    assert (ROOT / Config().config).resolve() == ROOT / "gunicorn.conf.py"
    assert (ROOT / "gunicorn.conf.py").is_file()


def test_beat_has_something_to_ring_for():
    rung = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for task in rung:
        import_module(task.rpartition(".")[0])
    assert rung != set()
    assert rung - set(celery_app.tasks) == set()


def test_the_health_check_tells_an_answer_from_silence_and_from_an_error(live_server):
    assert answers.main(f"{live_server.url}{reverse('healthz')}") == 0
    assert answers.main(f"{live_server.url}/no-such-page") == 1
    assert answers.main("http://127.0.0.1:1/") == 1


# Dockerfile


def test_the_image_is_built_from_files_that_exist_and_are_not_ignored():
    dockerfile = (ROOT / "Dockerfile").read_text()
    ignored = set((ROOT / ".dockerignore").read_text().split())
    needed = set(re.findall(r"^COPY (\S+) ", dockerfile, re.MULTILINE)) | set(
        re.findall(r"\w+\.(?:py|txt)", dockerfile)
    )
    assert [name for name in needed - {"."} if not (ROOT / name).exists()] == []
    assert needed & ignored == set()
    assert {".env", "var", ".git"} <= ignored


def test_the_image_has_the_minor_version_that_the_project_allows():
    version = re.search(r"^FROM python:(\d+)\.(\d+)-slim$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert tuple(map(int, version.groups())) >= (3, 12)


# Makefile, .ci/run


def test_the_promised_targets_are_there():
    running, testing = "setup demo run worker", "test test-full test-fast browser accept lint fix bench"
    upkeep = "screenshots messages pins clean"
    assert set(f"{running} {testing} {upkeep}".split()) - TARGETS == set()


def test_every_target_is_phony_and_says_what_it_is_for():
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)[1]
    explained = set(re.findall(r"^([a-z-]+):.*  ## \w", MAKEFILE, re.MULTILINE))
    assert set(phony.replace("\\", " ").split()) == TARGETS == explained


def test_the_targets_run_commands_and_files_that_exist():
    assert set(re.findall(r"manage\.py ([a-z_]+)", MAKEFILE)) <= set(get_commands())
    files = re.findall(r"\b(?:tools|bench|tests)/[\w./]+", MAKEFILE)
    assert [file for file in files if not (ROOT / file).exists()] == []
    modules = re.findall(r"(?:-m|-A) ((?:spm|tools)[\w.]+)", MAKEFILE)
    assert [module for module in modules if find_spec(module) is None] == []


def test_every_bench_is_run():
    benches = {f"bench/{path.name}" for path in (ROOT / "bench").glob("*.py")}
    assert set(re.findall(r"\$\(PYTHON_IN\) (bench/\w+\.py)", MAKEFILE)) == benches


def test_continuous_integration_calls_make_test_and_nothing_else():
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert lines == ["#!/bin/sh", "exec make test"]
    assert os.access(ROOT / ".ci/run", os.X_OK)


def dry_run(*words):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    ran = subprocess.run(["make", "-n", *words], cwd=ROOT, env=environment, capture_output=True, text=True)
    return ran.stdout


def test_make_test_runs_both_databases_and_the_browser():
    words = dry_run("test")
    assert "ruff check" in words
    assert "DATABASE_URL=sqlite:///" in words
    assert "tools/servers.py -- .venv/bin/python -m pytest" in words
    assert words.rstrip().endswith("-m pytest -q -n 2 --dist worksteal tests/browser")


def test_make_demo_takes_the_port_from_its_caller():
    assert "-m tools.demo 127.0.0.1:8123" in dry_run("demo", "PORT=8123")


# requirements


def pins(name):
    return dict(line.split("==") for line in (ROOT / name).read_text().splitlines())


def test_the_product_is_tested_with_the_versions_it_runs_with():
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize(
    ("names", "group"),
    [("requirements.txt", "dependencies"), ("requirements-dev.txt", "dev")],
)
def test_everything_that_is_asked_for_is_pinned_and_has_its_reason(names, group):
    block = re.search(
        rf"^{group} = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL
    )[1]
    lines = [line for line in block.splitlines() if not line.strip().startswith("#")]
    asked = [re.match(r'\s*"([\w-]+)[^"]*",\s+# \w.+', line) for line in lines]
    assert None not in asked
    assert {match[1] for match in asked} - set(pins(names)) == set()


# find-python

ANSWERS_AS = """#!/bin/sh
[ "$1" = "-" ] || exit 127
exec {python} -c '
import sys, platform
version = {version}
sys.version_info = version + (0,)
sys.executable = "{path}"
platform.python_implementation = lambda: "{kind}"
sys.argv = sys.argv[1:]
exec(sys.stdin.read())
' "$@"
"""


@pytest.fixture
def machine(tmp_path):
    """A machine with only the Pythons that the test puts there."""

    def python(name, version=None, kind="CPython"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        broken = "#!/bin/sh\nexit 127\n"
        text = (
            broken
            if version is None
            else ANSWERS_AS.format(python=sys.executable, version=version, path=path, kind=kind)
        )
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    def find(*arguments, **environment):
        env = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home"), **environment}
        return subprocess.run(
            ["/bin/sh", ROOT / "find-python", *arguments], env=env, capture_output=True, text=True
        )

    return python, find


def test_find_python_passes_over_what_is_old_broken_or_of_another_kind(machine):
    python, find = machine
    python("bin/python3.13")  # a shim that points nowhere
    python("bin/python3.14", (3, 14), kind="PyPy")
    python("bin/python3", (3, 11))
    wanted = python("bin/python3.12", (3, 12))
    assert find().stdout == f"{wanted}\n"


def test_find_python_looks_where_pyenv_keeps_its_versions_and_prefers_3_13(machine):
    python, find = machine
    python("home/.pyenv/versions/3.9.18/bin/python3", (3, 9))
    python("home/.pyenv/versions/3.12.1/bin/python3", (3, 12))
    wanted = python("home/.pyenv/versions/3.13.0/bin/python3", (3, 13))
    assert find().stdout == f"{wanted}\n"


def test_find_python_takes_the_one_it_is_told_to(machine):
    python, find = machine
    python("bin/python3.13", (3, 13))
    told = python("elsewhere/python3", (3, 12))
    assert find(PYTHON=told).stdout == f"{told}\n"


def test_find_python_asks_uv_last(machine, tmp_path):
    python, find = machine
    known = python("uv/python3", (3, 12))
    uv = tmp_path / "bin/uv"
    uv.parent.mkdir()
    uv.write_text(f"#!/bin/sh\necho {known}\n")
    uv.chmod(0o755)
    assert find().stdout == f"{known}\n"


def test_find_python_gives_one_line_of_advice_where_there_is_none(machine):
    python, find = machine
    python("bin/python3", (3, 11))
    ran = find("3.99")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert "No Python 3.99 or newer" in ran.stderr


def test_make_stops_with_that_advice(machine, tmp_path):
    for name in ("Makefile", "find-python", "requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "find-python").chmod(0o755)
    environment = {"PATH": f"{tmp_path / 'nothing'}:/usr/bin:/bin", "HOME": str(tmp_path)}
    makefile = (tmp_path / "Makefile").read_text().replace("find-python 3.12", "find-python 3.99")
    (tmp_path / "Makefile").write_text(makefile)
    ran = subprocess.run(["make", "setup"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.returncode == 2
    assert "No Python 3.99 or newer" in ran.stderr
    assert not (tmp_path / ".venv").exists()
