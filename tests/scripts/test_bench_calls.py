"""`scripts/bench calls` asks every tool that reads, and tells what costs too much; no time is asserted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from app.mcp.arguments import parse_arguments
from app.mcp.registry import all_tools
from app.org.caller import Scope
from scripts.benchmarks.calls import Cost, Refused, measured, print_costs
from scripts.benchmarks.questions import QUESTIONS, Question
from scripts.benchmarks.wide_pool import MEMBERS, NAME, add_wide_pool
from tests.support.running_server import running_server


def test_every_tool_that_reads_is_asked_in_each_of_its_scopes_with_arguments_that_it_takes() -> None:
    reading = {
        (tool.name, scope)
        for scope in Scope
        for tool in all_tools().listed(scope)
        if tool.annotations is not None and tool.annotations.read_only_hint
    }
    assert {(question.tool, question.scope) for question in QUESTIONS} == reading
    for question in QUESTIONS:
        tool = all_tools().find(question.tool, question.scope)
        assert tool is not None
        parse_arguments(tool.exposures[question.scope].arguments, question.arguments)


def test_calls_are_counted_cold_and_warm_and_a_question_without_an_answer_is_no_cost(tmp_path: Path) -> None:
    pools = Question("lookup_pool", Scope.ADMIN, "a pool of fifty", {"pool": NAME})
    users = Question("lookup_meeting_type", Scope.USER, "which types there are")
    unanswered = replace(pools, arguments={"pool": "no such pool at all"})
    with running_server(tmp_path, meetings=5, change_org=add_wide_pool) as server:
        members = "LeanData__BookIt_Pool_Member__c WHERE LeanData__Pool__r.LeanData__Grouping_Name__c"
        counted = server.org.org.as_system().query(f"SELECT COUNT() FROM {members} = '{NAME}'")
        assert counted["totalSize"] == MEMBERS

        async def ask() -> list[Cost]:
            found = await measured(server, [pools, users], rounds=2)
            with pytest.raises(Refused, match="not_found"):
                await measured(server, [unanswered], rounds=1)
            return found

        found = anyio.run(ask)
    assert [(cost.question, cost.cold, cost.warm) for cost in found] == [(pools, 2, 1), (users, 2, 1)]


def test_what_costs_more_than_it_may_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    question = Question("whoami", Scope.USER, "who am I")
    costs = [Cost(question, cold=1, warm=0, milliseconds=2.5), Cost(question, cold=1, warm=1, milliseconds=2.5)]
    assert [cost.is_too_much for cost in costs] == [False, True]
    print_costs(costs)
    _, right, wrong = capsys.readouterr().out.splitlines()
    assert "TOO MUCH" not in right
    assert wrong.endswith("TOO MUCH")
