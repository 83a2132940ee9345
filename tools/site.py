"""The product as it is served, for the time of a test run or of a round of screenshots.

A throw-away database with the demo institution, collected static files, and a real gunicorn on a free port.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.servers import free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

DATABASE = "site.sqlite3"
FIRST_PASSWORD = "first-day-of-all"


@dataclass(frozen=True)
class Site:
    url: str
    environment: dict
    folder: Path
    # Of each of the demo's people, by username.
    passwords: dict = field(default_factory=dict)
    # The cookie of who has signed in once, by username.
    sessions: dict = field(default_factory=dict)
    # Keys of the rows that the screens show, once they are made.
    rows: list = field(default_factory=list)

    def manage(self, *arguments, said: str = "") -> str:
        """The output of one of the project's commands on this site's database, which reads ``said``."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            input=said,
        ).stdout


def logins(said: str) -> dict:
    """Username and password of each person, from what ``seed_demo --logins`` prints."""
    return dict(line.split()[:2] for line in said.splitlines() if line.startswith(" "))


def wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=5)  # noqa: S310  # nosec B310  # our own address
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The site did not start:\n{log.read_text()}")


def collect_static_files(site: Site) -> None:
    """Once for all sites that start side by side, and only where a file is newer than the last collection."""
    collected = ROOT / "staticfiles/staticfiles.json"
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var/collecting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = [ROOT / "requirements.txt", *(ROOT / "static").rglob("*")]
        newest = max(source.stat().st_mtime for source in sources)
        if not collected.exists() or collected.stat().st_mtime < newest:
            site.manage("collectstatic", "--noinput", "-v0")


def once(shared: Path, name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name in ``shared``: ``make`` fills it for the first of processes side by side."""
    made, half = shared / name, shared / f"{name}.half"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            half.mkdir()
            make(half)
            half.rename(made)
    return made


def surroundings(folder: Path) -> dict:
    """The environment of a site that keeps its database and what is uploaded in the folder."""
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
        "CELERY_BROKER_URL": "memory://",
        "UPLOAD_DIR": str(folder / "uploads"),
        "PYTHONWARNINGS": "default",
        "DJANGO_SETTINGS_MODULE": "spm.settings",
    }


def lay_tables(folder: Path) -> None:
    Site("", surroundings(folder), folder).manage("migrate", "--noinput", "-v0")


def tables(shared: Path) -> Path:
    """A SQLite file with all tables, and in them what migrations write; made once in a shared folder."""
    return once(shared, "tables", lay_tables) / DATABASE


def fill(site: Site, clients: int) -> None:
    """The tables of the demo; with 0 clients, one manager."""
    if clients:
        site.passwords.update(logins(site.manage("seed_demo", "--logins", "--clients", str(clients))))
    else:
        site.manage("add_person", "manager", "--role", "manager", "--password-stdin", said=FIRST_PASSWORD)
        site.passwords["manager"] = FIRST_PASSWORD


def fill_once(site: Site, clients: int, shared: Path, and_then: Callable[[Site], None]) -> None:
    """The same, and what follows it, for sites side by side: each one copies what was put in ``shared``."""

    def first(folder: Path) -> None:
        model = Site("", surroundings(folder), folder)
        shutil.copy(tables(shared), folder)
        fill(model, clients)
        and_then(model)
        (folder / "known.json").write_text(json.dumps([model.passwords, model.rows]))

    shutil.copytree(once(shared, f"site-{clients}", first), site.folder, dirs_exist_ok=True)
    passwords, rows = json.loads((site.folder / "known.json").read_text())
    site.passwords.update(passwords)
    site.rows.extend(rows)


@contextmanager
def running_site(
    clients: int = 400,
    database: str | None = None,
    shared: Path | None = None,
    and_then: Callable[[Site], None] = lambda site: None,
    **settings: str,
):
    """A ``Site`` with a demo of so many clients; with 0, an institution on its first day: one manager.

    Sites that name the same ``shared`` folder are filled once, ``and_then`` with the rest that they need.
    Further ``settings`` go into its environment.
    """
    with tempfile.TemporaryDirectory(prefix="spm-site-") as name:
        folder, port = Path(name), free_port()
        given = settings | ({"DATABASE_URL": database} if database else {})
        environment = surroundings(folder) | given
        site = Site(f"http://127.0.0.1:{port}", environment, folder)
        if shared:
            fill_once(site, clients, shared, and_then)
        else:
            site.manage("migrate", "--noinput", "-v0")
            fill(site, clients)
        collect_static_files(site)
        log = folder / "gunicorn.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "spm.wsgi",
                    "-w",
                    "1",
                    "--threads",
                    "8",
                    "-b",
                    f"127.0.0.1:{port}",
                ],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )
        try:
            wait_for(site.url, server, log)
            yield site
        finally:
            server.terminate()
            server.wait(20)
