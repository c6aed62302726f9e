"""What follows an action and may fail without it: done by best effort, reported in the action's answer."""

from dataclasses import dataclass
from typing import Literal

FollowUpStatus = Literal["done", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One thing that followed, or did not. The action itself stands in either case.

    what: a short name, `invite`. detail: one sentence that a model can repeat; our own words alone, nothing that a
    prospect typed.
    """

    what: str
    status: FollowUpStatus
    detail: str
