"""The clocks of the job table, in seconds; all follow from ``settings.JOB_LEASE``."""

from django.conf import settings


def lease() -> float:
    """So long a run holds its job without a sign of life."""
    return settings.JOB_LEASE


def beat() -> float:
    """Between two signs of life: two may get lost."""
    return lease() / 3


def sweep() -> float:
    """Between two looks at the table. A job without its process is taken up after lease and sweep at most."""
    return lease() / 3


def patience() -> float:
    """A job that waits longer than this may have lost its bell."""
    return lease() / 3


def pause(failures: int) -> float:
    """Before another try after so many that broke off: longer each time."""
    return lease() / 6 * 2 ** (failures - 1)
