"""How many generated cases a run tries."""

import os

from hypothesis import HealthCheck, settings

SCALE = float(os.environ.get("SPM_EXAMPLES", "1"))


def sweep(examples: int, steps: int = 50) -> settings:
    """So many cases times SPM_EXAMPLES, the same in each run up to the full count."""
    return settings(
        max_examples=max(5, int(examples * SCALE)),
        stateful_step_count=steps,
        deadline=None,
        derandomize=SCALE <= 1,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
