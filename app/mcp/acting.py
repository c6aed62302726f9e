"""How every action runs: what would happen is shown, agreed to, and then done once, whatever breaks on the way.

Each attempt reads everything anew, in one order: the claims, all else, then whether it was done already. So a key that
stands already, a lost answer and somebody who was faster all lead to the same place: read again, decide again. Whether
it was done is read last, and once more before anything is refused: what an earlier call of the same, or one that runs
at the same time, has changed is never a reason to refuse it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, TypeGuard

import anyio
from pydantic import BaseModel, Field

from app.bookit.actions.follow_up import FollowUp
from app.bookit.actions.operations import Operation
from app.bookit.errors import BookItError, ErrorCode
from app.mcp.call import Call
from app.mcp.confirming import ActionArguments, Confirmation, make_token, read_token, request_digest
from app.mcp.interaction import Question
from app.mcp.signing import digest
from app.mcp.tool import Answer
from app.mcp.views.moment import Moment, moment
from app.mcp.views.structured import as_json
from app.org.errors import OrgError, OrgErrorCode
from app.org.failures import DuplicateKey, OutcomeUnknown, RecordChanged
from app.org.reader import Ask, Result
from app.org.writes import Write
from app.scheduling.errors import TimeError

ATTEMPTS: Final = 6
"""How often an action is tried that others are faster than, or whose outcome is unknown."""
_PAUSE_SECONDS: Final = (0.02, 0.15)

MEETING_STATEMENTS: Final = frozenset(
    {"actions/target", "actions/meeting", "actions/event", "claims/last", "operations/by_key"}
)
"""What every action on a meeting runs."""

PREVIEWED: Final = "previewed"
DECLINED: Final = "declined"


class FollowUpView(BaseModel):
    what: str
    status: Literal["done", "failed", "skipped"]
    detail: str


class AnyActionAnswer(BaseModel):
    """What `act` fills in: status, preview, confirm_token, expires. For a tool that has a status of its own."""


class ActionAnswer(AnyActionAnswer):
    """The base of every action's answer. Each tool adds `preview` and what it did."""

    status: Literal["preview", "done", "declined"] = Field(
        description="preview: nothing was done yet, ask the person and call again with confirm_token; declined: the "
        "person said no, nothing was done"
    )
    confirm_token: str | None = Field(default=None, description="Only with preview")
    expires: Moment | None = Field(default=None, description="When the confirm_token does")
    follow_up: list[FollowUpView] | None = Field(
        default=None, description="Only with done: what follows it and may fail without it"
    )


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an action would do now.

    preview: the answer's part that shows it. sentence: the same for a person, in our own words and those of the org's
    own people. about: what an outside person typed and the asked person must see (name of the prospect), shown to him
    alone. shown: JSON of every fact whose change makes it another action. keep: what a confirmation holds on to.
    writes: the transaction, without its operation row. answer: JSON that is stored with it, and what `done` makes the
    answer of.
    """

    preview: BaseModel
    sentence: str
    shown: Mapping[str, Any]
    writes: Sequence[Write]
    answer: Mapping[str, Any]
    about: str | None = None
    keep: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Action(Protocol):
    """One action of one call."""

    @property
    def answer_model(self) -> type[AnyActionAnswer]:
        """What it answers with: the base, with `preview` and what it did."""
        ...

    async def prepare(self) -> Sequence[Ask]:
        """Finds what the call is about, as the caller sees it, and says what to read next as the org connection: the
        claims first, then all else (up to four; the look for an earlier answer is read with them, in one call)."""
        ...

    async def propose(self, facts: Sequence[Result], keep: Mapping[str, Any]) -> Proposal:
        """Decides, from what the asks of `prepare` found. Raises BookItError where it cannot be done."""
        ...

    async def done(self, stored: Mapping[str, Any], ids: Mapping[str, str]) -> Answer:
        """The answer to what was written, with what follows it. stored: the proposal's `answer`; ids: of new records
        by name, empty where an earlier call wrote them."""
        ...


async def act(call: Call, arguments: ActionArguments, action: Action) -> Answer | Question:
    """Preview, question or deed, as the call asks for. Raises BookItError, OrgError."""
    await call.require("actions")
    try:
        confirmation = _confirmation(call, arguments)
    except BookItError as refused:
        expired = refused.code is ErrorCode.CONFIRMATION_EXPIRED
        earlier = await _earlier(call, _operation(call, arguments, None)) if expired else None
        if earlier is None:
            raise
        return await action.done(earlier, {})
    if call.interaction.state is not None and not call.interaction.agreed:
        declined = action.answer_model.model_construct(status="declined")
        return Answer(declined, "Nothing was done: the person said no.", outcome=DECLINED)
    operation = _operation(call, arguments, confirmation)
    last: Exception | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            await anyio.sleep(attempt * secrets.SystemRandom().uniform(*_PAUSE_SECONDS))
        try:
            decided = await _decided(call, arguments, action, confirmation, operation)
            if not isinstance(decided, Proposal):
                return await action.done(decided, {})
            if confirmation is None or operation is None:
                return _ask(call, arguments, action, decided)
            ids = await call.services.gateway.writer(call.caller.org_id).write(
                *decided.writes, operation.row(decided.answer)
            )
        except OrgError as problem:
            if not _was_overtaken(problem):
                raise
            last = problem
            continue
        return await action.done(decided.answer, ids)
    assert last is not None  # noqa: S101 (every attempt that did not return left one)
    raise last


def _confirmation(call: Call, arguments: ActionArguments) -> Confirmation | None:
    token = call.interaction.state or arguments.confirm_token
    return read_token(call, arguments, token) if token is not None else None


def _operation(call: Call, arguments: ActionArguments, confirmation: Confirmation | None) -> Operation | None:
    """Its key is the caller's own, else that of the preview that was agreed to; without either there is nothing to look
    for."""
    request = request_digest(arguments)
    if arguments.idempotency_key is not None:
        made_of = ["key", arguments.idempotency_key]
    elif confirmation is not None:
        made_of = ["agreed", request, confirmation.name]
    else:
        return None
    actor = call.caller.actor
    return Operation(digest([call.caller.org_id, actor, call.tool, *made_of]), request, actor, call.tool)


def _was_overtaken(problem: OrgError) -> bool:
    """Whether what was read does not hold any more, or nobody knows whether it does: to read and decide again helps.

    Nothing is done by a transaction of which a record is gone: somebody has deleted it since, an event in his calendar.
    """
    return isinstance(problem, DuplicateKey | RecordChanged | OutcomeUnknown) or problem.code is OrgErrorCode.NOT_FOUND


async def _decided(
    call: Call,
    arguments: ActionArguments,
    action: Action,
    confirmation: Confirmation | None,
    operation: Operation | None,
) -> Proposal | Mapping[str, Any]:
    """What the action would do now, as it was agreed to; or what was answered when it was done. Raises BookItError."""
    try:
        decided = await _read_and_decide(call, action, confirmation, operation)
        if _differs(decided, confirmation):
            # Salesforce answers the parts of a call one after the other: some may be of before somebody's change, some
            # of after it. That something is not as it was shown is said of what a second reading finds.
            decided = await _read_and_decide(call, action, confirmation, operation)
        if _differs(decided, confirmation):
            raise _conflict(call, arguments, action, decided)
    except (BookItError, TimeError):
        earlier = await _earlier(call, operation)
        if earlier is None:
            raise
        return earlier
    return decided


async def _read_and_decide(
    call: Call, action: Action, confirmation: Confirmation | None, operation: Operation | None
) -> Proposal | Mapping[str, Any]:
    facts = await _facts(call, operation, await action.prepare())
    earlier = operation.earlier_answer(facts.pop().rows) if operation is not None else None
    if earlier is not None:
        return earlier
    return await action.propose(facts, confirmation.keep if confirmation else {})


def _differs(decided: Proposal | Mapping[str, Any], confirmation: Confirmation | None) -> TypeGuard[Proposal]:
    """Whether it is to be done, and not as it was shown."""
    return isinstance(decided, Proposal) and confirmation is not None and digest(decided.shown) != confirmation.shown


async def _earlier(call: Call, operation: Operation | None) -> Mapping[str, Any] | None:
    """What was answered when it was done; None if it was not."""
    if operation is None:
        return None
    return operation.earlier_answer((await call.rules_reader.fetch_all(operation.ask()))[0].rows)


async def _facts(call: Call, operation: Operation | None, asks: Sequence[Ask]) -> list[Result]:
    wanted = [*asks, *([operation.ask()] if operation is not None else [])]
    return await call.rules_reader.fetch_all(*wanted) if wanted else []


def _preview(call: Call, arguments: ActionArguments, action: Action, proposal: Proposal) -> tuple[AnyActionAnswer, str]:
    token, expires = make_token(call, arguments, Confirmation(digest(proposal.shown), proposal.keep))
    answer = action.answer_model.model_construct(
        status="preview", preview=proposal.preview, confirm_token=token, expires=moment(expires, call.zone(None))
    )
    return answer, token


def _ask(call: Call, arguments: ActionArguments, action: Action, proposal: Proposal) -> Answer | Question:
    answer, token = _preview(call, arguments, action, proposal)
    if call.interaction.can_ask:
        message = f"{proposal.sentence} {proposal.about}" if proposal.about else proposal.sentence
        return Question(message, token)
    text = f"Preview, nothing was done yet. {proposal.sentence} If the person agrees, call again with confirm_token."
    return Answer(answer, text, outcome=PREVIEWED)


def _conflict(call: Call, arguments: ActionArguments, action: Action, proposal: Proposal) -> BookItError:
    answer, _ = _preview(call, arguments, action, proposal)
    beside = as_json(answer)
    del beside["status"]
    return BookItError(
        ErrorCode.CONFLICT,
        "Something that the preview showed has changed meanwhile; nothing was done.",
        "Show the person the new preview; if it is agreed to, call again with its confirm_token.",
        beside=beside,
    )


def follow_ups(*found: FollowUp) -> list[FollowUpView]:
    return [FollowUpView.model_construct(what=each.what, status=each.status, detail=each.detail) for each in found]
