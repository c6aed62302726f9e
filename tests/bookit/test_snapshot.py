"""The note of a choice: what is written is read back, and anything else is refused."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bookit.counts.snapshot import Candidate, Snapshot, UnreadableSnapshot, read_snapshot, written
from app.scheduling.standings import level_text
from tests.scheduling.pools import huge, pools


@given(pool=st.one_of(pools(min_size=1), pools(huge, min_size=1)), data=st.data())
def test_what_is_written_is_read_back(pool: list[Any], data: st.DataObject) -> None:
    candidates = tuple(
        Candidate(
            member_id=each.member_id,
            user_id=each.user_id,
            name=data.draw(st.text(max_size=5)),
            scheduled=each.scheduled,
            calibration=each.calibration,
            credits=each.credits,
            net=each.net,
            weight=each.weight,
            level=level_text(each.level),
            order=each.order,
            last_assigned=each.last_assigned,
            skip=data.draw(st.sampled_from([None, "busy"])),
        )
        for each in pool
    )
    snapshot = Snapshot(1, "pool", None, date(2026, 11, 1), "count_based", True, "m0", False, candidates)
    assert read_snapshot(written(snapshot)) == snapshot
    assert snapshot.winner.member_id == "m0"


GOOD: dict[str, Any] = {
    "version": 1,
    "pool_id": "p",
    "meeting_category_id": "c",
    "period_start": "2026-11-01",
    "distribution": "order_based",
    "weighted": False,
    "chosen": "m",
    "credit_consumed": False,
    "candidates": [
        {
            "member_id": "m", "user_id": "u", "name": "Ada", "scheduled": 3, "calibration": 0, "credits": 1, "net": 2,
            "weight": 1, "level": "5/2", "order": 1, "last_assigned": "2026-11-20T17:00:00Z", "skip": None,
        },
    ],
}  # fmt: skip


def test_the_documented_form_is_read() -> None:
    found = read_snapshot(json.dumps(GOOD | {"added_later": 1}))
    assert found.winner.last_assigned == datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert found.winner.standing().net == 2


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"chosen": "somebody else"},
        {"distribution": "random"},
        {"candidates": []},
        {"candidates": [GOOD["candidates"][0] | {"net": 3}]},
        {"candidates": [GOOD["candidates"][0] | {"level": "2.5"}]},
        {"candidates": [GOOD["candidates"][0] | {"level": "7/2"}]},
        {"candidates": [GOOD["candidates"][0] | {"weight": -1}]},
        {"candidates": [GOOD["candidates"][0] | {"last_assigned": "2026-11-20T17:00:00"}]},
        {"period_start": "yesterday"},
        {"weighted": None},
    ],
)
def test_any_other_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UnreadableSnapshot):
        read_snapshot(json.dumps(GOOD | change))


@given(text=st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(UnreadableSnapshot):
        read_snapshot(text)
