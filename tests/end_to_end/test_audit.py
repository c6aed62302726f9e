"""Every call leaves a row for operators, failed ones too, for as long as the settings say, and customers see none."""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from mcp.shared.exceptions import MCPError

from tests.support.running_server import RunningServer, running_server, serving_app

pytestmark = pytest.mark.anyio


@pytest.mark.requirement("security.audit")
async def test_every_call_leaves_a_row_that_says_who_what_and_how_it_ended(own_server: RunningServer) -> None:
    errors: list[str] = []
    async with own_server.signed_in("rep1") as client:
        await client.call_tool("whoami", {})
        found = (await client.call_tool("query_meetings", {"period": "next_7_days"})).structured_content
        for arguments in ({"prospects": "Jordan Lee"}, {"meeting_id": "BKT-9999999"}, {"start": "soon"}):
            answer = (await client.call_tool("query_meetings", arguments)).structured_content
            assert answer is not None
            errors.append(answer["error"]["request_id"])
        with pytest.raises(MCPError):
            await client.call_tool("lookup_pool", {"pool": "SDR Pool"})
    async with own_server.signed_in("admin") as client:
        await client.call_tool("query_meetings", {"group_by": ["status"]})
    rows = own_server.audit(7)
    people = own_server.data.people
    assert found is not None
    assert [(row["tool"], row["outcome"], row["scope"], row["user_id"]) for row in rows] == [
        ("whoami", "ok", "user", people["rep1"]),
        ("query_meetings", "ok", "user", people["rep1"]),
        ("query_meetings", "invalid_argument", "user", people["rep1"]),
        ("query_meetings", "not_found", "user", people["rep1"]),
        ("query_meetings", "invalid_time", "user", people["rep1"]),
        ("lookup_pool", "unknown_tool", "user", people["rep1"]),
        ("query_meetings", "ok", "admin", people["admin"]),
    ]
    assert [row["request_id"] for row in rows[2:5]] == errors
    assert rows[1]["rows"] == len(found["items"]) > 0
    assert {row["org_id"] for row in rows} == {own_server.org.org.info.org_id}
    assert "Jordan" not in str(rows)
    assert "SDR" not in str(rows)


@pytest.mark.requirement("security.retention")
async def test_what_is_past_its_time_is_deleted(tmp_path: Path) -> None:
    with running_server(tmp_path, meetings=0, AUDIT_RETENTION_DAYS="30") as server:
        async with server.signed_in("rep1") as client:
            await client.call_tool("whoami", {})
        server.audit(1)
        assert server.rows("SELECT * FROM access_tokens") != []
        server.clock.advance(timedelta(days=29))
        with _another(server):
            server.eventually("SELECT * FROM access_tokens", 0)
        assert len(server.rows("SELECT * FROM audit")) == 1
        server.clock.advance(timedelta(days=2))
        with _another(server):
            server.eventually("SELECT * FROM audit", 0)


@pytest.mark.requirement("excluded.usage_dashboards")
async def test_what_is_logged_is_shown_to_nobody_over_http(demo_server: RunningServer) -> None:
    async with httpx2.AsyncClient(base_url=demo_server.url) as http:
        assert (await http.get("/health")).status_code == 200
        for path in ("/metrics", "/audit", "/logs", "/usage", "/dashboard", "/admin"):
            assert (await http.get(path)).status_code == 404, path


def _another(server: RunningServer) -> AbstractContextManager[None]:
    """Another replica over the same database: it sweeps when it starts."""
    return serving_app(server.settings, server.clock, socket.create_server(("127.0.0.1", 0)))
