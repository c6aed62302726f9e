"""An org's faults as a tool's caller meets them: the code, the audit row, and nothing of Salesforce's inside."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client

from app.org.limits import PROBE_EVERY
from tests.support.running_server import RunningServer, running_server
from tests.support.wire import Wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

SECRETS = ("SELECT", "/services/", "Bearer ", "access_token", "refresh_token")
EVERY_API_CALL = {"path": "/services/data/*"}


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def server(tmp_path: Path, wire: Wire) -> Generator[RunningServer]:
    with running_server(
        tmp_path, meetings=20, faults=True, around_org=wire.around, SALESFORCE_TIMEOUT_SECONDS="1"
    ) as running:
        yield running


async def _code(client: Client, tool: str, **arguments: Any) -> str:
    """`ok`, or the code of the error; the answer tells nothing of Salesforce's."""
    answered = await client.call_tool(tool, arguments)
    structured: Any = answered.structured_content
    told = json.dumps(structured) + str(answered.content)
    if not answered.is_error:
        return "ok"
    assert [secret for secret in SECRETS if secret in told] == []
    assert structured["error"]["request_id"]
    return structured["error"]["code"]


FAULTS: tuple[tuple[str, Mapping[str, Any], int | None, str, int], ...] = (
    ("unavailable", {}, 1, "ok", 2),
    ("unavailable", {}, None, "salesforce_unavailable", 3),
    ("slow", {"seconds": 2.0}, 1, "salesforce_unavailable", 1),
    ("drop", {"when": "after"}, 1, "ok", 2),
    ("drop", {}, None, "salesforce_unavailable", 2),
    ("truncate", {}, None, "salesforce_unavailable", 2),
    ("refuse", {"status": 400, "code": "UNABLE_TO_LOCK_ROW"}, None, "conflict", 3),
    ("request_limit", {}, None, "salesforce_limit", 1),
    ("expire_session", {}, 1, "ok", 3),
    ("revoke_grant", {}, 1, "reconnect_required", 2),
)
"""Kind, options, times, code, and calls as the audit counts them, a refresh among them."""


async def test_each_fault_has_its_code_at_the_tool_and_in_the_audit(server: RunningServer, wire: Wire) -> None:
    clear = server.org.controls.faults
    assert clear is not None
    async with server.signed_in("rep1") as client:
        assert await _code(client, "whoami") == "ok"
        expected = [("whoami", "ok", 1)]
        for kind, options, times, code, calls in FAULTS:
            server.org.fault(kind, **options, times=times, match=EVERY_API_CALL)
            wire.requests.clear()
            assert await _code(client, "query_meetings", period="this_week") == code, kind
            assert len(wire.requests) == calls, kind
            expected.append(("query_meetings", code, calls))
            clear.faults.clear()
            if code == "salesforce_limit":
                server.clock.advance(PROBE_EVERY)  # until then reads are shed
    rows = server.audit(len(expected))
    assert [(row["tool"], row["outcome"], row["salesforce_calls"]) for row in rows] == expected
    assert [secret for secret in SECRETS if secret in json.dumps(rows)] == []


async def test_near_the_limit_reads_are_shed_and_sign_in_goes_on(server: RunningServer, wire: Wire) -> None:
    async with server.signed_in("rep1") as client:
        assert await _code(client, "whoami") == "ok"
        server.org.fault("api_usage", share=0.97)
        assert await _code(client, "query_meetings", period="this_week") == "ok"  # its answer tells how near it is
        wire.requests.clear()
        assert await _code(client, "query_meetings", period="this_week") == "salesforce_limit"
        assert wire.requests == []
        async with server.signed_in("admin") as other:
            assert await _code(other, "query_meetings", period="this_week") == "salesforce_limit"
        server.org.fault("api_usage", used=0)
        async with server.signed_in("admin"):  # which reads, and so learns that there is room again
            assert await _code(client, "query_meetings", period="this_week") == "ok"
