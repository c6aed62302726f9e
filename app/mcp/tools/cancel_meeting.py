"""cancel_meeting: an admin cancels any meeting, a user those that he hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import Field

from app.bookit.actions.acted_on import acted_on, check_host, find_target, meeting_asks
from app.bookit.actions.cancel import cancel_writes, check_cancelable, gives_credit
from app.bookit.actions.claims import Claimed, claim_writes, claims_ask, meeting_period
from app.bookit.actions.news import invitations, news
from app.bookit.invites.invitation import sequence_number
from app.mcp.acting import MEETING_STATEMENTS, ActionAnswer, Proposal, act, follow_ups
from app.mcp.arguments import Text
from app.mcp.call import Call
from app.mcp.confirming import ActionArguments
from app.mcp.interaction import Question
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.acted import (
    ActedMeetingView,
    ActionPreview,
    acted_view,
    change,
    people_view,
    prospect_words,
    time_words,
    told_words,
)
from app.mcp.views.structured import as_json
from app.org.caller import Scope
from app.org.reader import Ask, Result
from app.scheduling.zones import zone_named


class CancelMeetingArguments(ActionArguments):
    meeting_id: Text = Field(description="The meeting_id of query_meetings, or BookIt's own id")
    reason: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        None, description="Why, in the person's words; it is kept with the meeting"
    )


class CancelAnswer(ActionAnswer):
    preview: ActionPreview | None = Field(default=None, description="Only with preview")
    meeting: ActedMeetingView | None = Field(default=None, description="Only with done: the meeting as it is now")


class Cancel:
    """One call of cancel_meeting."""

    answer_model = CancelAnswer

    def __init__(self, call: Call, arguments: CancelMeetingArguments) -> None:
        self._call = call
        self._arguments = arguments
        self._claims: tuple[Claimed, ...] = ()

    async def prepare(self) -> Sequence[Ask]:
        target = await find_target(self._call.reader, self._arguments.meeting_id)
        self._claims = (Claimed(target.host_id, meeting_period(target.id)),)
        return claims_ask(self._claims), *meeting_asks(target)

    async def propose(self, facts: Sequence[Result], keep: Mapping[str, Any]) -> Proposal:
        del keep  # nothing is chosen here
        call = self._call
        last, found, *events = facts
        meeting = acted_on(found.rows)
        check_host(meeting, self._claims[0].host_id)
        check_cancelable(meeting, call.caller, call.now)
        event_id = meeting.event_id if events and events[0].rows else None
        zone = call.zone(None)
        told = people_view(meeting) if call.services.invites.are_on else []
        before = acted_view(meeting, zone)
        changes = [change("status", meeting.status, "canceled")]
        changes += [change("calendar event", "there", "removed")] if event_id is not None else []
        changes += [change("credit for the host", None, "approved")] if gives_credit(meeting) else []
        writes = cancel_writes(
            meeting,
            call.caller,
            reason=self._arguments.reason,
            event_id=event_id,
            org_zone=zone_named((await call.org()).timezone),
            now=call.now,
        )
        sequence = sequence_number(
            reschedules=meeting.reschedule_count, reassignments=meeting.reassignments, canceled=True
        )
        preview = ActionPreview.model_construct(meeting=before, changes=changes, told=told)
        return Proposal(
            preview=preview,
            sentence=f"Cancel the {meeting.type_name} that {meeting.host.name} hosts on "
            f"{time_words(meeting.start, zone)}. {told_words(told, 'a cancellation')}",
            about=prospect_words(meeting),
            shown=as_json(preview),
            writes=[*writes, *claim_writes(self._claims, last.rows, meeting.meeting_id)],
            answer={
                "meeting": as_json(acted_view(meeting, zone, status="canceled")),
                "news": [
                    news(
                        meeting,
                        call.caller.org_id,
                        "CANCEL",
                        sequence=sequence,
                        start=meeting.start,
                        end=meeting.end,
                    )
                ],
            },
        )

    async def done(self, stored: Mapping[str, Any], ids: Mapping[str, str]) -> Answer:
        del ids  # nothing new has an id that anybody needs
        told = await self._call.services.invites.send(*invitations(stored["news"]), now=self._call.now)
        answer = CancelAnswer.model_construct(status="done", meeting=stored["meeting"], follow_up=follow_ups(told))
        return Answer(answer, f"Canceled. {told.detail}")


async def cancel_meeting(call: Call, arguments: CancelMeetingArguments) -> Answer | Question:
    """Three calls to Salesforce when it is done, two for a preview."""
    return await act(call, arguments, Cancel(call, arguments))


DESCRIPTION: Final = """\
Cancel a meeting that is still to come. The meeting keeps its place in the log, its calendar event is removed.
Use this tool only when the person has asked for it. Find the meeting with query_meetings first. The first call \
changes nothing: it shows what would happen and gives a confirm_token; ask the person, then call again with it.
Example: "Cancel my meeting with Jordan Lee on Friday": query_meetings {"prospect": "Jordan Lee", "period": "friday"}, \
then {"meeting_id": "a0Bxx0000004C92EAE"}, then the same with the confirm_token."""

_EXPOSURE: Final = Exposure(DESCRIPTION, CancelMeetingArguments, CancelAnswer)

TOOL: Final = Tool(
    name="cancel_meeting",
    title="Cancel a meeting",
    annotations=Annotations(read_only=False, destructive=True, idempotent=True),
    exposures={Scope.ADMIN: _EXPOSURE, Scope.USER: _EXPOSURE},
    handle=cancel_meeting,
    statements={"": MEETING_STATEMENTS},
)
