"""`/sobjects/T/updated` and `/deleted`."""

from collections.abc import Generator
from datetime import timedelta

import pytest

from app.local_org.org import LocalOrg
from app.local_org.schema.model import Schema
from tests.support.local_org import RestClient, RunningLocalOrg, load_people, serving
from tests.support.movable_clock import MovableClock

DAY = {"start": "2026-11-23T00:00:00+00:00", "end": "2026-11-24T00:00:00Z"}


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def running(compiled_schema: Schema, clock: MovableClock) -> Generator[RunningLocalOrg]:
    org = LocalOrg(":memory:", compiled_schema, clock)
    load_people(org)
    with serving(org, clock=clock) as served:
        yield served
    org.close()


@pytest.fixture
def api(running: RunningLocalOrg) -> RestClient:
    return running.as_user("admin@demo.example")


def test_changed_and_deleted_records_of_a_span_are_listed(api: RestClient, clock: MovableClock) -> None:
    ids = [api.call("POST", "/sobjects/Account", json={"Name": f"Account {n}"}).json()["id"] for n in range(3)]
    clock.advance(timedelta(minutes=10, seconds=20))
    api.call("PATCH", f"/sobjects/Account/{ids[0]}", json={"Name": "x"})
    api.call("DELETE", f"/sobjects/Account/{ids[2]}")
    assert api.call("GET", "/sobjects/Account/updated", params=DAY).json() == {
        "ids": ids[:2],
        "latestDateCovered": "2026-11-23T15:41:00.000+0000",
    }
    late = {"start": "2026-11-23T15:35:59Z", "end": "2026-11-23T15:41:30Z"}
    assert api.call("GET", "/sobjects/Account/updated", params=late).json() == {
        "ids": [ids[0]],
        "latestDateCovered": "2026-11-23T15:41:00.000+0000",
    }
    assert api.call("GET", "/sobjects/Account/deleted", params=DAY).json() == {
        "deletedRecords": [{"deletedDate": "2026-11-23T15:40:20.000+0000", "id": ids[2]}],
        "earliestDateAvailable": "2026-11-08T15:40:00.000+0000",
        "latestDateCovered": "2026-11-23T15:41:00.000+0000",
    }


def test_more_than_a_page_of_them_is_listed_whole(running: RunningLocalOrg, api: RestClient) -> None:
    ids = running.org.load("Account", [{"Name": f"Account {n}"} for n in range(2100)])
    assert api.call("GET", "/sobjects/Account/updated", params=DAY).json()["ids"] == sorted(ids)


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("/sobjects/Nothing/updated", DAY, 404, "NOT_FOUND"),
        ("/sobjects/Account/updated", {}, 400, "MISSING_ARGUMENT"),
        ("/sobjects/Account/updated", {**DAY, "start": "yesterday"}, 400, "INVALID_FIELD"),
        ("/sobjects/Account/updated", {**DAY, "start": "2026-10-01T00:00:00Z"}, 400, "INVALID_REPLICATION_DATE"),
        ("/sobjects/Account/deleted", {**DAY, "start": "2026-11-25T00:00:00Z"}, 400, "INVALID_REPLICATION_DATE"),
        ("/sobjects/Account/deleted", {**DAY, "end": "2026-11-23T00:00:59Z"}, 400, "INVALID_REPLICATION_DATE"),
    ],
)
def test_a_span_that_is_none_is_refused(
    api: RestClient, path: str, params: dict[str, str], status: int, code: str
) -> None:
    answer = api.call("GET", path, params=params)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)
