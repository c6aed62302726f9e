"""The one start that an action is asked for, with or without an offer that it is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.bookit.errors import BookItError, ErrorCode
from app.mcp.call import Call
from app.mcp.offers import Offer
from app.scheduling.errors import TimeError
from app.scheduling.rfc3339 import parse_bound
from app.scheduling.zones import zone_named

_SHORTEST = len("2026-11-27T14:00")


@dataclass(frozen=True, slots=True)
class AskedStart:
    """start: UTC, whole seconds. zone: to whose minutes starts keep, and in which the answer shows other ones."""

    start: datetime
    zone: ZoneInfo


def asked_start(call: Call, text: str, timezone: str | None, offer: Offer | None) -> AskedStart:
    """The start that `text` names: with an offset, or on the wall of `timezone`, else of the offer's zone.

    Raises TimeError for anything else, for a date alone and for what lies in the past; BookItError for a start that is
    not one of the offer's.
    """
    given = call.zone(timezone) if timezone is not None else None
    offered = zone_named(offer.zone) if offer is not None else None
    # An offset says which instant is meant, whatever zone the offer was looked at in: only one that was named with the
    # start can contradict it.
    has_offset = text.strip()[-1:] in "Zz" or text.strip()[-6:-5] in {"+", "-"}
    wall = given or (None if has_offset else offered)
    assumed = given or offered or call.zone(None)
    start = parse_bound(text, "start", now=call.now, given=wall, assumed=assumed).replace(microsecond=0)
    if len(text.strip()) < _SHORTEST:
        raise TimeError(
            "start is a day without a time.", f"Write a time too, such as {start.astimezone(assumed).isoformat()}."
        )
    if start <= call.now:
        raise TimeError("start lies in the past.", "Ask for a start that is still to come.")
    if offer is not None and not offer.start <= start < offer.end:
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            "The start is none of the offer's.",
            "Take a start of the answer that the offer_id is of, or leave offer_id out.",
        )
    return AskedStart(start, offered or assumed)
