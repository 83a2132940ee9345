"""The register of work: a plain name in the job row, a function in the code."""

from collections.abc import Callable
from dataclasses import dataclass

from spm.access import Can, can
from spm.models import Job


@dataclass(frozen=True)
class Work:
    """``function(progress, **arguments)`` returns a dict, perhaps with ``url`` and ``link`` to go on.

    ``needs`` is what who asked must still be allowed when it starts; None for what follows from other work.
    What follows from a command is done before that returns, if it is ``awaited``; else by a worker.
    """

    name: str
    title: str
    function: Callable
    needs: Can | None = None
    awaited: bool = True

    def is_open_to(self, user) -> bool:
        """May it start in this user's name? For a command or the clock, None, it may."""
        return user is None or self.needs is None or can(user, self.needs)


_register: dict[str, Work] = {}


def work(name: str, *, title: str, needs: Can | None = None, awaited: bool = True):
    """Register a function under a name that stays, as job rows keep it; ``title`` is lazily translated."""

    def registered(function):
        if name in _register:
            raise ValueError(f"Two functions are registered as work {name!r}.")
        _register[name] = Work(name, title, function, needs, awaited)
        Job.TITLES[name] = title
        return function

    return registered


def find(name: str) -> Work:
    """The work of that name; LookupError where none is registered."""
    try:
        return _register[name]
    except KeyError:
        raise LookupError(
            f"No work is registered as {name!r}. Is it in its app's tasks.py, under @jobs.work?"
        ) from None
