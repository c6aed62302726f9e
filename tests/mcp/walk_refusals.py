"""The codes with which an action may be refused now, in plain Python; none if it has to be done."""

from __future__ import annotations

from datetime import datetime

from tests.mcp.walk_meetings import DECIDED, STORED, Meeting, Request
from tests.mcp.walk_model import Model
from tests.mcp.walk_setup import PEOPLE, Kind, Pool


def to_booking(
    model: Model, offer: str, kind: Kind, pool: Pool | None, user: str | None, start: datetime, now: datetime
) -> set[str]:
    if offer in model.offers_used:
        return {"already_done"}
    if start < now:
        return {"invalid_time", "not_available"}
    hosts = list(pool.members) if pool is not None else [user or ""]
    if any(model.is_free(each, kind, start, now) for each in hosts):
        return set()
    return {"slot_taken", "not_available"}


def to_cancel(meeting: Meeting, who: str, now: datetime) -> set[str]:
    return _hidden(meeting, who) or (
        {"already_done"} if not meeting.live else {"not_available"} if meeting.start <= now else set()
    )


def to_move(model: Model, meeting: Meeting, who: str, start: datetime, now: datetime) -> set[str]:
    if _hidden(meeting, who):
        return {"not_found"}
    if not meeting.live or meeting.start <= now:
        return {"not_available", "invalid_time"}
    if meeting.start == start:
        return {"already_done"}
    if model.is_free(meeting.host, meeting.kind, start, now, but=meeting):
        return set()
    return {"slot_taken", "not_available", "invalid_time"}


def to_reassign(model: Model, meeting: Meeting, host: str, now: datetime) -> set[str]:
    if not meeting.live or meeting.start <= now or meeting.pool is None:
        return {"not_available"}
    if host == meeting.host:
        return {"already_done"}
    if host not in meeting.pool.members:
        return {"not_available"}
    if model.is_free(host, meeting.kind, meeting.start, now, but=meeting, notice=False):
        return set()
    return {"slot_taken", "not_available"}


def to_credit(meeting: Meeting, who: str, reason: str, now: datetime) -> set[str]:
    if _hidden(meeting, who):
        return {"not_found"}
    if meeting.pool is None:
        return {"not_available"}
    if meeting.standing(meeting.host):
        return {"already_done"}
    return {"not_available"} if _no_show_is_unknown(meeting, STORED[reason], now) else set()


def to_review(request: Request, decision: str, now: datetime) -> set[str]:
    if request.status != "Pending":
        same = request.status == DECIDED[decision]
        return {"already_done"} if same else {"conflict"}
    if decision == "approve" and _no_show_is_unknown(request.meeting, request.reason, now):
        return {"not_available"}
    return set()


def _hidden(meeting: Meeting, who: str) -> set[str]:
    """A rep sees his own meetings, and nobody else is on any; who: a handle of PEOPLE, or anybody who sees all."""
    return {"not_found"} if who in PEOPLE and who != meeting.host else set()


def _no_show_is_unknown(meeting: Meeting, reason: str, now: datetime) -> bool:
    return reason == "No-Show" and (not meeting.live or meeting.start > now)
