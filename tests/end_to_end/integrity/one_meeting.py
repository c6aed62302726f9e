"""A booking that something happens to, and that is called again: there is one meeting, whole, and one answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import anyio.lowlevel
import httpx2

from app.local_org.demo_data.model import bookit
from app.local_org.demo_data.setup import INBOUND_DEMO, POOL_WEST
from tests.end_to_end.integrity.stage import Stage, Told, booking, free_at, told_by
from tests.support.replicas import Replica

CLAIM = "BookIt_MCP_Claim__c"
COMPOSITE = "*/composite"
AT_CLAIMS = {"match": {"object": CLAIM, "path": COMPOSITE}}
"""They are read, written with the meeting, and written with the lead: three requests of a booking in a row."""


async def agreed_booking(
    stage: Stage, http: httpx2.AsyncClient, day: date, replica: Replica
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """A confirmed booking of the pool for that day, and the preview that was agreed to; asked of that server."""
    offer = await stage.previewed(http, 0, day, meeting_type=INBOUND_DEMO, pool=POOL_WEST, detail=True)
    free = free_at(offer)
    arguments = booking(offer, max(free, key=lambda each: len(free[each])))
    shown = await told_by(http, replica, stage.token, "book_meeting", arguments)
    assert shown.status == "preview", shown.body
    return {**arguments, "confirm_token": shown.body["confirm_token"]}, shown.body["preview"]


async def one_whole_meeting(
    stage: Stage, http: httpx2.AsyncClient, confirmed: Mapping[str, Any], preview: Mapping[str, Any]
) -> Told:
    """The same call at two other servers: both answer what the first would have, and the org holds it once."""
    again = await stage.call(http, 0, "book_meeting", confirmed)
    assert again.status == "done", again.body
    meeting = again.body["meeting"]
    assert {name: meeting[name] for name in preview if name != "told"} == {
        name: preview[name] for name in preview if name != "told"
    }
    # What a dead server had sent is done by now, or refused.
    await anyio.lowlevel.checkpoint()
    once_more = await stage.call(http, 1, "book_meeting", confirmed)
    assert (once_more.status, once_more.body["meeting"]) == ("done", meeting)
    email = confirmed["prospect"]["email"]
    found = meetings_with(stage, confirmed)
    leads = stage.rows(f"SELECT Id FROM Lead WHERE Email = '{email}'")
    assert [row["Id"] for row in found] == [meeting["meeting_id"]]
    assert [row["Id"] for row in leads] == [found[0]["Lead"]]
    assert stage.problems() == []
    return again


def meetings_with(stage: Stage, confirmed: Mapping[str, Any]) -> list[dict[str, Any]]:
    email = confirmed["prospect"]["email"]
    return stage.rows(
        f"SELECT Id, LeanData__Lead__c FROM {bookit('Meeting')} WHERE LeanData__Prospect_Email__c = '{email}'"
    )
