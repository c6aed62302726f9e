"""One booking: an offer's start, checked again by every rule, with whoever's turn it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from app.bookit.actions.booking import (
    MEETING,
    OWN_ID,
    Booking,
    booking_writes,
    conference_of,
    offer_claim,
    offer_period,
)
from app.bookit.actions.claims import Claimed, claim_writes, claims_ask
from app.bookit.actions.hosting import Checked, Chosen, check_start, choose
from app.bookit.actions.news import booking_news, invitations
from app.bookit.actions.pool_turns import PoolTurns, TurnsOf
from app.bookit.actions.prospect_match import MatchedRecords, match_asks, matched_by
from app.bookit.actions.prospect_record import note_prospect
from app.bookit.actions.taking_time import claims_in_any_zone, claims_of_hosts, taken_by
from app.bookit.availability.hosts import KnownHost, known_hosts
from app.bookit.availability.reading import in_order, settings_asks, time_asks, who_ask
from app.bookit.availability.taken import taken
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.picklists import Product
from app.mcp.acting import Proposal, follow_ups
from app.mcp.booking_arguments import BookAnswer, BookMeetingArguments
from app.mcp.booking_asked import AskedBooking, asked_booking
from app.mcp.booking_not_free import not_free
from app.mcp.call import Call
from app.mcp.tool import Answer
from app.mcp.views.booking import BookedView, BookingPreview, booking_fields, told_view
from app.mcp.views.moment import moment, spoken
from app.mcp.views.structured import as_json
from app.mcp.views.typed import typed
from app.org.reader import Ask, Result
from app.scheduling.local_days import seconds_of
from app.scheduling.zones import zone_named


class Book:
    """One call of book_meeting."""

    answer_model = BookAnswer

    def __init__(self, call: Call, arguments: BookMeetingArguments) -> None:
        self._call = call
        self._arguments = arguments
        self._asked: AskedBooking | None = None

    async def prepare(self) -> Sequence[Ask]:
        asked = self._asked = self._asked or await asked_booking(self._call, self._arguments)
        target = asked.target
        whose: Mapping[str, str | list[str]]
        whose = {"pool": target.pool_id} if target.pool_id is not None else {"users": list(target.user_ids)}
        connections = Ask("availability/connections", whose)
        return who_ask(target), *settings_asks(target, self._call.now), connections

    async def propose(self, facts: Sequence[Result], keep: Mapping[str, Any]) -> Proposal:
        call, asked = self._call, self._asked
        assert asked is not None  # noqa: S101 (prepare has run)
        who, settings, vacations, connections = facts
        rows = in_order(who.rows, asked.target)
        days = await call.services.org_days.of(call.caller.org_id, call.rules_reader)
        product = cast("Product", asked.kind.product)
        known = known_hosts(rows, settings.rows, vacations.rows, days.default_hours, product=product, now=call.now)
        turns, matched = await self._turns_and_matches(asked, who)
        last, events, hosted, attended = await self._time_of(asked, known)
        if any(row["Period"] == offer_period(asked.offer) for row in last.rows):
            raise BookItError(
                ErrorCode.ALREADY_DONE,
                "This offer was booked already.",
                "For another meeting call preview_availability or route_prospect again.",
            )
        checked = check_start(
            known,
            taken(
                events.rows,
                hosted.rows,
                attended.rows,
                {host.user_id: host.zone for host in known},
                meeting_type_id=asked.kind.id,
                moved=None,
            ),
            asked.rules,
            asked.start,
            viewer_zone=zone_named(asked.zone),
            holidays=days.holidays,
            now=call.now,
        )
        chosen = await self._choose(asked, known, checked, turns, keep)
        hosts = known
        if chosen is not None:
            hosts = tuple(host for host in known if host.user_id == chosen.standing.user_id)
        elif not asked.target.together:
            hosts = known[:1]
        return self._proposal(asked, _booking(call, asked, hosts, chosen, turns, matched, connections), last)

    async def _turns_and_matches(self, asked: AskedBooking, who: Result) -> tuple[PoolTurns | None, MatchedRecords]:
        """Whose turn it is, and which record of the org the prospect is; one call to Salesforce, if any is needed."""
        call, reader = self._call, self._call.rules_reader
        turns_of: TurnsOf | None = None
        if asked.target.pool_id is not None:
            pool = await call.services.pool_settings.for_rules(
                asked.target.pool_id, org_id=call.caller.org_id, reader=reader
            )
            turns_of = TurnsOf(pool, asked.category_id, pool.period_at(call.now, await call.org()))
        sums = turns_of.asks() if turns_of is not None else ()
        asks = (*sums, *match_asks(asked.routing, asked.prospect.email))
        answers = await reader.fetch_all(*asks) if asks else []
        turns = turns_of.read(who.rows, answers[: len(sums)]) if turns_of is not None else None
        return turns, matched_by(asked.routing, answers[len(sums) :])

    async def _time_of(self, asked: AskedBooking, known: Sequence[KnownHost]) -> Sequence[Result]:
        """The last claims, events, hosted and attended meetings. The claims are read first, so that whatever is booked
        after them makes ours a duplicate."""
        hosts = [host.user_id for host in known]
        if not hosts:
            return [Result((), 0)] * 4
        claims = claims_in_any_zone(hosts, asked.kind, taken_by(asked.kind, asked.start, asked.end), asked.week_start)
        offer = Claimed(hosts[0], offer_period(asked.offer))
        at = seconds_of(asked.start)
        return await self._call.rules_reader.fetch_all(
            claims_ask([*claims, offer]), *time_asks(hosts, asked.rules, at, at + 1)
        )

    async def _choose(
        self,
        asked: AskedBooking,
        known: Sequence[KnownHost],
        checked: Checked,
        turns: PoolTurns | None,
        keep: Mapping[str, Any],
    ) -> Chosen | None:
        """The member of a pool; None for people who were named, all of whom are free. Raises BookItError."""
        if turns is not None:
            names = {host.user_id: host.name for host in known}
            chosen = choose(turns, checked, names, keep.get("host"))
            if chosen is not None:
                return chosen
        elif known and len(checked.free) == len(known) == len(asked.target.user_ids):
            return None
        raise await not_free(self._call, asked, checked)

    def _proposal(self, asked: AskedBooking, booking: Booking, last: Result) -> Proposal:
        call = self._call
        fields = booking_fields(booking)
        told = told_view(booking) if call.services.invites.are_on else []
        shown = BookingPreview.model_construct(**fields, told=told)
        claimed = claims_of_hosts(
            [(host.user_id, host.zone) for host in booking.hosts],
            asked.kind,
            taken_by(asked.kind, asked.start, asked.end),
            asked.week_start,
        )
        claims = claim_writes(claimed, last.rows, booking.meeting_id)
        when = f"{spoken(moment(booking.start, booking.zone))} ({booking.zone.key})"
        hosts = ", ".join(host.name for host in booking.hosts)
        return Proposal(
            preview=shown,
            sentence=f"Book {booking.kind.name}, {booking.kind.duration_minutes} minutes, with {hosts} on {when}.",
            about=f"It is with {typed(booking.prospect_name)} ({typed(booking.prospect.email)}).",
            shown=as_json(shown),
            keep={"host": booking.host.user_id},
            writes=[*booking_writes(booking, call.caller), *claims, offer_claim(booking, asked.offer)],
            answer={
                "meeting": as_json(BookedView.model_construct(**fields, bookit_meeting_id=booking.meeting_id)),
                "news": [booking_news(booking, call.caller.org_id)],
                "prospect": _prospect_json(booking),
            },
        )

    async def done(self, stored: Mapping[str, Any], ids: Mapping[str, str]) -> Answer:
        call = self._call
        bookit_id = stored["meeting"]["bookit_meeting_id"]
        writer = call.services.gateway.writer(call.caller.org_id)
        meeting_id, noted = await note_prospect(
            call.rules_reader, writer, bookit_id, stored["prospect"], ids.get(MEETING)
        )
        told = await call.services.invites.send(*invitations(stored["news"]), now=call.now)
        meeting: dict[str, Any] = {"meeting_id": meeting_id, **stored["meeting"]}
        answer = BookAnswer.model_construct(
            status="done",
            meeting=cast("BookedView", meeting),
            follow_up=follow_ups(*noted, told),
        )
        host, start = meeting["host"]["name"], meeting["start"]
        when = f"{start['weekday']} {start['local'][:16].replace('T', ' ')} ({start['timezone']})"
        return Answer(answer, f"Booked with {host} on {when}: {meeting_id}. {told.detail}")


def _booking(
    call: Call,
    asked: AskedBooking,
    hosts: tuple[KnownHost, ...],
    chosen: Chosen | None,
    turns: PoolTurns | None,
    matched: MatchedRecords,
    connections: Result,
) -> Booking:
    return Booking(
        meeting_id=f"{OWN_ID}{asked.offer}",
        kind=asked.kind,
        start=asked.start,
        end=asked.end,
        zone=zone_named(asked.zone),
        hosts=hosts,
        pool_id=asked.target.pool_id,
        chosen=chosen,
        period_start=turns.period_start if turns is not None else None,
        consumed=turns.consumed.get(chosen.standing.member_id, 0) if turns is not None and chosen is not None else 0,
        prospect=asked.prospect,
        guests=asked.guests,
        answers=asked.answers,
        conference=conference_of(connections.rows, hosts[0], asked.form.conference_provider),
        location=asked.form.location,
        matched=matched,
        routing=asked.routing,
        now=call.now,
    )


def _prospect_json(booking: Booking) -> dict[str, Any]:
    """What follows the booking must know of the prospect."""
    prospect, routing = booking.prospect, booking.routing
    return {
        "lead": booking.matched.lead,
        "contact": booking.matched.contact,
        "log_id": routing.log_id if routing is not None else None,
        "owner": booking.host.user_id,
        "email": prospect.email,
        "first_name": prospect.first_name,
        "last_name": prospect.last_name,
        "phone": prospect.phone,
        "company": prospect.company,
    }
