"""How far the random walk of actions goes: a little every day, far with WALK_EXAMPLES (and then it shrinks too)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = os.environ.get("WALK_EXAMPLES")

walk = settings(
    max_examples=int(EXAMPLES or "10"),
    stateful_step_count=18 if EXAMPLES is None else 50,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    phases=[Phase.generate] if EXAMPLES is None else [Phase.generate, Phase.shrink],
)
