"""An Event's times: completed, kept consistent, and refused where they contradict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.local_org.errors import ApiError, Unsupported
from tests.support.small_org import SmallOrg

_TEN = "2026-11-25T10:00:00.000+0000"
_HALF_PAST = "2026-11-25T10:30:00.000+0000"
_TIMES = ["StartDateTime", "ActivityDateTime", "EndDateTime", "DurationInMinutes", "ActivityDate", "EndDate"]


def _times(small: SmallOrg, event: str) -> list[Any]:
    record = small.acting("admin").get("Event", event, _TIMES)
    return [record[name] for name in _TIMES]


@pytest.mark.parametrize(
    "values",
    [
        {"StartDateTime": _TEN, "EndDateTime": _HALF_PAST},
        {"StartDateTime": _TEN, "DurationInMinutes": 30},
        {"ActivityDateTime": _TEN, "DurationInMinutes": 30},
        {"StartDateTime": _TEN, "ActivityDateTime": _TEN, "EndDateTime": _HALF_PAST, "DurationInMinutes": 30},
    ],
)
def test_any_two_times_give_the_others(small: SmallOrg, values: Mapping[str, Any]) -> None:
    event = small.acting("admin").create("Event", {"Subject": "Call", **values})
    assert _times(small, event) == [_TEN, _TEN, _HALF_PAST, 30, "2026-11-25", "2026-11-25"]


def test_an_all_day_event_stands_on_its_day(small: SmallOrg) -> None:
    event = small.acting("admin").create("Event", {"IsAllDayEvent": True, "ActivityDate": "2026-11-25"})
    midnight = "2026-11-25T00:00:00.000+0000"
    assert _times(small, event) == [midnight, None, midnight, 1440, "2026-11-25", "2026-11-25"]


def test_all_days_may_be_several(small: SmallOrg) -> None:
    values = {"IsAllDayEvent": True, "ActivityDate": "2026-11-25", "DurationInMinutes": 2880}
    event = small.acting("admin").create("Event", values)
    assert _times(small, event)[2:] == ["2026-11-26T00:00:00.000+0000", 2880, "2026-11-25", "2026-11-26"]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({}, "REQUIRED_FIELD_MISSING", "StartDateTime"),
        ({"StartDateTime": _TEN}, "REQUIRED_FIELD_MISSING", "DurationInMinutes"),
        ({"IsAllDayEvent": True}, "REQUIRED_FIELD_MISSING", "ActivityDate"),
        (
            {"StartDateTime": _TEN, "EndDateTime": _HALF_PAST, "DurationInMinutes": 31},
            "FIELD_INTEGRITY_EXCEPTION",
            "DurationInMinutes",
        ),
        ({"StartDateTime": _HALF_PAST, "EndDateTime": _TEN}, "FIELD_INTEGRITY_EXCEPTION", "EndDateTime"),
        ({"StartDateTime": _TEN, "DurationInMinutes": 20161}, "FIELD_INTEGRITY_EXCEPTION", "EndDateTime"),
        (
            {"StartDateTime": _TEN, "ActivityDateTime": _HALF_PAST, "DurationInMinutes": 5},
            "FIELD_INTEGRITY_EXCEPTION",
            "StartDateTime",
        ),
        (
            {"StartDateTime": _TEN, "ActivityDate": "2026-11-26", "DurationInMinutes": 5},
            "FIELD_INTEGRITY_EXCEPTION",
            "ActivityDate",
        ),
        (
            {"IsAllDayEvent": True, "ActivityDate": "2026-11-25", "StartDateTime": _TEN},
            "FIELD_INTEGRITY_EXCEPTION",
            "StartDateTime",
        ),
    ],
)
def test_times_that_lack_or_contradict_are_refused(
    small: SmallOrg, values: Mapping[str, Any], code: str, field: str
) -> None:
    with pytest.raises(ApiError) as refused:
        small.acting("admin").create("Event", values)
    assert refused.value.code == code
    assert refused.value.fields is not None
    assert field in refused.value.fields


@pytest.mark.parametrize(
    ("change", "times"),
    [
        ({"StartDateTime": "2026-11-26T09:00:00Z"}, ("2026-11-26T09:00", "2026-11-26T09:30", 30, "2026-11-26")),
        ({"EndDateTime": "2026-11-25T11:00:00Z"}, ("2026-11-25T10:00", "2026-11-25T11:00", 60, "2026-11-25")),
        ({"DurationInMinutes": 15}, ("2026-11-25T10:00", "2026-11-25T10:15", 15, "2026-11-25")),
        ({"Subject": "Chat"}, ("2026-11-25T10:00", "2026-11-25T10:30", 30, "2026-11-25")),
        (
            {"StartDateTime": "2026-11-25T08:00:00Z", "EndDateTime": "2026-11-25T09:00:00Z"},
            ("2026-11-25T08:00", "2026-11-25T09:00", 60, "2026-11-25"),
        ),
    ],
)
def test_a_change_of_one_time_moves_the_others(
    small: SmallOrg, change: Mapping[str, Any], times: tuple[str, str, int, str]
) -> None:
    admin = small.acting("admin")
    event = admin.create("Event", {"Subject": "Call", "StartDateTime": _TEN, "DurationInMinutes": 30})
    admin.update("Event", event, change)
    start, activity, end, minutes, day, _ = _times(small, event)
    assert (start[:16], end[:16], minutes, day) == times
    assert activity == start


def test_a_recurring_event_is_refused_by_name(small: SmallOrg) -> None:
    admin = small.acting("admin")
    with pytest.raises(Unsupported, match="recurring"):
        admin.create("Event", {"StartDateTime": _TEN, "DurationInMinutes": 30, "IsRecurrence": True})


def test_archived_events_come_with_query_all_only(small: SmallOrg) -> None:
    small.org.load("Event", [{"StartDateTime": _TEN, "DurationInMinutes": 30, "IsArchived": True}])
    admin = small.acting("admin")
    assert admin.query("SELECT COUNT() FROM Event")["totalSize"] == 0
    assert admin.query("SELECT COUNT() FROM Event", all_rows=True)["totalSize"] == 1
