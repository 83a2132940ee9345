"""Which jobs share a process: one that broke off twice runs alone, so it cannot take others down with it."""

import threading
from contextlib import contextmanager

SUSPECT = 2

_changed = threading.Condition()
# Jobs at work in this process, and suspects that wait until there is none.
_at_work = 0
_waiting = 0
_alone = False


@contextmanager
def company(failures: int):
    """Until the block ends, the job is at work here: beside others or, after so many failures, alone."""
    enter, leave = (_enter_alone, _leave_alone) if failures >= SUSPECT else (_enter, _leave)
    with _changed:
        enter()
    try:
        yield
    finally:
        with _changed:
            leave()
            _changed.notify_all()


def _enter():
    global _at_work  # noqa: PLW0603 one count for all threads of the process
    _changed.wait_for(lambda: not (_alone or _waiting))
    _at_work += 1


def _leave():
    global _at_work  # noqa: PLW0603
    _at_work -= 1


def _enter_alone():
    global _waiting, _alone  # noqa: PLW0603
    _waiting += 1
    _changed.wait_for(lambda: not (_alone or _at_work))
    _waiting -= 1
    _alone = True


def _leave_alone():
    global _alone  # noqa: PLW0603
    _alone = False
