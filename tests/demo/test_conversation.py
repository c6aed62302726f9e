"""The demo checks every answer: right ones pass, and one row too few in the reading is noticed."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pydantic import SecretStr
from rich.console import Console

from app.demo import conversation
from app.demo.deeds import deeds
from app.demo.questions import questions
from app.demo.reading import Reading, field
from tests.support.local_org import PASSWORD
from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def the_password_of_the_test_org(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "PASSWORD", SecretStr(PASSWORD))


async def _held(server: RunningServer, reading: Reading) -> tuple[bool, str]:
    printed = io.StringIO()
    right = await conversation.converse(server.url, reading, Console(file=printed, width=200))
    return right, printed.getvalue()


async def test_questions_answers_and_verdicts_are_printed(demo_server: RunningServer) -> None:
    right, printed = await _held(demo_server, demo_server.reading)
    assert right
    assert printed.count("✓ as a plain reading of the data says") == len(questions(demo_server.reading))
    assert "Show me all cancelled meetings for the Enterprise AMEA Pool last week." in printed
    assert "https://zoom.example/j/" in printed
    assert "scope admin" in printed
    assert "scope user" in printed
    assert PASSWORD not in printed


async def test_an_answer_that_the_data_does_not_bear_out_is_wrong(demo_server: RunningServer) -> None:
    reading = demo_server.reading
    one_less = [row for row in reading.meetings if field(row, "Prospect_Name") != "Ruth Ramanson"]
    assert len(one_less) == len(reading.meetings) - 1
    rows = {**reading.rows, "LeanData__BookIt_Meeting__c": one_less}
    right, printed = await _held(demo_server, replace(reading, rows=rows))
    assert not right
    # The meeting was canceled last week, and it was an Inbound Demo: two questions are about it.
    assert printed.count("✗ wrong or empty") == 2
    assert printed.count("✓") == len(questions(reading)) - 2


async def test_deeds_are_previewed_done_and_looked_at_again(own_server: RunningServer) -> None:
    printed = io.StringIO()
    wishes = deeds(own_server.reading)
    assert await conversation.act(own_server.url, wishes, Console(file=printed, width=200))
    assert printed.getvalue().count("✓ the meeting now says") == len(wishes) == 2
    assert "status: scheduled → canceled" in printed.getvalue()


async def test_a_deed_that_comes_out_otherwise_is_wrong(own_server: RunningServer) -> None:
    printed = io.StringIO()
    cancel, credit = deeds(own_server.reading)
    wrong = (replace(cancel, afterwards={"status": "scheduled"}), replace(credit, expected=cancel.expected))
    assert not await conversation.act(own_server.url, wrong, Console(file=printed, width=200))
    assert printed.getvalue().count("✗") == 2
