"""request_credit: an admin asks for the credit of any meeting, a user for that of those that he hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import Field

from app.bookit.actions.acted_on import acted_on, check_host, find_target
from app.bookit.actions.claims import Claimed, claim_writes, claims_ask, meeting_period
from app.bookit.actions.credit_asking import CreditAsked, ask_for_credit, asking_writes
from app.bookit.actions.credits import REQUEST
from app.bookit.picklists import CreditReason
from app.mcp.acting import ActionAnswer, Proposal, act
from app.mcp.arguments import Snake, Text
from app.mcp.call import Call
from app.mcp.confirming import ActionArguments
from app.mcp.interaction import Question
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.acted import ActedMeetingView, ChangeView, acted_view, change, prospect_words, time_words
from app.mcp.views.credit_request import MAX_COMMENT, AskedCreditPreview, AskedCreditView, reason_words
from app.mcp.views.structured import as_json
from app.mcp.views.typed import typed
from app.org.caller import Scope
from app.org.reader import Ask, Result
from app.scheduling.zones import zone_named


class RequestCreditArguments(ActionArguments):
    meeting_id: Text = Field(description="The meeting_id of query_meetings, or BookIt's own id")
    reason: Annotated[CreditReason, Snake] = Field(
        description="no_show: nobody came; unqualified: the prospect was not worth the time; other: say it in comment"
    )
    comment: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT)] | None = Field(
        None, description="For whoever decides, in the person's words"
    )


class RequestCreditAnswer(ActionAnswer):
    preview: AskedCreditPreview | None = Field(default=None, description="Only with preview")
    meeting: ActedMeetingView | None = Field(default=None, description="Only with done")
    credit: AskedCreditView | None = Field(default=None, description="Only with done: the request as it was made")


class RequestCredit:
    """One call of request_credit."""

    answer_model = RequestCreditAnswer

    def __init__(self, call: Call, arguments: RequestCreditArguments) -> None:
        self._call = call
        self._arguments = arguments
        self._claims: tuple[Claimed, ...] = ()

    async def prepare(self) -> Sequence[Ask]:
        target = await find_target(self._call.reader, self._arguments.meeting_id)
        self._claims = (Claimed(target.host_id, meeting_period(target.id)),)
        return (
            claims_ask(self._claims),
            Ask("actions/meeting", {"id": target.id}),
            Ask("credits/memberships", {"host": target.host_id}),
        )

    async def propose(self, facts: Sequence[Result], keep: Mapping[str, Any]) -> Proposal:
        del keep  # nothing is chosen here
        call, comment = self._call, self._arguments.comment
        last, found, memberships = facts
        meeting = acted_on(found.rows)
        check_host(meeting, self._claims[0].host_id)
        asked = ask_for_credit(meeting, memberships.rows, self._arguments.reason, call.caller, call.now)
        zone = call.zone(None)
        shown = acted_view(meeting, zone)
        credit = AskedCreditView.model_construct(
            credit_request_id=None,
            status="approved" if asked.is_automatic else "pending",
            reason=asked.reason,
            comment=typed(comment, MAX_COMMENT),
            is_automatic=asked.is_automatic,
            denied_before=asked.denied_before,
        )
        preview = AskedCreditPreview.model_construct(meeting=shown, credit=credit, changes=_changes(asked), told=[])
        org_zone = zone_named((await call.org()).timezone)
        writes = asking_writes(asked, comment, call.caller, org_zone=org_zone, now=call.now)
        return Proposal(
            preview=preview,
            sentence=f"Ask for a credit for {reason_words(asked.reason)} at the {meeting.type_name} that "
            f"{meeting.host.name} hosts on {time_words(meeting.start, zone)}. {_outcome_words(asked)}",
            about=prospect_words(meeting),
            shown=as_json(preview),
            writes=[*writes, *claim_writes(self._claims, last.rows, meeting.meeting_id)],
            answer={"meeting": as_json(shown), "credit": as_json(credit), "of": [meeting.id, meeting.host.id]},
        )

    async def done(self, stored: Mapping[str, Any], ids: Mapping[str, str]) -> Answer:
        credit = {**stored["credit"], "credit_request_id": ids.get(REQUEST) or await self._earlier_id(stored)}
        answer = RequestCreditAnswer.model_construct(
            status="done", meeting=stored["meeting"], credit=credit, follow_up=[]
        )
        text = (
            "The credit is approved: the pool gives it by itself."
            if credit["is_automatic"]
            else "The credit is asked for. An admin decides about it."
        )
        return Answer(answer, text)

    async def _earlier_id(self, stored: Mapping[str, Any]) -> str | None:
        """Of the request that an earlier call made: the answer was stored before it had an id. None if it is gone."""
        meeting_id, host_id = stored["of"]
        made = await self._call.rules_reader.fetch("credits/of_meeting", {"id": meeting_id, "host": host_id})
        number: int = stored["credit"]["denied_before"]
        return made.rows[number]["Id"] if number < len(made.rows) else None


def _changes(asked: CreditAsked) -> list[ChangeView]:
    before = "denied" if asked.denied_before else None
    if not asked.is_automatic:
        return [change("credit status", before, "pending")]
    changes = [change("credit status", before, "approved"), change("credits of the host", None, "one more")]
    return changes + ([change("no-show", "false", "true")] if asked.sets_no_show else [])


def _outcome_words(asked: CreditAsked) -> str:
    if asked.is_automatic:
        return "It is approved at once: the pool gives it by itself. Nobody is told by e-mail."
    again = " again, an earlier request was denied" if asked.denied_before else ""
    return f"An admin decides about it{again}. Nobody is told by e-mail."


async def request_credit(call: Call, arguments: RequestCreditArguments) -> Answer | Question:
    """Three calls to Salesforce when it is done, two for a preview."""
    return await act(call, arguments, RequestCredit(call, arguments))


DESCRIPTION: Final = """\
Ask for a credit for a meeting that was not worth its turn: the prospect did not come, was unqualified, or another \
reason. With a credit the host is next sooner in his pool. A no-show can be asked for once the meeting has begun.
Use this tool only when the person has asked for it. Find the meeting with query_meetings first. The first call \
changes nothing: it shows what would happen and gives a confirm_token; ask the person, then call again with it.
Example: "Request a no-show credit for my meeting yesterday with Acme Corp": query_meetings {"prospect": "Acme Corp", \
"period": "yesterday"}, then {"meeting_id": "a0Bxx0000004C92EAE", "reason": "no_show"}, then the same with the \
confirm_token."""

_EXPOSURE: Final = Exposure(DESCRIPTION, RequestCreditArguments, RequestCreditAnswer)

TOOL: Final = Tool(
    name="request_credit",
    title="Request a credit",
    annotations=Annotations(read_only=False, destructive=False, idempotent=True),
    exposures={Scope.ADMIN: _EXPOSURE, Scope.USER: _EXPOSURE},
    handle=request_credit,
    statements={
        "": frozenset(
            {
                "actions/target",
                "actions/meeting",
                "claims/last",
                "credits/memberships",
                "credits/of_meeting",
                "operations/by_key",
            }
        )
    },
)
