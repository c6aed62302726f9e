"""What a call of book_meeting asks for, checked as far as its offer, its meeting type and its form can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.bookit.actions.form_answers import checked_answers
from app.bookit.availability.preview import rules_of
from app.bookit.availability.target import Target
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meeting_types.reading import FormAndFlow
from app.bookit.meeting_types.records import MeetingType
from app.bookit.routing.routed import Routed, RoutedProspect
from app.mcp.booking_arguments import BookMeetingArguments
from app.mcp.call import Call
from app.mcp.offers import Offer, read_offer
from app.mcp.prospects import Prospect, contact_details, needed, refuse_inputs
from app.mcp.signing import digest
from app.scheduling.errors import TimeError
from app.scheduling.rfc3339 import parse_start
from app.scheduling.rules import Rules
from app.scheduling.weekdays import Weekday
from app.scheduling.zones import zone_named


@dataclass(frozen=True, slots=True)
class AskedBooking:
    """offer: short and the offer's own, under it it books once. start: UTC, whole seconds. zone: an IANA name, to whose
    minutes the offer's starts keep. routing: of a prospect who was routed."""

    offer: str
    start: datetime
    zone: str
    target: Target
    routing: Routed | None
    prospect: RoutedProspect
    kind: MeetingType
    form: FormAndFlow
    rules: Rules
    answers: Mapping[str, str]
    guests: tuple[str, ...]
    week_start: Weekday

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.rules.duration)

    @property
    def category_id(self) -> str | None:
        return self.kind.category.id if self.kind.category else None


async def asked_booking(call: Call, arguments: BookMeetingArguments) -> AskedBooking:
    """No call to Salesforce while the meeting type is kept. Raises BookItError, TimeError, OrgError."""
    offer = read_offer(call, arguments.offer_id)
    if offer.moved is not None:
        raise _refused("This offer is for moving a meeting.", "Take it to reschedule_meeting, or preview without it.")
    start = parse_start(arguments.start, zone_named(offer.zone), now=call.now).replace(microsecond=0)
    if not offer.start <= start < offer.end:
        raise TimeError("start is none of the offer's starts.", "Take one of them, with its date.")
    kind, form = await call.services.types_to_book.by_id(offer.meeting_type_id, caller=call.caller, reader=call.reader)
    if not kind.is_active:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE, "The meeting type is not active any more.", "Take another meeting type."
        )
    week_start = (await call.org()).week_start
    prospect = _prospect(offer, arguments.prospect)
    again = "call again" if offer.routing is None else "call route_prospect again with all that it takes"
    return AskedBooking(
        offer=digest(["offer", call.caller.org_id, arguments.offer_id]),
        start=start,
        zone=offer.zone,
        target=Target(offer.pool_id, offer.user_ids, offer.together),
        routing=offer.routing,
        prospect=prospect,
        kind=kind,
        form=form,
        rules=rules_of(kind, week_start),
        answers=checked_answers(form.fields_stored, prospect, arguments.answers or {}, again=again),
        guests=_guests(arguments.guests or (), prospect),
        week_start=week_start,
    )


def _prospect(offer: Offer, given: Prospect | None) -> RoutedProspect:
    if offer.routing is not None:
        if given is not None:
            raise _refused("The offer has its prospect: the one who was routed.", "Leave prospect out and call again.")
        return offer.routing.prospect
    prospect = needed(given)
    refuse_inputs(prospect)
    return contact_details(prospect)


def _guests(given: Iterable[str], prospect: RoutedProspect) -> tuple[str, ...]:
    """Each address once, however it is written, and not the prospect's own."""
    found: dict[str, str] = {}
    for each in given:
        found.setdefault(each.casefold(), each)
    found.pop(prospect.email.casefold(), None)
    return tuple(found.values())


def _refused(message: str, hint: str) -> BookItError:
    return BookItError(ErrorCode.INVALID_ARGUMENT, message, hint)
