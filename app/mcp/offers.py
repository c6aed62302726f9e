"""Offers: what a preview or a routing found bookable, for this caller alone and for a quarter of an hour.

The signature proves that we made the offer, and nothing more: whoever books on it checks everything again.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.routing.routed import Routed, RoutedProspect
from app.mcp.call import Call
from app.mcp.signing import MAX_LENGTH, BadToken

LIFETIME: Final = timedelta(minutes=15)
_PURPOSE: Final = "offer"


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be booked. pool_id or user_ids says with whom (together: with all of them at once, the first one as the
    main host); start (included) and end (excluded) bound the starts; zone is the viewer's, whose minutes the starts
    keep to; moved: the meeting that is to be rescheduled, not a new one; routing: of a prospect who was routed."""

    meeting_type_id: str
    pool_id: str | None
    user_ids: tuple[str, ...]
    together: bool
    start: datetime
    end: datetime
    zone: str
    moved: str | None = None
    routing: Routed | None = None


def make_offer(call: Call, offer: Offer) -> tuple[str, datetime]:
    """The opaque offer_id, and when it expires. Raises BookItError for a prospect of whom so much is known that an
    offer cannot carry it."""
    expires = (call.now + LIFETIME).replace(microsecond=0)
    # An offer books once, so two of them are never the same, though they offer the same at the same time.
    payload = {**_payload(offer), "nonce": secrets.token_urlsafe(9)}
    token = call.services.signing.sign(_PURPOSE, payload, bound_to=_binding(call), expires=expires)
    if len(token) > MAX_LENGTH:
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT, "The texts in prospect are too long together.", "Shorten them and call again."
        )
    return token, expires


def read_offer(call: Call, offer_id: str) -> Offer:
    """The offer of make_offer. Raises BookItError invalid_argument for any other text, or one that is past its time."""
    try:
        found = call.services.signing.verify(_PURPOSE, offer_id, bound_to=_binding(call), now=call.now)
    except BadToken as bad:
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            "The offer has expired." if bad.expired else "The offer_id is not one of yours.",
            "Call preview_availability or route_prospect again and take the offer_id of its answer.",
        ) from None
    return Offer(
        meeting_type_id=found["type"],
        pool_id=found["pool"],
        user_ids=tuple(found["users"]),
        together=found["together"],
        start=datetime.fromisoformat(found["start"]),
        end=datetime.fromisoformat(found["end"]),
        zone=found["zone"],
        moved=found["moved"],
        routing=_routed(found["routing"]) if found.get("routing") is not None else None,
    )


def _payload(offer: Offer) -> Mapping[str, Any]:
    return {
        "type": offer.meeting_type_id,
        "pool": offer.pool_id,
        "users": list(offer.user_ids),
        "together": offer.together,
        "start": offer.start.isoformat(),
        "end": offer.end.isoformat(),
        "zone": offer.zone,
        "moved": offer.moved,
        **({"routing": asdict(offer.routing)} if offer.routing is not None else {}),
    }


def _routed(found: dict[str, Any]) -> Routed:
    return Routed(
        prospect=RoutedProspect(**found["prospect"]),
        log_id=found["log_id"],
        trigger_node=found["trigger_node"],
        graph_id=found["graph_id"],
        inputs=found["inputs"],
        path=tuple((node, branch) for node, branch in found["path"]),
        matched=found["matched"],
    )


def _binding(call: Call) -> tuple[str, ...]:
    caller = call.caller
    return caller.org_id, caller.actor, caller.scope
