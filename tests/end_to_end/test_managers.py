"""A manager sees his people's rows in Salesforce; BookIt's User scope still answers his own meetings only."""

from __future__ import annotations

import pytest

from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio

_DAYS = {"start": "2026-01-01T00:00:00Z", "end": "2028-01-01T00:00:00Z", "limit": 100}


def _own_meetings(server: RunningServer, handle: str) -> set[str]:
    """The meetings that he is on, host or not."""
    user = server.data.people[handle]
    attendees = server.data.of("LeanData__BookIt_Attendee__c")
    return {row["LeanData__Meeting__c"] for row in attendees if row["LeanData__User__c"] == user}


@pytest.mark.parametrize("handle", ["managerwest", "managersdr", "vp"])
async def test_a_manager_reads_his_own_meetings_only(demo_server: RunningServer, handle: str) -> None:
    owned = demo_server.org.org.acting(demo_server.data.people[handle])
    of_reps = owned.query("SELECT COUNT() FROM Event WHERE OwnerId IN (SELECT Id FROM User WHERE UserRoleId != null)")
    assert of_reps["totalSize"] > 0, "the role hierarchy shows him the events of his people"
    async with demo_server.signed_in(handle) as client:
        me = (await client.call_tool("whoami", {})).structured_content
        answer = (await client.call_tool("query_meetings", dict(_DAYS))).structured_content
    assert me is not None
    assert answer is not None
    assert me["scope"] == "user"
    assert {item["meeting_id"] for item in answer["items"]} == _own_meetings(demo_server, handle)
    assert answer["total"] == len(_own_meetings(demo_server, handle)) == (0 if handle == "vp" else 1)
