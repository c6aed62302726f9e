"""review_credit_request: approve or deny a credit request. Admin scope alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import Field

from app.bookit.actions.acted_on import ActedOn, acted_on, check_host
from app.bookit.actions.claims import Claimed, claim_writes, claims_ask, meeting_period
from app.bookit.actions.credit_review import (
    DECIDED,
    Decision,
    Reviewed,
    check_reviewable,
    counted_in,
    find_review_target,
    review_writes,
    reviewed,
    sets_no_show,
)
from app.mcp.acting import ActionAnswer, Proposal, act
from app.mcp.arguments import Snake, Text
from app.mcp.call import Call
from app.mcp.confirming import ActionArguments
from app.mcp.interaction import Question
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.acted import ActedMeetingView, ChangeView, acted_view, change, prospect_words, time_words
from app.mcp.views.credit_request import (
    MAX_COMMENT,
    ReviewedCreditPreview,
    ReviewedCreditView,
    person_ref,
    pool_ref_or_none,
    reason_words,
)
from app.mcp.views.moment import moment
from app.mcp.views.structured import as_json
from app.mcp.views.typed import typed
from app.org.caller import Scope
from app.org.reader import Ask, Result
from app.scheduling.zones import zone_named


class ReviewCreditRequestArguments(ActionArguments):
    credit_request_id: Text = Field(description="Of list_credit_requests")
    decision: Annotated[Decision, Snake] = Field(description="approve or deny")
    comment: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT)] | None = Field(
        None, description="Why, in the person's words; it is kept with the request"
    )


class ReviewAnswer(ActionAnswer):
    preview: ReviewedCreditPreview | None = Field(default=None, description="Only with preview")
    credit_request: ReviewedCreditView | None = Field(
        default=None, description="Only with done: the request as it is now"
    )
    meeting: ActedMeetingView | None = Field(default=None, description="Only with done")


class Review:
    """One call of review_credit_request."""

    answer_model = ReviewAnswer

    def __init__(self, call: Call, arguments: ReviewCreditRequestArguments) -> None:
        self._call = call
        self._arguments = arguments
        self._claims: tuple[Claimed, ...] = ()

    async def prepare(self) -> Sequence[Ask]:
        target = await find_review_target(self._call.reader, self._arguments.credit_request_id)
        # The claim of every action on the meeting, whoever's credit it is.
        self._claims = (Claimed(target.main_host_id, meeting_period(target.meeting_id)),)
        # The request last: whoever is faster decides about it, and what its decision changes is never seen without it.
        return (
            claims_ask(self._claims),
            Ask("credits/memberships", {"host": target.host_id}),
            Ask("actions/meeting", {"id": target.meeting_id}),
            Ask("credits/request", {"credit_request": target.id}),
        )

    async def propose(self, facts: Sequence[Result], keep: Mapping[str, Any]) -> Proposal:
        del keep  # nothing is chosen here
        call, decision, comment = self._call, self._arguments.decision, self._arguments.comment
        last, memberships, of_meeting, found = facts
        request, meeting = reviewed(found.rows), acted_on(of_meeting.rows)
        check_host(meeting, self._claims[0].host_id)
        check_reviewable(request, decision)
        counted = counted_in(request, meeting, memberships.rows, call.now) if decision == "approve" else None
        zone = call.zone(None)
        shown = acted_view(meeting, zone)
        preview = ReviewedCreditPreview.model_construct(
            credit_request=_view(request, request.status, comment, zone),
            meeting=shown,
            changes=_changes(request, meeting, decision),
            told=[],
        )
        writes = review_writes(
            request,
            meeting,
            decision,
            counted,
            comment,
            call.caller,
            org_zone=zone_named((await call.org()).timezone),
            now=call.now,
        )
        return Proposal(
            preview=preview,
            sentence=_sentence(request, meeting, decision, zone),
            about=_about(request, meeting),
            shown=as_json(preview),
            writes=[*writes, *claim_writes(self._claims, last.rows, meeting.meeting_id)],
            answer={
                "credit_request": as_json(_view(request, DECIDED[decision], comment, zone)),
                "meeting": as_json(shown),
            },
        )

    async def done(self, stored: Mapping[str, Any], ids: Mapping[str, str]) -> Answer:
        del ids  # nothing new has an id that anybody needs
        request = stored["credit_request"]
        answer = ReviewAnswer.model_construct(
            status="done", credit_request=request, meeting=stored["meeting"], follow_up=[]
        )
        return Answer(answer, f"The credit is {request['status']}.")


def _view(request: Reviewed, status: str, comment: str | None, zone: ZoneInfo) -> ReviewedCreditView:
    return ReviewedCreditView.model_construct(
        credit_request_id=request.id,
        status=status,
        reason=request.reason,
        comment=typed(request.comment, MAX_COMMENT),
        requested=moment(request.requested, zone),
        host=person_ref(request.host),
        pool=pool_ref_or_none(request.pool.named if request.pool else None),
        decision_comment=typed(comment, MAX_COMMENT),
    )


def _changes(request: Reviewed, meeting: ActedOn, decision: Decision) -> list[ChangeView]:
    changes = [change("credit status", request.status, DECIDED[decision])]
    changes += [change("credits of the host", None, "one more")] if decision == "approve" else []
    return changes + ([change("no-show", "false", "true")] if sets_no_show(request, meeting, decision) else [])


def _sentence(request: Reviewed, meeting: ActedOn, decision: Decision, zone: ZoneInfo) -> str:
    counts = ""
    if decision == "approve" and request.pool is not None:
        counts = f" It counts in {request.pool.named.name} from now on."
    return (
        f"{decision.capitalize()} the credit of {request.host.name} for {reason_words(request.reason)} at the "
        f"{meeting.type_name} on {time_words(meeting.start, zone)}.{counts} Nobody is told by e-mail."
    )


def _about(request: Reviewed, meeting: ActedOn) -> str | None:
    """Whom the meeting was with, and what the request says: for the person who is asked."""
    comment = typed(request.comment, MAX_COMMENT)
    said = [text for text in (prospect_words(meeting), f"The request says: {comment}" if comment else None) if text]
    return " ".join(said) or None


async def review_credit_request(call: Call, arguments: ReviewCreditRequestArguments) -> Answer | Question:
    """Three calls to Salesforce when it is done, two for a preview."""
    return await act(call, arguments, Review(call, arguments))


DESCRIPTION: Final = """\
Approve or deny a credit request that is pending. An approved one gives the host one credit in his pool's counts; a \
no-show is marked on the meeting. A decision is not taken back here.
Use this tool only when the person has asked for it and has decided. Find the request with list_credit_requests first. \
The first call changes nothing: it shows what would happen and gives a confirm_token; ask the person, then call again \
with it.
Example: "Approve Riley's no-show credit": list_credit_requests {"status": "pending", "host": "Riley"}, then \
{"credit_request_id": "a0Cxx0000004C92EAE", "decision": "approve"}, then the same with the confirm_token."""

TOOL: Final = Tool(
    name="review_credit_request",
    title="Review a credit request",
    annotations=Annotations(read_only=False, destructive=True, idempotent=True),
    exposures={Scope.ADMIN: Exposure(DESCRIPTION, ReviewCreditRequestArguments, ReviewAnswer)},
    handle=review_credit_request,
    statements={
        "": frozenset(
            {
                "credits/target",
                "credits/request",
                "credits/memberships",
                "actions/meeting",
                "claims/last",
                "operations/by_key",
            }
        )
    },
)
