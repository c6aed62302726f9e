"""So many calls of a person and of an org: the next one is refused, costs Salesforce nothing, and is in the audit."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from app.bookit.errors import BookItError, ErrorCode
from app.mcp.call_limits import CallLimits, Limit
from app.org.caller import Caller, Scope
from tests.mcp.world import UNLIMITED, World, world
from tests.support.movable_clock import MovableClock

ADA = Caller("00Dxx0000000001EAA", "005xx0000000001AAA", Scope.USER, "Ada", "ada@x.example", "ada@x", "UTC", "client")
BEA = replace(ADA, user_id="005xx0000000002AAA")
ELSEWHERE = replace(ADA, org_id="00Dxx0000000002EAA")
AGENT = replace(ADA, user_id=None, scope=Scope.ADMIN, email="agent@x.example")


def refusal(limits: CallLimits, caller: Caller) -> BookItError | None:
    """What a call that ends at once is told."""
    with limits.admitted(caller) as why:
        return why


def test_a_persons_minute_is_his_own_over_all_his_clients() -> None:
    clock = MovableClock()
    limits = CallLimits(person=Limit(2, 9), org=UNLIMITED, clock=clock)
    assert refusal(limits, ADA) is None
    assert refusal(limits, replace(ADA, client_id="another")) is None
    why = refusal(limits, ADA)
    assert why is not None
    assert why.code is ErrorCode.RATE_LIMITED
    assert "Wait 30 seconds" in why.hint
    assert "Do not repeat" in why.hint
    assert why.beside == {"retry_after_seconds": 30}
    assert refusal(limits, BEA) is None
    assert refusal(limits, ELSEWHERE) is None
    clock.advance(timedelta(seconds=30))
    assert refusal(limits, ADA) is None


def test_callers_by_one_time_code_are_told_apart_by_their_address() -> None:
    limits = CallLimits(person=Limit(1, 9), org=UNLIMITED, clock=MovableClock())
    assert refusal(limits, AGENT) is None
    assert refusal(limits, replace(AGENT, email="other@x.example")) is None
    assert refusal(limits, AGENT) is not None


def test_an_orgs_minute_is_shared_by_its_people_and_by_nobody_else() -> None:
    limits = CallLimits(person=UNLIMITED, org=Limit(2, 9), clock=MovableClock())
    assert refusal(limits, ADA) is None
    assert refusal(limits, BEA) is None
    why = refusal(limits, AGENT)
    assert why is not None
    assert why.message.startswith("Your org made more than 2 calls")
    assert refusal(limits, ELSEWHERE) is None


@pytest.mark.parametrize("of_org", [False, True])
def test_calls_under_way_are_counted_and_given_back_however_they_end(of_org: bool) -> None:
    two, clock = Limit(1000, 2), MovableClock()
    limits = CallLimits(person=UNLIMITED if of_org else two, org=two if of_org else UNLIMITED, clock=clock)
    with ExitStack() as under_way:
        for _ in range(2):
            assert under_way.enter_context(limits.admitted(ADA)) is None
        why = refusal(limits, ADA)
        assert why is not None
        assert "2 calls of" in why.message
        assert refusal(limits, ELSEWHERE) is None
    with pytest.raises(RuntimeError), limits.admitted(ADA):
        raise RuntimeError
    with ExitStack() as under_way:
        assert [under_way.enter_context(limits.admitted(ADA)) for _ in range(2)] == [None, None]


def test_what_is_refused_uses_nothing_up() -> None:
    clock = MovableClock()
    limits = CallLimits(person=Limit(60, 1), org=Limit(61, 9), clock=clock)
    with limits.admitted(ADA) as first:
        assert first is None
        assert all(refusal(limits, ADA) for _ in range(200))
    assert [refusal(limits, ADA) for _ in range(59)] == [None] * 59
    assert all(refusal(limits, ADA) for _ in range(200))
    assert refusal(limits, BEA) is None, "the org's last one"


@pytest.fixture
def limited_world() -> Generator[World]:
    with world(meetings=0) as made:
        made.services = replace(made.services, limits=CallLimits(person=Limit(2, 9), org=UNLIMITED, clock=made.clock))
        yield made


@pytest.mark.anyio
@pytest.mark.parametrize("tool", ["query_meetings", "cancel_meeting"])
async def test_a_refused_call_costs_salesforce_nothing_and_is_in_the_audit(limited_world: World, tool: str) -> None:
    rep = limited_world.caller("rep1")
    for _ in range(2):
        await limited_world.ask(rep, "query_meetings")
    limited_world.audit.reads.clear()
    arguments = {"meeting_id": "BKT-9999999"} if tool == "cancel_meeting" else {}
    result = await limited_world.result(rep, tool, arguments)
    assert result.is_error
    assert result.structured_content is not None
    assert result.structured_content["error"]["code"] == "rate_limited"
    assert result.structured_content["retry_after_seconds"] == 30
    ((row, outcome),) = limited_world.audit.reads
    assert limited_world.audit.writes == []
    assert (row.tool, row.user_id, outcome.code, outcome.salesforce_calls) == (tool, rep.user_id, "rate_limited", 0)
