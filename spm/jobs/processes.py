"""Which process runs a job, and whether it still does."""

import os
import socket
from pathlib import Path


def _started(pid: int) -> str:
    """The process's start in ticks since boot, to tell a reused pid apart; "" where there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # the command's name stands in brackets and may itself hold blanks and brackets
    return stat.rpartition(")")[2].split()[19]


def this_process() -> str:
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_started(pid)}"


def is_here(runner: str) -> bool:
    """Did the runner start on this machine, so that we can know whether it lives?"""
    return runner.rpartition(":")[0].rpartition(":")[0] == socket.gethostname()


def is_alive(runner: str) -> bool:
    """Of a runner on this machine: does the same process still exist?"""
    _host, pid, started = runner.rsplit(":", 2)
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _started(int(pid)) == started
