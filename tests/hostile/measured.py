"""What a piece of work costs this process: time at work, whatever else the machine does, and memory."""

import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass
class Cost:
    seconds: float = 0.0
    megabytes: float = 0.0


@contextmanager
def measured():
    """The time and the most memory beyond what was there before, by the kernel's own count."""
    cost = Cost()
    # makes the kernel count the peak anew
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, started = psutil.Process().memory_info().rss, time.process_time()
    yield cost
    cost.seconds = time.process_time() - started
    cost.megabytes = (peak() - before) / (1 << 20)


def peak() -> int:
    """The most bytes of memory that this process held since the count began."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) << 10
