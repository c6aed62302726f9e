"""What the demo data depends on, and nothing else."""

from dataclasses import dataclass
from datetime import datetime

DEFAULT_MEETINGS = 1500
DEFAULT_SEED = 7


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """now: the aware instant that all of it is relative to. meetings: how many ordinary ones beside the story."""

    now: datetime
    seed: int = DEFAULT_SEED
    meetings: int = DEFAULT_MEETINGS
