"""A large org is the small one, and more of it further back in time."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.local_org.demo_data.chapters import load_chapters
from app.local_org.demo_data.model import bookit
from app.local_org.demo_data.options import DemoOptions
from app.local_org.engine import ids
from app.local_org.org import LocalOrg
from app.local_org.schema.model import Schema

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
CHAPTER = 40
MEETING = bookit("Meeting")
STORY = 9


def _org(schema: Schema, meetings: int, path: Path | str = ":memory:") -> LocalOrg:
    org = LocalOrg(path, schema, lambda: NOW)
    load_chapters(org, DemoOptions(NOW, 7, meetings), chapter=CHAPTER)
    return org


@pytest.fixture(scope="module")
def small(compiled_schema: Schema) -> Iterator[LocalOrg]:
    org = _org(compiled_schema, CHAPTER)
    yield org
    org.close()


@pytest.fixture(scope="module")
def large(compiled_schema: Schema) -> Iterator[LocalOrg]:
    org = _org(compiled_schema, 5 * CHAPTER)
    yield org
    org.close()


def _rows(org: LocalOrg, soql: str) -> Sequence[dict[str, Any]]:
    return org.as_system().query(soql)["records"]


def _count(org: LocalOrg, name: str) -> int:
    return org.as_system().query(f"SELECT COUNT() FROM {name}")["totalSize"]


def test_a_large_org_has_as_many_chapters_as_it_needs(small: LocalOrg, large: LocalOrg) -> None:
    for name in ("Event", MEETING, bookit("Attendee"), bookit("Count_Entry"), bookit("Credit_Request")):
        assert _count(large, name) == 5 * _count(small, name), name
    assert _count(small, MEETING) == CHAPTER + STORY
    assert _count(large, "User") == _count(small, "User")


def test_what_is_asked_of_these_months_has_the_same_answer(small: LocalOrg, large: LocalOrg) -> None:
    soql = f"""SELECT Id, Name, LeanData__Start__c, LeanData__Main_Host__r.Name,
        (SELECT Id, Name FROM LeanData__Attendees__r ORDER BY Id)
        FROM {MEETING} WHERE LeanData__Start__c >= 2026-09-14T00:00:00Z ORDER BY LeanData__Start__c, Id"""
    assert len(_rows(small, soql)) > CHAPTER // 2
    assert _rows(large, soql) == _rows(small, soql)


def test_a_copy_differs_in_ids_keys_numbers_and_time_alone(large: LocalOrg) -> None:
    fields = [field.name for field in large.schema.objects[MEETING].fields.values()]
    rows = _rows(large, f"SELECT {', '.join(fields)} FROM {MEETING} ORDER BY Id")
    per_chapter = CHAPTER + STORY
    own = {"Id", "Name", "LeanData__Meeting_Id__c", "LeanData__Event_Id__c", "attributes"}
    for number in range(1, 5):
        shifts: set[float] = set()
        for original, copy in zip(rows[:per_chapter], rows[number * per_chapter :], strict=False):
            for name in fields:
                if name in own:
                    continue
                if isinstance(original[name], str) and original[name].endswith("+0000"):
                    moved = datetime.fromisoformat(original[name]) - datetime.fromisoformat(copy[name])
                    shifts.add(moved.total_seconds())
                else:
                    assert copy[name] == original[name], name
        assert len(shifts) == 1
        assert shifts.pop() % (7 * 24 * 3600) == 0


def test_copies_point_at_copies(large: LocalOrg) -> None:
    attendees = _rows(large, f"SELECT LeanData__Meeting__c FROM {bookit('Attendee')}")
    assert len({row["LeanData__Meeting__c"] for row in attendees}) == _count(large, MEETING)
    events = {row["Id"]: row["StartDateTime"] for row in _rows(large, "SELECT Id, StartDateTime FROM Event")}
    meetings = _rows(large, f"SELECT LeanData__Start__c, LeanData__Event_Id__c FROM {MEETING}")
    named = [row for row in meetings if row["LeanData__Event_Id__c"] is not None]
    assert len(named) > CHAPTER
    assert all(events[row["LeanData__Event_Id__c"]] == row["LeanData__Start__c"] for row in named)
    entries = _rows(
        large,
        "SELECT LeanData__Entry_Key__c, LeanData__Meeting__c, LeanData__Period_Start__c"
        f" FROM {bookit('Count_Entry')} WHERE LeanData__Kind__c = 'Scheduled'",
    )
    assert all(row["LeanData__Meeting__c"] in row["LeanData__Entry_Key__c"] for row in entries)
    assert all(row["LeanData__Period_Start__c"].endswith("-01") for row in entries)


def test_no_host_has_two_live_meetings_at_a_time(large: LocalOrg) -> None:
    live = _rows(
        large,
        f"""SELECT LeanData__Main_Host__c, LeanData__Start__c, LeanData__End__c FROM {MEETING}
        WHERE LeanData__Status__c IN ('Scheduled', 'Rescheduled')
        ORDER BY LeanData__Main_Host__c, LeanData__Start__c""",
    )
    for before, after in pairwise(live):
        if before["LeanData__Main_Host__c"] == after["LeanData__Main_Host__c"]:
            assert before["LeanData__End__c"] <= after["LeanData__Start__c"]


def test_new_rows_get_ids_and_numbers_behind_the_copies(compiled_schema: Schema) -> None:
    org = _org(compiled_schema, 2 * CHAPTER)
    newest = _rows(org, "SELECT Id FROM Event ORDER BY Id DESC LIMIT 1")[0]["Id"]
    assert org.new_id("Event") > newest
    org.close()


def test_a_file_that_was_not_loaded_to_its_end_is_refused(compiled_schema: Schema, tmp_path: Path) -> None:
    org = LocalOrg(tmp_path / "org.db", compiled_schema, lambda: NOW)
    with pytest.raises(KeyboardInterrupt), org.bulk_loading():
        raise KeyboardInterrupt
    org.close()
    with pytest.raises(ValueError, match="was not loaded to its end"):
        LocalOrg(tmp_path / "org.db", compiled_schema, lambda: NOW)


def test_a_file_that_was_loaded_opens_with_all_its_indexes(compiled_schema: Schema, tmp_path: Path) -> None:
    _org(compiled_schema, CHAPTER, tmp_path / "org.db").close()
    org = LocalOrg(tmp_path / "org.db", compiled_schema, lambda: NOW)
    assert not org.is_new
    assert _count(org, MEETING) == CHAPTER + STORY
    org.close()


@pytest.mark.parametrize(("first", "count"), [(0, 1), (5000, 300), (62**5 - 10, 30), (3 * 62**5 - 1, 3)])
def test_a_run_of_ids_is_what_minting_one_by_one_gives(first: int, count: int) -> None:
    assert ids.minted_run("a0X", first, count) == [ids.minted("a0X", number) for number in range(first, first + count)]
