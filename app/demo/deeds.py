"""The guide's example questions that ask for a deed: how its meeting is found, what is done, what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.demo.environment import REP
from app.demo.reading import Reading, meeting_with

Answer = Mapping[str, Any]
"""A tool's structured content."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One wish of one person. find: the arguments of query_meetings that find the meeting; tool and arguments do it.

    expected: the meeting's id as the data says. afterwards: what query_meetings must say of the meeting then.
    """

    asker: str
    text: str
    find: Mapping[str, Any]
    tool: str
    arguments: Mapping[str, Any]
    expected: str
    afterwards: Mapping[str, object]


def deeds(reading: Reading) -> tuple[Deed, ...]:
    """In the guide's order."""
    today = reading.now.astimezone(reading.zone(REP)).date()
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    return (
        Deed(
            REP,
            "Cancel my meeting with Jordan Lee on Friday.",
            {"prospect": "Jordan Lee", "period": "friday", "upcoming_only": True},
            "cancel_meeting",
            {"reason": "Asked for in the demo"},
            meeting_with(reading, REP, "Jordan Lee", friday),
            {"status": "canceled"},
        ),
        Deed(
            REP,
            "Request a no-show credit for my meeting yesterday with Acme Corp.",
            {"prospect": "Acme Corp", "period": "yesterday"},
            "request_credit",
            {"reason": "no_show", "comment": "Nobody came."},
            meeting_with(reading, REP, "Acme Corp", today - timedelta(days=1)),
            {"credit_status": "pending"},
        ),
    )
