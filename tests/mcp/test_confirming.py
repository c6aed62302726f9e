"""Confirmation and idempotency, as every action has them: what agrees to what, and that it is done once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import mcp_types as types
import pytest

from app.bookit.errors import BookItError, ErrorCode
from app.mcp.acting import Proposal, act
from app.mcp.call import Call
from app.mcp.calling import call_tool
from app.mcp.interaction import Interaction
from app.mcp.registry import all_tools
from app.mcp.tools.cancel_meeting import Cancel, CancelMeetingArguments
from app.org.caller import Caller, Scope
from app.org.reader import Result
from tests.mcp.booking_world import TOOL as BOOK
from tests.mcp.booking_world import a_request, at_once, everything, outcome
from tests.mcp.credit_world import agreed
from tests.mcp.moving_world import local, meeting_at, the_meeting
from tests.mcp.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.requirement("write.confirmation")]

TOOL = "cancel_meeting"


@pytest.fixture
def meeting(office: World) -> str:
    return meeting_at(office, local(25, 9))


async def token_of(world: World, caller: Caller, **arguments: Any) -> str:
    return (await world.ask(caller, TOOL, **arguments))["confirm_token"]


async def test_a_token_is_good_for_its_caller_tool_and_arguments_alone(
    office: World, admin: Caller, meeting: str
) -> None:
    token = await token_of(office, admin, meeting_id=meeting)
    elsewhere = meeting_at(office, local(26, 9), host="rep3")
    of_credit = {"meeting_id": meeting, "reason": "unqualified"}
    before = everything(office)
    host = office.caller("rep1", Scope.ADMIN)
    for caller, tool, arguments in (
        (host, TOOL, {"meeting_id": meeting}),
        (office.agent(), TOOL, {"meeting_id": meeting}),
        (office.caller("admin"), TOOL, {"meeting_id": meeting}),  # the same person in another scope
        (admin, TOOL, {"meeting_id": elsewhere}),
        (admin, TOOL, {"meeting_id": meeting, "reason": "Because"}),
        (admin, "request_credit", of_credit),
    ):
        refused = await office.refusal(caller, tool, **arguments, confirm_token=token)
        assert (refused["code"], refused["message"]) == (
            "invalid_argument",
            "The confirm_token does not belong to this call; nothing was done.",
        )
    assert everything(office) == before


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_a_token_that_was_changed_is_none(office: World, admin: Caller, meeting: str, part: int) -> None:
    parts = (await token_of(office, admin, meeting_id=meeting)).split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
    before = everything(office)
    refused = await office.refusal(admin, TOOL, meeting_id=meeting, confirm_token=".".join(parts))
    assert refused["code"] == "invalid_argument"
    assert everything(office) == before


async def test_neither_an_offer_nor_a_cursor_is_a_confirmation(office: World, admin: Caller, meeting: str) -> None:
    offer = (await a_request(office, admin))["offer_id"]
    for token in (offer, "", "x", "a.b.c"):
        refused = await office.refusal(admin, TOOL, meeting_id=meeting, confirm_token=token)
        assert refused["code"] == "invalid_argument"


async def test_a_token_expires_after_ten_minutes(office: World, admin: Caller, meeting: str) -> None:
    token = await token_of(office, admin, meeting_id=meeting)
    before = everything(office)
    office.clock.advance(timedelta(minutes=10))
    refused = await office.refusal(admin, TOOL, meeting_id=meeting, confirm_token=token)
    assert refused["code"] == "confirmation_expired"
    assert everything(office) == before
    token = await token_of(office, admin, meeting_id=meeting)
    office.clock.advance(timedelta(minutes=9, seconds=59))
    answer = await office.ask(admin, TOOL, meeting_id=meeting, confirm_token=token)
    assert answer["status"] == "done"


async def test_a_key_alone_agrees_to_nothing(office: World, admin: Caller, meeting: str) -> None:
    before = everything(office)
    for _ in range(2):
        answer = await office.ask(admin, TOOL, meeting_id=meeting, idempotency_key="mine")
        assert answer["status"] == "preview"
    assert everything(office) == before


async def test_the_same_key_and_the_same_token_answer_the_same_and_write_nothing(office: World, admin: Caller) -> None:
    soon = meeting_at(office, office.clock() + timedelta(minutes=30))
    keyed: dict[str, Any] = {"meeting_id": soon, "idempotency_key": "mine"}
    token = await token_of(office, admin, **keyed)
    first = await office.ask(admin, TOOL, **keyed, confirm_token=token)
    assert first["status"] == "done"
    after = everything(office)
    assert await office.ask(admin, TOOL, **keyed, confirm_token=token) == first
    assert await office.ask(admin, TOOL, **keyed) == first
    office.clock.advance(timedelta(hours=1))  # the token has expired, the meeting has begun
    assert await office.ask(admin, TOOL, **keyed) == first
    assert await office.ask(admin, TOOL, **keyed, confirm_token=token) == first
    unkept = await office.refusal(admin, TOOL, meeting_id=soon, confirm_token=token)
    assert unkept["code"] == "confirmation_expired"
    assert everything(office) == after


async def test_without_a_key_the_token_stands_for_it(office: World, admin: Caller, meeting: str) -> None:
    token = await token_of(office, admin, meeting_id=meeting)
    first = await office.ask(admin, TOOL, meeting_id=meeting, confirm_token=token)
    after = everything(office)
    assert await office.ask(admin, TOOL, meeting_id=meeting, confirm_token=token) == first
    assert everything(office) == after
    assert (await office.refusal(admin, TOOL, meeting_id=meeting))["code"] == "already_done"


async def test_a_key_stands_for_one_request(office: World, admin: Caller, meeting: str) -> None:
    await agreed(office, admin, TOOL, meeting_id=meeting, idempotency_key="mine")
    other = meeting_at(office, local(26, 9), host="rep3")
    after = everything(office)
    for arguments in ({"meeting_id": other}, {"meeting_id": meeting, "reason": "Because"}, {"meeting_id": "MOV-0"}):
        refused = await office.refusal(admin, TOOL, **arguments, idempotency_key="mine")
        assert (refused["code"], "idempotency_key" in refused["message"]) == ("conflict", True)
    assert everything(office) == after


async def test_a_key_is_its_caller_s_and_its_tool_s_own(office: World, admin: Caller, meeting: str) -> None:
    await agreed(office, admin, TOOL, meeting_id=meeting, idempotency_key="mine")
    other = meeting_at(office, local(26, 9), host="rep1")
    answer = await agreed(office, office.caller("rep1"), TOOL, meeting_id=other, idempotency_key="mine")
    assert answer["meeting"]["meeting_id"] == other
    credit = {"meeting_id": meeting, "reason": "other", "idempotency_key": "mine"}
    assert (await office.ask(admin, "request_credit", **credit))["status"] == "preview"
    agent = meeting_at(office, local(27, 9), host="rep8")
    answer = await agreed(office, office.agent(), TOOL, meeting_id=agent, idempotency_key="mine")
    assert answer["meeting"]["meeting_id"] == agent


async def test_one_call_ten_times_at_once_is_done_once(office: World, admin: Caller, meeting: str) -> None:
    token = await token_of(office, admin, meeting_id=meeting)
    before = everything(office)
    answers = await at_once(office, admin, [{"meeting_id": meeting, "confirm_token": token}] * 10, TOOL)
    assert all(each == answers[0] for each in answers)
    assert outcome(answers[0]) == "done"
    new = everything(office).keys() - before.keys()
    assert len(new) == 3  # activity, claim, operation


class Overtaken(Cancel):
    """Runs the same call to its end between what was read and what is decided."""

    def __init__(self, call: Call, arguments: CancelMeetingArguments, answers: list[Any]) -> None:
        super().__init__(call, arguments)
        self._of = call, arguments
        self._answers = answers

    async def propose(self, facts: Any, keep: Any) -> Proposal:
        if not self._answers:
            self._answers.append(await act(*self._of, Cancel(*self._of)))
            raise BookItError(ErrorCode.ALREADY_DONE, "It sees what the other one has done.", "")
        return await super().propose(facts, keep)


async def test_what_the_same_call_has_just_done_is_no_refusal(office: World, admin: Caller, meeting: str) -> None:
    token = await token_of(office, admin, meeting_id=meeting)
    arguments = CancelMeetingArguments.model_validate({"meeting_id": meeting, "confirm_token": token})
    reader = office.services.gateway.as_caller(admin)
    call = Call(admin, TOOL, "request", office.clock(), reader, office.services)
    answers: list[Any] = []
    found: Any = await act(call, arguments, Overtaken(call, arguments, answers))
    assert found.structured.meeting == answers[0].structured.meeting
    assert found.structured.status == "done"


class Torn(Cancel):
    """Reads the meeting as it was before somebody's change, and its calendar event as after it, that many times."""

    def __init__(self, call: Call, arguments: CancelMeetingArguments, times: int) -> None:
        super().__init__(call, arguments)
        self._times = times

    async def propose(self, facts: Any, keep: Any) -> Proposal:
        self._times -= 1
        last, meeting, event = facts
        return await super().propose([last, meeting, event if self._times < 0 else Result((), 0)], keep)


async def torn(office: World, admin: Caller, meeting: str, times: int) -> Any:
    token = await token_of(office, admin, meeting_id=meeting)
    arguments = CancelMeetingArguments.model_validate({"meeting_id": meeting, "confirm_token": token})
    call = Call(admin, TOOL, "request", office.clock(), office.services.gateway.as_caller(admin), office.services)
    return await act(call, arguments, Torn(call, arguments, times))


@pytest.mark.parametrize("times", [0, 1])
async def test_one_reading_of_before_and_after_a_change_is_no_conflict(
    office: World, admin: Caller, meeting: str, times: int
) -> None:
    assert (await torn(office, admin, meeting, times)).structured.status == "done"


async def test_a_change_that_a_second_reading_finds_too_is_one(office: World, admin: Caller, meeting: str) -> None:
    before = everything(office)
    with pytest.raises(BookItError) as refused:
        await torn(office, admin, meeting, 2)
    assert refused.value.code is ErrorCode.CONFLICT
    assert everything(office) == before


async def test_the_person_is_asked_where_the_client_can_and_no_is_no(
    office: World, admin: Caller, meeting: str
) -> None:
    tool, given = all_tools().find(TOOL, Scope.ADMIN), {"meeting_id": meeting}
    assert tool is not None
    before = everything(office)
    asked = await call_tool(tool, admin, given, office.services, Interaction(can_ask=True))
    assert isinstance(asked, types.InputRequiredResult)
    requests = asked.input_requests or {}
    [question] = [each.params for each in requests.values() if isinstance(each, types.ElicitRequest)]
    assert "Riley Carter hosts on Wed 2026-11-25" in question.message
    assert "It is with Jordan Lee" in question.message
    no = Interaction(can_ask=True, state=asked.request_state, agreed=False)
    said = await call_tool(tool, admin, given, office.services, no)
    assert isinstance(said, types.CallToolResult)
    assert not said.is_error
    assert said.structured_content is not None
    assert said.structured_content["status"] == "declined"
    assert everything(office) == before
    yes = Interaction(can_ask=True, state=asked.request_state, agreed=True)
    said = await call_tool(tool, admin, given, office.services, yes)
    assert isinstance(said, types.CallToolResult)
    assert said.structured_content is not None
    assert said.structured_content["status"] == "done"
    assert the_meeting(office, meeting)["Status"] == "Canceled"


async def test_every_tool_that_changes_something_takes_a_token_and_a_key() -> None:
    for scope in Scope:
        for tool in all_tools().listed(scope):
            arguments = set(tool.input_schema["properties"])
            assert tool.annotations is not None
            assert {"confirm_token", "idempotency_key"} <= arguments or tool.annotations.read_only_hint
    assert BOOK in {tool.name for tool in all_tools().listed(Scope.ADMIN)}
