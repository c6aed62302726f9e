"""The zone of the machine decides nothing. scripts/test runs this file under three of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.demo.questions import questions
from tests.support.running_server import running_server

pytestmark = pytest.mark.anyio


async def test_answers_are_in_the_callers_zone_wherever_the_server_stands(tmp_path: Path) -> None:
    friday_night = datetime(2026, 11, 27, 23, 50, tzinfo=ZoneInfo("America/Los_Angeles"))
    with running_server(tmp_path, now=friday_night) as server:
        async with server.signed_in("rep1") as client:
            me = (await client.call_tool("whoami", {})).structured_content
            tomorrow = (await client.call_tool("query_meetings", {"period": "tomorrow"})).structured_content
            asked = [each for each in questions(server.reading) if each.asker == "rep1@demo.example"]
            for question in asked:
                answer = (await client.call_tool(question.tool, dict(question.arguments))).structured_content
                assert answer is not None
                assert question.holds(answer) == question.expected
        async with server.signed_in("rep9") as client:
            in_india = (await client.call_tool("whoami", {})).structured_content
        assert {row["at"] for row in server.audit(len(asked) + 3)} == {"2026-11-28 07:50:00.000000"}
    assert me is not None
    assert me["now"] == {
        "local": "2026-11-27T23:50:00-08:00",
        "utc": "2026-11-28T07:50:00Z",
        "timezone": "America/Los_Angeles",
        "weekday": "Friday",
    }
    assert tomorrow is not None
    assert tomorrow["range"]["start"]["local"] == "2026-11-28T00:00:00-08:00"
    assert tomorrow["range"]["end"]["utc"] == "2026-11-29T08:00:00Z"
    assert "2026-11-28T14:00:00-08:00" in [item["start"]["local"] for item in tomorrow["items"]]
    assert in_india is not None
    assert in_india["now"]["local"] == "2026-11-28T13:20:00+05:30"
