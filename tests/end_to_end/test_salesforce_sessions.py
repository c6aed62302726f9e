"""What happens to a Salesforce session is not the caller's to notice, until only he can mend it."""

from __future__ import annotations

import pytest

from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio


async def test_a_session_that_ended_is_renewed_within_the_call(own_server: RunningServer) -> None:
    async with own_server.signed_in("rep1") as client:
        first = (await client.call_tool("query_meetings", {"period": "next_7_days"})).structured_content
        before = own_server.rows("SELECT purpose, version FROM salesforce_grants ORDER BY purpose")
        own_server.org.controls.tokens.end_sessions()
        again = (await client.call_tool("query_meetings", {"period": "next_7_days"})).structured_content
    assert first is not None
    assert again == first
    after = own_server.rows("SELECT purpose, version FROM salesforce_grants ORDER BY purpose")
    assert [row["purpose"] for row in after if row not in before] == ["person"]


async def test_a_grant_that_was_revoked_in_salesforce_says_how_to_go_on(own_server: RunningServer) -> None:
    async with own_server.signed_in("rep1") as client:
        assert not (await client.call_tool("query_meetings", {})).is_error
        own_server.org.controls.tokens.end_grants(own_server.data.people["rep1"])
        answer = await client.call_tool("query_meetings", {})
        assert answer.is_error
        assert answer.structured_content is not None
        assert answer.structured_content["error"]["code"] == "reconnect_required"
    async with own_server.signed_in("rep1") as client:
        assert not (await client.call_tool("query_meetings", {})).is_error


async def test_one_persons_lost_grant_is_nobody_elses(own_server: RunningServer) -> None:
    async with own_server.signed_in("rep1") as rep, own_server.signed_in("admin") as admin:
        own_server.org.controls.tokens.end_grants(own_server.data.people["rep1"])
        assert (await rep.call_tool("query_meetings", {})).is_error
        assert not (await admin.call_tool("query_meetings", {})).is_error
