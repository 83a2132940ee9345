"""How many generated cases a run tries."""

import os

from hypothesis import HealthCheck, settings

SCALE = float(os.environ.get("SPM_EXAMPLES", "1"))


def sweep(examples: int, steps: int = 50, dear: int = 1) -> settings:
    """So many cases times SPM_EXAMPLES, the same in each run up to the full count; where each costs much,
    below that one in ``dear`` of them.
    """
    share = SCALE if SCALE >= 1 else SCALE / dear
    return settings(
        max_examples=max(5, int(examples * share)),
        stateful_step_count=steps,
        deadline=None,
        derandomize=SCALE <= 1,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
