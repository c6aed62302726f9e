"""The guide's example questions, asked at instants where calendars play tricks: each has a right, non-empty answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.demo.deeds import deeds
from app.demo.environment import ADMIN, REP
from app.demo.questions import questions
from tests.support.running_server import RunningServer, running_server

pytestmark = pytest.mark.anyio

REP_ZONE, ADMIN_ZONE = ZoneInfo("America/Los_Angeles"), ZoneInfo("America/New_York")

INSTANTS = {
    "a Monday morning": datetime(2026, 11, 23, 7, 30, tzinfo=REP_ZONE),
    "late on the rep's Sunday": datetime(2026, 11, 22, 23, 40, tzinfo=REP_ZONE),
    "the last minute of the rep's week": datetime(2026, 11, 22, 23, 59, 30, tzinfo=REP_ZONE),
    "late on the admin's Sunday": datetime(2026, 11, 22, 23, 40, tzinfo=ADMIN_ZONE),
    "late on the rep's Friday": datetime(2026, 11, 27, 23, 50, tzinfo=REP_ZONE),
    "the admin's month has just begun": datetime(2026, 12, 1, 0, 10, tzinfo=ADMIN_ZONE),
    "29 February": datetime(2028, 2, 29, 12, 0, tzinfo=REP_ZONE),
    "29 February is tomorrow": datetime(2028, 2, 28, 23, 55, tzinfo=REP_ZONE),
    "clocks go forward tonight": datetime(2027, 3, 13, 23, 30, tzinfo=REP_ZONE),
    "clocks have just gone forward": datetime(2027, 3, 14, 3, 0, tzinfo=REP_ZONE),
    "the hour that comes twice, the first time": datetime(2026, 11, 1, 1, 30, tzinfo=REP_ZONE),
    "the hour that comes twice, the second time": datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=REP_ZONE),
    "31 December": datetime(2026, 12, 31, 23, 30, tzinfo=REP_ZONE),
    "the admin's year has just begun": datetime(2027, 1, 1, 0, 10, tzinfo=ADMIN_ZONE),
}


@pytest.mark.requirement(
    "question.canceled_pool_last_week", "question.month_comparison", "question.my_week", "question.conference_link"
)
@pytest.mark.parametrize("instant", INSTANTS.values(), ids=INSTANTS)
async def test_every_question_has_the_answer_of_a_plain_reading(tmp_path: Path, instant: datetime) -> None:
    with running_server(tmp_path, now=instant) as server:
        asked = questions(server.reading)
        assert {question.asker for question in asked} == {ADMIN, REP}
        for asker in (ADMIN, REP):
            async with server.signed_in(asker.partition("@")[0]) as client:
                for question in (each for each in asked if each.asker == asker):
                    result = await client.call_tool(question.tool, dict(question.arguments))
                    assert result.structured_content is not None
                    assert not result.is_error, result.structured_content
                    assert question.expected, question.text
                    assert question.holds(result.structured_content) == question.expected, question.text
                    assert question.table(result.structured_content), question.text
            if asker == REP:
                await _carry_out(server)


async def _carry_out(server: RunningServer) -> None:
    """The two deeds of the guide, on the meetings that a plain reading names."""
    wishes = deeds(server.reading)
    async with server.signed_in("rep1") as client:
        for deed in wishes:
            found = (await client.call_tool("query_meetings", dict(deed.find))).structured_content
            assert found is not None
            assert [meeting["meeting_id"] for meeting in found["items"]] == [deed.expected], deed.text
            asked = {"meeting_id": deed.expected, **deed.arguments}
            preview = (await client.call_tool(deed.tool, asked)).structured_content
            assert preview is not None
            done = await client.call_tool(deed.tool, {**asked, "confirm_token": preview["confirm_token"]})
            assert not done.is_error, done.structured_content
            after = (await client.call_tool("query_meetings", {"meeting_id": deed.expected})).structured_content
            assert after is not None
            assert {name: after["items"][0][name] for name in deed.afterwards} == deed.afterwards, deed.text
