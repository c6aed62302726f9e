"""A booking whose way to Salesforce breaks: whatever is answered, the same call again leaves one meeting, whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.end_to_end.integrity.one_meeting import (
    AT_CLAIMS,
    CLAIM,
    agreed_booking,
    meetings_with,
    one_whole_meeting,
)
from tests.end_to_end.integrity.stage import Stage, told_by, workday

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

FIRST_DAY, DAYS = 20, 7
"""Those on which servers are killed at a step: one meeting more on any of them does not matter there."""
WRITE = {**AT_CLAIMS, "skip": 1}
"""The request that writes the meeting."""
LEAD = {**AT_CLAIMS, "skip": 2}
LOCK = {"kind": "lock_row", "match": {"object": CLAIM}}

PASSING: Mapping[str, Mapping[str, Any]] = {
    "the connection is dropped after commit": {"kind": "drop", "when": "after", **WRITE},
    "the connection is dropped before anything is done": {"kind": "drop", "when": "before", **WRITE},
    "the answer breaks off": {"kind": "truncate", **WRITE},
    "a 503 comes back": {"kind": "unavailable", **WRITE},
    "a page of the edge comes back": {"kind": "unavailable", "html": True, **WRITE},
    "a lock comes back": LOCK,
    "the connection is dropped after the lead was made": {"kind": "drop", "when": "after", **LEAD},
    "a 503 comes back for the lead": {"kind": "unavailable", **LEAD},
}
LASTING: Mapping[str, tuple[Mapping[str, Any], str]] = {
    # The start is taken when it is looked at again, by the booking itself: its operation says so, the lead has to wait.
    "every answer to a write is lost": ({"kind": "drop", "when": "after", **WRITE}, "ok"),
    "every write meets a 503": ({"kind": "unavailable", **WRITE}, "salesforce_unavailable"),
    "the lock stays": (LOCK, "conflict"),
}


@pytest.mark.parametrize("case", PASSING)
async def test_once(stage: Stage, case: str) -> None:
    async with stage.http() as http:
        confirmed, preview = await agreed_booking(
            stage, http, workday(FIRST_DAY + list(PASSING).index(case) % DAYS), stage.replicas[0]
        )
        stage.server.org.fault(**PASSING[case])
        first = await told_by(http, stage.replicas[0], stage.token, "book_meeting", confirmed)
        stage.clear_faults()
        again = await one_whole_meeting(stage, http, confirmed, preview)
        assert first.status == "done", first.body
        assert again.body["meeting"] == first.body["meeting"]


@pytest.mark.parametrize("case", LASTING)
async def test_as_long_as_the_call_goes_on(stage: Stage, case: str) -> None:
    fault, code = LASTING[case]
    async with stage.http() as http:
        confirmed, preview = await agreed_booking(
            stage, http, workday(FIRST_DAY + list(LASTING).index(case) % DAYS), stage.replicas[0]
        )
        stage.server.org.fault(**fault, times=None)
        first = await told_by(http, stage.replicas[0], stage.token, "book_meeting", confirmed)
        stage.clear_faults()
        assert first.code == code, first.body
        assert len(meetings_with(stage, confirmed)) <= 1
        assert stage.problems() == []
        await one_whole_meeting(stage, http, confirmed, preview)
