"""What `scripts/bench calls` asks: typical questions to every tool that reads, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.org.caller import Scope
from scripts.benchmarks import wide_pool

A_MEETING: Final = "<a meeting that was booked through a pool>"
"""Stands in arguments for the id of one, which the rows of the day tell."""

ALLOWANCES: Final[Mapping[str, int]] = {"whoami": 0, "preview_availability": 2, "route_prospect": 3}
"""Round trips to Salesforce that a call may cost when everything that is kept for a while is there; of any other tool
that reads, LOOK_UP."""
LOOK_UP: Final = 1


@dataclass(frozen=True, slots=True)
class Question:
    """One question in the scope that it is asked in. text: as a person puts it."""

    tool: str
    scope: Scope
    text: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def allowance(self) -> int:
        return ALLOWANCES.get(self.tool, LOOK_UP)


def _asked(tool: str, scope: Scope, text: str, **arguments: Any) -> Question:
    return Question(tool, scope, text, arguments)


_ADMIN, _USER = Scope.ADMIN, Scope.USER
_WIDE: Final = {"pool": wide_pool.NAME}
_REP: Final = {"user": "rep1@demo.example"}
_PREVIEW: Final = {"meeting_type": "Inbound Demo", "period": "next_14_days"}
_ALL_OF_A_POOL: Final = {"groups": ["configuration", "membership"]}
_ALL_OF_A_TYPE: Final = {"groups": ["scheduling", "form", "presentation"]}
_ALL_OF_A_USER: Final = {"groups": ["identity", "schedule", "integrations", "links"]}
_TWO_MONTHS: Final = {"date_field": "booked", "start": "2026-10-01", "end": "2026-11-30", "group_by": ["month"]}
_SOMEBODY: Final = {"email": "sam@nowhere.example"}
_PROSPECT: Final = {**_SOMEBODY, "company": "Nowhere", "employees": 250, "wants_demo": True}

QUESTIONS: Final = (
    _asked("whoami", _ADMIN, "who am I"),
    _asked("whoami", _USER, "who am I"),
    _asked("query_meetings", _ADMIN, "canceled in a pool", pool="SDR Pool", status=["canceled"], period="last_week"),
    _asked("query_meetings", _ADMIN, "bookings by month", **_TWO_MONTHS),
    _asked("query_meetings", _ADMIN, "a month by day", period="last_30_days", group_by=["day"]),
    _asked("query_meetings", _USER, "my week", period="this_week", upcoming_only=True),
    _asked("query_meetings", _USER, "with a prospect, in detail", prospect="Jordan", detail=True),
    _asked("lookup_pool", _ADMIN, "which pools there are"),
    _asked("lookup_pool", _ADMIN, "all of every pool", **_ALL_OF_A_POOL),
    _asked("lookup_pool", _ADMIN, "all of a pool of fifty", **_WIDE, **_ALL_OF_A_POOL),
    _asked("lookup_meeting_type", _ADMIN, "all of every type", **_ALL_OF_A_TYPE),
    _asked("lookup_meeting_type", _USER, "all of one type", meeting_type="Inbound Demo", **_ALL_OF_A_TYPE),
    _asked("lookup_user", _ADMIN, "who has no calendar", pool="SDR Pool", calendar_status=["not_connected"]),
    _asked("lookup_user", _ADMIN, "all of one person", **_REP, **_ALL_OF_A_USER),
    _asked("lookup_user", _ADMIN, "all of a pool of fifty", **_WIDE, limit=100, **_ALL_OF_A_USER),
    _asked("lookup_user", _USER, "all of myself", **_ALL_OF_A_USER),
    _asked("get_scheduling_links", _ADMIN, "the links of a pool", pool="SDR Pool"),
    _asked("get_scheduling_links", _ADMIN, "the links of a person", **_REP),
    _asked("get_scheduling_links", _USER, "my link for a type", meeting_type="30-minute intro"),
    _asked("view_counts", _ADMIN, "the counts of a pool of fifty", **_WIDE),
    _asked("view_counts", _ADMIN, "a pool's calibrations", pool="SDR Pool", history="calibration"),
    _asked("explain_assignment", _ADMIN, "why a rep was chosen", meeting_id=A_MEETING),
    _asked("list_credit_requests", _ADMIN, "the credits of a pool to decide about", pool="SDR Pool", status="pending"),
    _asked("preview_availability", _ADMIN, "a person, two weeks", **_REP, **_PREVIEW),
    _asked("preview_availability", _ADMIN, "a pool of fifty, two weeks", **_WIDE, **_PREVIEW),
    _asked("preview_availability", _USER, "myself, two weeks", **_PREVIEW),
    _asked("route_prospect", _ADMIN, "a prospect from the website", trigger_node="Website form", prospect=_PROSPECT),
    _asked("route_prospect", _ADMIN, "straight to a pool of fifty", **_WIDE, **_PREVIEW, prospect=_SOMEBODY),
)
