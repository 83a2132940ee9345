"""The register of work: a plain name in the job row, a function in the code."""

from collections.abc import Callable
from dataclasses import dataclass

from spm.models import Job


@dataclass(frozen=True)
class Work:
    """``function(progress, **arguments)`` returns a dict, perhaps with ``url`` and ``link`` to go on."""

    name: str
    title: str
    function: Callable


_register: dict[str, Work] = {}


def work(name: str, *, title: str):
    """Register a function under a name that stays, as job rows keep it; ``title`` is lazily translated."""

    def registered(function):
        if name in _register:
            raise ValueError(f"Two functions are registered as work {name!r}.")
        _register[name] = Work(name, title, function)
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
