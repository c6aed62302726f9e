"""Meeting types as tests of pure parts need them."""

from __future__ import annotations

from typing import Any

from app.bookit.meeting_types.records import MeetingType


def a_type(**given: Any) -> MeetingType:
    """With no rule at all but those that are given."""
    values: dict[str, Any] = dict.fromkeys(MeetingType.__dataclass_fields__)
    values |= {name: 0 for name in values if name.endswith("_minutes")}
    return MeetingType(**(values | given))
