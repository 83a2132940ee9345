"""Which process runs a job, and whether it still does."""

import os
import socket
from pathlib import Path


def _fields(pid: int) -> list[str]:
    """The process's state, its parent and so on, as Linux tells them; empty where there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    # the command's name stands in brackets and may itself hold blanks and brackets
    return stat.rpartition(")")[2].split()


def _started(pid: int) -> str:
    """The process's start in ticks since boot, to tell a reused pid apart; "" where there is no /proc."""
    return (_fields(pid) or [""] * 20)[19]


def this_process() -> str:
    """``host:pid:start``, kept in the job's row as its runner."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_started(pid)}"


def is_here(runner: str) -> bool:
    """Did the runner start on this machine, so that we can know whether it lives?"""
    return runner.rsplit(":", 2)[0] == socket.gethostname()


def is_alive(runner: str) -> bool:
    """Of a runner on this machine: does the same process still exist?"""
    pid = int(runner.rsplit(":", 2)[1])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    # a dead process keeps its number as a zombie until its parent, or init, has asked for it
    return f":{pid}:{_started(pid)}" == runner[len(socket.gethostname()) :] and _fields(pid)[:1] != ["Z"]
