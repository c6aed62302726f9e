"""What an admin takes away in Salesforce is off by name, for whom it is gone, without a restart; and comes back."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from mcp.client import Client

from app.local_org.demo_data.model import DemoData
from app.local_org.org import LocalOrg
from app.local_org.schema.model import FieldPermission, PermissionSet, Schema
from app.mcp.registry import all_tools
from app.server import sign_in_services
from app.signin.org_rechecks import CHECK_AFTER_REFUSAL, CHECK_EVERY, CHECK_EVERY_WHILE_OFF
from app.signin.org_statuses import ENTRY_SECONDS
from app.store.database import Database
from soql.statements import load_statements
from tests.support.running_server import RunningServer, apart, running_server
from tests.support.wire import Wire

pytestmark = pytest.mark.anyio

LINK = "LeanData__BookIt_Meeting__c.LeanData__Conference_Link__c"
OWN_SET = "Sees_Links"
"""A permission set that alone shows a field: to take it away is to take away the field."""


OFF_WITHOUT_THE_LINK = {
    "query_meetings",
    "query_meetings (detail)",
    "actions",
    "cancel_meeting",
    "request_credit",
    "reschedule_meeting",
}
OFF_FOR_ADMINS = {"reassign_meeting", "review_credit_request"}
"""A user has no such tools, and hears nothing of them."""


def _show_by_own_set(field: str, schema: Schema) -> Schema:
    def without(held: PermissionSet) -> PermissionSet:
        kept = {name: access for name, access in held.field_permissions.items() if name != field}
        return replace(held, field_permissions=kept)

    own = PermissionSet(
        OWN_SET, None, OWN_SET, field_permissions={field: FieldPermission(readable=True, editable=True)}
    )
    return replace(schema, permission_sets=(*map(without, schema.permission_sets), own))


def _give_to_all(org: LocalOrg, data: DemoData) -> None:
    for handle in ("admin", "rep1"):
        _give(org, data.people[handle])


def _give(org: LocalOrg, user_id: str) -> None:
    found = org.as_system().query(f"SELECT Id FROM PermissionSet WHERE Name = '{OWN_SET}'")["records"]
    org.load("PermissionSetAssignment", [{"AssigneeId": user_id, "PermissionSetId": found[0]["Id"], "IsActive": True}])


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def server(tmp_path: Path, wire: Wire) -> Generator[RunningServer]:
    with running_server(
        tmp_path,
        change_schema=lambda schema: _show_by_own_set(LINK, schema),
        change_org=_give_to_all,
        around_org=wire.around,
    ) as running:
        yield running


async def _answer(client: Client, tool: str, **arguments: Any) -> Mapping[str, Any]:
    answer: Any = (await client.call_tool(tool, arguments)).structured_content
    assert isinstance(answer, dict)
    return cast("Mapping[str, Any]", answer)


async def _off(client: Client) -> dict[str, str]:
    return {each["what"]: each["why"] for each in (await _answer(client, "whoami"))["off"]}


def _recheck(server: RunningServer) -> tuple[str, ...]:
    """What the server does in the background, done now by another process."""

    async def sweep() -> tuple[str, ...]:
        database = Database(server.settings.database_url)
        services = sign_in_services(server.settings, database, server.clock)
        try:
            return await services.rechecks.sweep()
        finally:
            services.gateway.close()
            await database.dispose()

    return apart(sweep)


async def test_a_field_that_is_gone_turns_off_what_needs_it_and_comes_back(server: RunningServer) -> None:
    async with server.signed_in("admin") as admin, server.signed_in("rep1") as rep:
        assert await _off(admin) == {}
        assert await _off(rep) == {}
        for handle in ("admin", "rep1"):
            server.take_sets(handle, OWN_SET)

        refused = await _answer(rep, "query_meetings", period="this_week")
        assert refused["error"]["code"] == "failed"
        assert LINK in refused["error"]["message"]
        assert "whoami" in refused["error"]["hint"]
        assert "SELECT" not in str(refused)
        # At once, from his own refusal: nobody has looked at the org again yet.
        assert LINK in (await _off(rep))["query_meetings"]

        server.clock.advance(CHECK_EVERY)
        assert _recheck(server) == (server.org.org.info.org_id,)
        for client in (admin, rep):
            off = await _off(client)
            assert set(off) == OFF_WITHOUT_THE_LINK | (OFF_FOR_ADMINS if client is admin else set[str]())
            assert LINK in off["query_meetings (detail)"]

        _give_to_all(server.org.org, server.data)
        server.clock.advance(CHECK_EVERY_WHILE_OFF)
        assert _recheck(server)
        assert "items" in await _answer(rep, "query_meetings", period="this_week")
        server.clock.advance(timedelta(seconds=ENTRY_SECONDS + 1))
        assert await _off(admin) == {}
        assert await _off(rep) == {}


async def test_what_one_user_may_not_see_is_off_for_him_alone(server: RunningServer) -> None:
    async with server.signed_in("admin") as admin, server.signed_in("rep1") as rep:
        server.take_sets("rep1", OWN_SET)
        assert (await _answer(rep, "query_meetings", period="this_week"))["error"]["code"] == "failed"
        assert "items" in await _answer(admin, "query_meetings", period="this_week")
        assert set(await _off(rep)) == {"query_meetings"}
        assert await _off(admin) == {}
        _give(server.org.org, server.data.people["rep1"])
        assert "items" in await _answer(rep, "query_meetings", period="this_week")
        assert await _off(rep) == {}


async def test_no_call_of_a_tool_waits_for_a_describe(server: RunningServer, wire: Wire) -> None:
    async with server.signed_in("admin") as admin:
        server.clock.advance(timedelta(minutes=50))  # the sign-in lives on, the last check is old
        wire.requests.clear()
        await _answer(admin, "whoami")
        await _answer(admin, "query_meetings", period="this_week")
        assert wire.to("/describe") == []
        assert [each["salesforce_calls"] for each in server.audit(2)] == [1, 1]


def test_an_org_is_checked_again_when_it_is_due_and_not_before(server: RunningServer, wire: Wire) -> None:
    wire.requests.clear()
    assert _recheck(server) == ()
    assert wire.requests == []
    server.clock.advance(CHECK_EVERY)
    assert len(_recheck(server)) == 1
    assert _recheck(server) == ()
    assert CHECK_AFTER_REFUSAL < CHECK_EVERY_WHILE_OFF < CHECK_EVERY


def test_every_statement_of_a_caller_is_declared_by_a_tool() -> None:
    declared = {name for names in all_tools().statements().values() for name in names}
    files = load_statements()
    assert declared <= files.keys()
    assert {name for name, file in files.items() if file.scopes & {"admin", "user"}} <= declared
