"""preview_availability: when a meeting of a type can be booked. An admin asks about anybody, a user about himself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import Field

from app.bookit.availability.moved import Moved, moved_meeting
from app.bookit.availability.preview import Asked, preview
from app.bookit.availability.target import Target, target_of_link
from app.bookit.directory import me
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meeting_types.records import MeetingType
from app.mcp.arguments import Arguments, Text
from app.mcp.asked_times import AskedEnd, AskedPeriod, AskedStart, AskedTimezone, asked_range
from app.mcp.bookable import bookable_type
from app.mcp.call import Call
from app.mcp.offers import Offer, make_offer
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.availability import (
    AdminAskedView,
    AdminAvailabilityAnswer,
    AskedView,
    AvailabilityAnswer,
    availability_text,
    day_view,
    host_view,
)
from app.mcp.views.moment import moment, range_view, spoken
from app.org.caller import Scope
from app.scheduling.periods import TimeRange


class PreviewAvailabilityArguments(Arguments):
    """What a user may ask, about himself."""

    meeting_type: Text = Field(description="Meeting type, by display name, internal name or id")
    reschedule_of: Text | None = Field(
        None,
        description="A meeting_id: times to which that meeting can be moved, with its own hosts; its present time does "
        "not stand in the way",
    )
    period: AskedPeriod = None
    start: AskedStart = None
    end: AskedEnd = None
    timezone: AskedTimezone = None
    detail: bool | None = Field(
        None, description="true: who is free at each start; for a pool in the order in which they would be chosen"
    )


class AdminPreviewAvailabilityArguments(PreviewAvailabilityArguments):
    """What an admin may ask, about anybody."""

    user: Text | None = Field(None, description="A person: name, e-mail address, Salesforce user id, or me")
    pool: Text | None = Field(None, description="A pool, by name or id: whenever any of its members is free")
    link: Text | None = Field(None, description="A booking link, by link_id, URL or id: whenever its hosts are free")


@dataclass(slots=True)
class _Whose:
    target: Target
    moved: Moved | None = None
    said: dict[str, str] = field(default_factory=dict[str, str])


async def preview_availability(call: Call, arguments: PreviewAvailabilityArguments) -> Answer:
    """Two calls to Salesforce when names are warm; one more for a link, or a meeting that is to be moved."""
    await call.require("availability")
    when = await asked_range(call, arguments.period, arguments.start, arguments.end, arguments.timezone)
    meeting_type = await bookable_type(call, arguments.meeting_type)
    whose = await _whose(call, arguments, meeting_type)
    asked = Asked(
        meeting_type=meeting_type,
        target=whose.target,
        moved=whose.moved,
        when=when,
        org_zone=(await call.org()).timezone,
        turns=bool(arguments.detail),
        week_start=(await call.org()).week_start,
    )
    found = await preview(call.rules_reader, asked, call.now)
    offer_id, expires = make_offer(
        call,
        Offer(
            meeting_type_id=meeting_type.id,
            pool_id=whose.target.pool_id,
            user_ids=whose.target.user_ids,
            together=whose.target.together,
            start=when.start,
            end=when.end,
            zone=when.zone.key,
            moved=whose.moved.meeting_id if whose.moved else None,
        ),
    )
    said = {"meeting_type": meeting_type.name, **whose.said}
    answer, searched = (
        (AdminAvailabilityAnswer, AdminAskedView(**said))
        if call.caller.scope is Scope.ADMIN
        else (AvailabilityAnswer, AskedView(**said))
    )
    structured = answer.model_construct(
        offer_id=offer_id,
        expires=moment(expires, when.zone),
        timezone=when.zone.key,
        duration_minutes=found.duration_minutes,
        days=[day_view(day, when.zone) for day in found.days],
        hosts=[host_view(host) for host in found.hosts],
        now=moment(call.now, when.zone),
        range=range_view(when),
        searched=searched,
    )
    text = availability_text(found, when.zone, _asked_text(said, when))
    return Answer(structured, text, rows=sum(len(day.starts) for day in found.days))


async def _whose(call: Call, arguments: PreviewAvailabilityArguments, meeting_type: MeetingType) -> _Whose:
    admin = arguments if isinstance(arguments, AdminPreviewAvailabilityArguments) else None
    named = (
        {
            name: text
            for name, text in (("user", admin.user), ("pool", admin.pool), ("link", admin.link))
            if text is not None
        }
        if admin is not None
        else {}
    )
    if arguments.reschedule_of is not None:
        if named:
            raise _refused(
                "reschedule_of is about the meeting's own hosts.", f"Leave {' and '.join(named)} out and call again."
            )
        moved = await moved_meeting(call.reader, call.caller, arguments.reschedule_of, meeting_type.id, call.now)
        return _Whose(moved.target, moved, {"reschedule_of": moved.meeting_id})
    if admin is None:
        return _Whose(Target(user_ids=(me(call.caller).id,)))
    if len(named) != 1:
        raise _refused("Exactly one of user, pool and link says whose availability.", "Name one of them.")
    if admin.user is not None:
        user = await call.find("user", admin.user)
        return _Whose(Target(user_ids=(user.id,)), said={"user": user.shown})
    if admin.pool is not None:
        pool = await call.find("pool", admin.pool)
        return _Whose(Target(pool_id=pool.id), said={"pool": pool.shown})
    link = await call.find("link", admin.link or "")
    target = await target_of_link(call.reader, link.id, meeting_type.id, call.now)
    return _Whose(target, said={"link": link.shown})


def _asked_text(said: dict[str, Any], when: TimeRange) -> str:
    first, last = spoken(moment(when.start, when.zone)), spoken(moment(when.end, when.zone))
    asked = "; ".join(f"{name} {value}" for name, value in said.items())
    return f"Asked: {asked}; from {first} to {last} ({when.zone.key})."


def _refused(message: str, hint: str) -> BookItError:
    return BookItError(ErrorCode.INVALID_ARGUMENT, message, hint)


_COMMON: Final = """\
Respects working hours, vacations, holidays, notice, the booking window, daily and weekly limits, other meetings and \
private appointments. Each day of the range is there, those with nothing free too, and each host who has nothing has a \
reason. Starts are local times in the answer's timezone. Nothing is booked by this."""

USER_DESCRIPTION: Final = f"""\
When the caller can take a meeting of a type.
Use this tool for "when am I free for …", and with reschedule_of before moving a meeting of the caller's own.
{_COMMON}
Examples:
"When could I do a 30-minute intro this week?" {{"meeting_type": "30-minute intro", "period": "this_week"}}
"Where can my meeting with Acme move to?" {{"meeting_type": "Inbound Demo", "reschedule_of": "a0Bxx0000004C92EAE", \
"period": "next_7_days"}}"""

ADMIN_DESCRIPTION: Final = f"""\
When a meeting of a type can be booked with a person, any member of a pool, or through a booking link.
Use this tool for anything about free times, and to see why somebody has none. Exactly one of user, pool and link, \
unless reschedule_of is given.
{_COMMON}
Examples:
"Check availability for the SDR Pool with the meeting type Outbound Demo for this Friday" \
{{"pool": "SDR Pool", "meeting_type": "Outbound Demo", "period": "friday"}}
"Why has Riley nothing next week?" {{"user": "Riley", "meeting_type": "Inbound Demo", "period": "next_week"}}
"Who of the pool is free tomorrow, and whose turn is it?" {{"pool": "Pool West - USA", "meeting_type": \
"Inbound Demo", "period": "tomorrow", "detail": true}}"""

_STATEMENTS: Final = frozenset(
    f"availability/{name}"
    for name in ("people", "settings", "vacations", "holidays", "default_hours", "events", "hosted", "attended")
)

TOOL: Final = Tool(
    name="preview_availability",
    title="Preview availability",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={
        Scope.ADMIN: Exposure(ADMIN_DESCRIPTION, AdminPreviewAvailabilityArguments, AdminAvailabilityAnswer),
        Scope.USER: Exposure(USER_DESCRIPTION, PreviewAvailabilityArguments, AvailabilityAnswer),
    },
    handle=preview_availability,
    statements={
        "": _STATEMENTS | {"names/meeting_types", "meeting_types/detail"},
        "user": frozenset({"names/users"}),
        "pool": frozenset({"names/pools", "availability/members"}),
        "link": frozenset({"names/links", "availability/link", "availability/link_team"}),
        "reschedule_of": frozenset({"availability/moved"}),
        "detail": frozenset({"counts/sums"}),
    },
)
