"""Two customers' orgs at one server: neither sees the other, by answer, id, cursor, offer, confirmation or audit."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Generator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.demo.mcp_client import MemoryStorage
from app.store.database import Database
from app.store.orgs import Orgs
from scripts.benchmarks import mcp_calls
from tests.support.neighbour import ADDRESS, NAME, ORG_ID, Neighbour, two_orgs
from tests.support.running_server import RunningServer

pytestmark = pytest.mark.anyio

WITHIN = timedelta(seconds=30)
"""Of which a disabled org's access ends."""
MEETINGS = "LeanData__BookIt_Meeting__c"
LOOK_UPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("whoami", {}),
    ("query_meetings", {"period": "last_30_days", "detail": True, "limit": 50}),
    ("query_meetings", {"group_by": ["host", "pool"], "period": "last_30_days"}),
    ("query_meetings", {"prospect": "Jordan Lee"}),
    ("lookup_user", {"groups": ["identity", "schedule", "integrations", "links"]}),
    ("lookup_user", {"user": "me"}),
    ("lookup_pool", {"groups": ["identity", "configuration", "membership"]}),
    ("lookup_meeting_type", {"groups": ["scheduling", "form", "presentation"]}),
    ("get_scheduling_links", {"user": "me"}),
    ("list_credit_requests", {}),
    ("view_counts", {"pool": "SDR Pool"}),
    ("preview_availability", {"meeting_type": "Outbound Demo", "pool": "SDR Pool", "detail": True}),
)


@dataclass
class Side:
    """One org's admin at the server."""

    http: httpx2.AsyncClient
    token: str

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured answer, an error's too."""
        content = mcp_calls.body(tool, json.dumps(arguments)) % 1
        answer = await self.http.post("/mcp", content=content, headers=mcp_calls.headers(tool, self.token))
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]["structuredContent"]

    async def code(self, tool: str, **arguments: Any) -> str:
        """The error's code, or `ok`."""
        answer = await self.call(tool, **arguments)
        return answer["error"]["code"] if "error" in answer else "ok"


@dataclass
class Street:
    """The server with both orgs, and the admin of each."""

    server: RunningServer
    neighbour: Neighbour
    ours: Side
    theirs: Side


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[RunningServer, Neighbour]]:
    with two_orgs(tmp_path_factory.mktemp("street")) as running:
        yield running


@pytest.fixture
async def street(both: tuple[RunningServer, Neighbour]) -> AsyncGenerator[Street]:
    server, other = both
    async with httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as http:
        ours = Side(http, await _token(server, "admin"))
        yield Street(server, other, ours, Side(http, await other.access_token("admin")))


async def _token(server: RunningServer, handle: str) -> str:
    storage = MemoryStorage()
    async with server.signed_in(handle, storage=storage) as client:
        await client.list_tools()
    tokens = await storage.get_tokens()
    assert tokens is not None
    return tokens.access_token


@dataclass(frozen=True, slots=True)
class Marks:
    """How many addresses and names an answer holds, of our org and of the neighbour's."""

    ours: int
    theirs: int


def marks(server: RunningServer, answer: Mapping[str, Any]) -> Marks:
    """Names: of people, pools, meeting types and teams, whole."""
    text = json.dumps(answer, ensure_ascii=False)
    rows = server.data.rows
    names = {f"{row['FirstName']} {row['LastName']}" for row in rows["User"]}
    names |= {row["LeanData__Grouping_Name__c"] for row in rows["LeanData__BookIt_Pool__c"]}
    names |= {row["LeanData__Display_Name__c"] for row in rows["LeanData__BookIt_Meeting_Type__c"]}
    names |= {row["Name"] for row in rows["LeanData__BookIt_Team__c"]}
    either = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    theirs = text.count(ADDRESS) + len(re.findall(rf'"(?:{either}){NAME}"', text))
    return Marks(text.count(".example") - text.count(ADDRESS) + len(re.findall(rf'"(?:{either})"', text)), theirs)


async def test_no_answer_holds_anything_of_the_other_org(street: Street) -> None:
    """Both ask the same, with the same ids behind it, at the same time and in turn, so that a cache that forgets whose
    it is would be filled by one and read by the other."""
    found = [0, 0]
    for _ in range(2):
        for tool, asked in LOOK_UPS:
            named = {name: value + NAME if name in {"pool", "meeting_type"} else value for name, value in asked.items()}
            ours, theirs = await asyncio.gather(street.ours.call(tool, **asked), street.theirs.call(tool, **named))
            again = await street.ours.call(tool, **asked)
            for answer in (ours, theirs, again):
                assert "error" not in answer, (tool, answer)
            assert marks(street.server, ours).theirs == 0, tool
            assert marks(street.server, theirs).ours == 0, tool
            assert marks(street.server, again) == marks(street.server, ours), tool
            found[0] += marks(street.server, ours).ours
            found[1] += marks(street.server, theirs).theirs
    assert min(found) > 100, "the answers hold names and addresses"
    assert (await street.ours.call("whoami"))["org"]["name"] != (await street.theirs.call("whoami"))["org"]["name"]


async def test_an_id_of_the_other_org_is_not_found(street: Street) -> None:
    """The attacker reads ids somewhere, or counts them up. Those that our org has not answer as those that nobody has;
    those that both have mean our own."""
    own = {row["Id"] for row in street.server.data.rows[MEETINGS]}
    foreign = next(row["Id"] for row in reversed(street.neighbour.data.rows[MEETINGS]) if row["Id"] not in own)
    assert (await street.theirs.call("query_meetings", meeting_id=foreign))["items"]
    attempts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("query_meetings", {}),
        ("cancel_meeting", {}),
        ("reschedule_meeting", {"start": "2026-11-27T10:00:00-08:00"}),
        ("reassign_meeting", {}),
        ("request_credit", {"reason": "no_show"}),
        ("explain_assignment", {}),
    )
    for tool, arguments in attempts:
        answers = [
            (await street.ours.call(tool, meeting_id=each, **arguments)).get("error")
            for each in (foreign, f"{foreign[:9]}999999{foreign[15:]}")
        ]
        assert [answer and answer["code"] for answer in answers] == ["not_found"] * 2, tool
    shared = next(row["Id"] for row in street.neighbour.data.rows[MEETINGS] if row["Id"] in own)
    ours, theirs = [
        (await side.call("query_meetings", meeting_id=shared))["items"][0] for side in (street.ours, street.theirs)
    ]
    assert ours["meeting_id"] == theirs["meeting_id"] == shared
    assert marks(street.server, ours).theirs == marks(street.server, theirs).ours == 0


async def test_a_cursor_an_offer_and_a_confirmation_are_worth_nothing_in_the_other_org(street: Street) -> None:
    """The attacker has somebody's cursor, offer or confirm token, and an admin's sign-in in another org, where the same
    ids exist."""
    asked = {"period": "last_30_days", "limit": 5}
    cursor = (await street.ours.call("query_meetings", **asked))["next_cursor"]
    assert await street.theirs.code("query_meetings", **asked, cursor=cursor) == "invalid_argument"
    assert await street.ours.code("query_meetings", **asked, cursor=cursor) == "ok"

    theirs = {row["Id"] for row in street.neighbour.data.rows[MEETINGS]}
    upcoming = await street.ours.call("query_meetings", upcoming_only=True, status=["scheduled"], limit=100)
    meeting_id = next(each["meeting_id"] for each in upcoming["items"] if each["meeting_id"] in theirs)
    before = await street.theirs.call("query_meetings", meeting_id=meeting_id)
    token = (await street.ours.call("cancel_meeting", meeting_id=meeting_id))["confirm_token"]
    refused = await street.theirs.code("cancel_meeting", meeting_id=meeting_id, confirm_token=token)
    assert refused == "invalid_argument"
    assert await street.theirs.call("query_meetings", meeting_id=meeting_id) == before

    free = await street.ours.call("preview_availability", meeting_type="Outbound Demo", pool="SDR Pool")
    day = next(day for day in free["days"] if day["starts"])
    start = f"{day['date']}T{day['starts'][0][:5]}:00{day['starts'][0][5:]}"
    booking = {
        "offer_id": free["offer_id"],
        "start": start,
        "prospect": {"email": "x@new.example", "first_name": "X", "last_name": "Y", "company": "Z"},
    }
    assert await street.theirs.code("book_meeting", **booking) == "invalid_argument"
    assert await street.ours.code("book_meeting", **booking) == "ok"


async def test_each_row_of_the_audit_is_of_one_org_and_its_own_person(street: Street) -> None:
    """The same person's id stands in both orgs: what one did is not written down for the other."""
    await asyncio.gather(*(side.call("whoami") for side in (street.ours, street.theirs) for _ in range(5)))
    rows = street.server.eventually("SELECT DISTINCT org_id, user_id FROM audit", 2)
    ours = street.server.org.org.info.org_id
    admins = {ours: street.server.data.people["admin"], ORG_ID: street.neighbour.data.people["admin"]}
    assert {row["org_id"]: row["user_id"] for row in rows} == admins


async def test_one_orgs_end_is_not_the_others(tmp_path: Path) -> None:
    """Our org is disabled: its tokens open nothing any more, and the neighbour works on. Then the other way round."""
    with two_orgs(tmp_path, meetings=10) as (server, other):
        async with httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as http:
            tokens = {
                server.org.org.info.org_id: await _token(server, "admin"),
                ORG_ID: await other.access_token("admin"),
            }
            database = Database(server.settings.database_url)
            orgs = Orgs(database, server.clock)
            try:
                for ended, (org_id, token) in enumerate(tokens.items()):
                    before = [await _status(http, each) for each in tokens.values()]
                    assert before == [401] * ended + [200] * (2 - ended)
                    await orgs.disable(org_id)
                    server.clock.advance(WITHIN)
                    assert await _status(http, token) == 401
            finally:
                await database.dispose()


async def _status(http: httpx2.AsyncClient, token: str) -> int:
    content = mcp_calls.body("whoami", "{}") % 1
    return (await http.post("/mcp", content=content, headers=mcp_calls.headers("whoami", token))).status_code
