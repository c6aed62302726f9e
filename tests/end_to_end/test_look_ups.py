"""The look-ups over the socket, in both scopes and on both versions of BookIt that are supported."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import pytest
from mcp.client import Client

from app.demo.reading import field
from tests.support.running_server import RunningServer, running_server

pytestmark = pytest.mark.anyio

ADMIN: Mapping[str, Mapping[str, Any]] = {
    "lookup_user": {"pool": "SDR Pool", "groups": ["identity", "schedule", "integrations", "links"]},
    "lookup_pool": {"groups": ["identity", "configuration", "membership"]},
    "lookup_meeting_type": {"groups": ["scheduling", "form", "presentation"]},
    "get_scheduling_links": {"team": "West"},
    "preview_availability": {"pool": "SDR Pool", "meeting_type": "Outbound Demo", "period": "next_14_days"},
    "view_counts": {"pool": "SDR Pool", "history": True},
    "query_meetings": {"pool": "SDR Pool"},
}
USER: Mapping[str, Mapping[str, Any]] = {
    "lookup_user": {"groups": ["identity", "schedule", "integrations", "links"]},
    "lookup_meeting_type": {"groups": ["scheduling", "form", "presentation"]},
    "get_scheduling_links": {},
    "preview_availability": {"meeting_type": "30-minute intro", "period": "next_14_days"},
    "query_meetings": {},
}
CALLS = {"preview_availability": 2}
"""Round trips to Salesforce when names are warm; every other look-up is one."""


@pytest.fixture(scope="module", params=[7, 8])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningServer]:
    folder = tmp_path_factory.mktemp("look_ups")
    with running_server(folder, bookit_version=request.param) as running:
        yield running


@pytest.mark.requirement("beta.versions", "overview.structured_answers")
@pytest.mark.parametrize(("handle", "asked"), [("admin", ADMIN), ("rep1", USER)])
async def test_every_look_up_has_an_answer_for_its_scope_at_its_price(
    server: RunningServer, handle: str, asked: Mapping[str, Mapping[str, Any]]
) -> None:
    before = len(server.rows("SELECT * FROM audit"))
    async with server.signed_in(handle) as client:
        for _ in range(2):
            for tool, arguments in asked.items():
                answer = await call(client, tool, arguments)
                assert answer.get("total", 1) > 0, tool
    audit = server.audit(before + 2 * len(asked))
    warm = {row["tool"]: row["salesforce_calls"] for row in audit[-len(asked) :]}
    assert warm == {tool: CALLS.get(tool, 1) for tool in asked}


@pytest.mark.requirement("read.counts.why")
async def test_an_admin_learns_why_a_host_was_chosen(server: RunningServer) -> None:
    meeting = next(
        row
        for row in sorted(server.reading.meetings, key=lambda row: field(row, "Booked_Date"), reverse=True)
        if field(row, "Pool") and field(row, "Selection_Snapshot")
    )
    async with server.signed_in("admin") as client:
        answer = await call(client, "explain_assignment", {"meeting_id": meeting["Id"]})
    assert answer["outcome"] == "explained"
    assert [each["user_id"] for each in answer["candidates"] if each["chosen"]] == [field(meeting, "Original_Host")]


@pytest.mark.requirement("scope.hidden_record", "read.links.user")
async def test_somebody_elses_link_is_as_missing_as_one_that_never_was(server: RunningServer) -> None:
    async with server.signed_in("rep1") as client:
        mine = await call(client, "get_scheduling_links", {})
        refused = [
            await refusal(client, "get_scheduling_links", {"link_id": link_id})
            for link_id in ("rep2-intro", "no-such-link")
        ]
    assert {link["link_id"] for link in mine["items"]} == {"rep1-intro", "rep1-deep-dive"}
    assert {each["code"] for each in refused} == {"not_found"}
    assert refused[0]["message"].replace("rep2-intro", "X") == refused[1]["message"].replace("no-such-link", "X")
    assert refused[0]["hint"] == refused[1]["hint"]


async def call(client: Client, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    result = await client.call_tool(tool, dict(arguments))
    assert not result.is_error, (tool, result.structured_content)
    assert result.structured_content is not None
    return result.structured_content


async def refusal(client: Client, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    result = await client.call_tool(tool, dict(arguments))
    assert result.is_error
    assert result.structured_content is not None
    return result.structured_content["error"]
