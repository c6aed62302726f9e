from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import anyio
import pytest
import responses

from app.org.call_count import counting
from app.org.describe import CLOCK_SKEW, FRESH_FOR, FULL_AFTER, DescribeCache, DescribedObject
from app.org.errors import OrgError
from app.org.limits import OrgLimits
from app.org.queries import OrgQueries
from app.org.salesforce_client import SalesforceClient
from tests.org.answers import DATA, error
from tests.org.grants_in_memory import ORG, OTHER_REP, REP, TokensInTurn, token
from tests.support.movable_clock import MovableClock

pytestmark = pytest.mark.anyio
URL = f"{DATA}/sobjects/User/describe"


class Describes:
    """A cache, and the queries of one user to ask it with."""

    def __init__(self, clock: MovableClock) -> None:
        limits = OrgLimits(clock)
        self.client = SalesforceClient(
            api_version="66.0", read_seconds=5, connections=4, trusted_origin=None, limits=limits
        )
        self.queries = OrgQueries(self.client, TokensInTurn([token()]), limits)
        self.cache = DescribeCache(self.client, clock)

    async def user(self, user_id: str = REP) -> DescribedObject | None:
        return await self.cache.described(self.queries, ORG, user_id, "User")


@pytest.fixture
def describes(clock: MovableClock) -> Iterator[Describes]:
    describes = Describes(clock)
    yield describes
    describes.client.close()


def body(label: str = "Email") -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": label,
        "type": "email",
        "scale": 0,
        "unique": False,
        "filterable": True,
        "groupable": True,
        "createable": True,
        "updateable": True,
        "referenceTo": [],
        "relationshipName": None,
        "label": "left out of what is kept",
    }
    children = [
        {"relationshipName": "Users", "childSObject": "User", "field": "ManagerId"},
        {"relationshipName": None, "childSObject": "Vote", "field": "ParentId"},
    ]
    return {"name": "User", "fields": [field], "childRelationships": children}


async def test_a_describe_is_read_once_and_kept(describes: Describes, http: responses.RequestsMock) -> None:
    http.get(URL, json=body())
    first = await describes.user()
    assert first is not None
    assert first.fields["Email"].type == "email"
    assert first.children == {"Users": ("User", "ManagerId")}
    assert await describes.user() is first
    assert len(http.calls) == 1


async def test_many_who_ask_at_once_cost_one_call(describes: Describes, http: responses.RequestsMock) -> None:
    http.get(URL, json=body())
    with counting() as count:
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(describes.user)
    assert count.calls == 1


async def test_another_users_describe_is_another(describes: Describes, http: responses.RequestsMock) -> None:
    http.get(URL, json=body())
    await describes.user(REP)
    await describes.user(OTHER_REP)
    assert len(http.calls) == 2


async def test_an_old_describe_is_asked_for_by_its_date_and_kept_when_nothing_changed(
    describes: Describes, http: responses.RequestsMock, clock: MovableClock
) -> None:
    http.get(URL, json=body())
    http.get(URL, status=304)
    first = await describes.user()
    read = clock.now
    clock.advance(FRESH_FOR)
    assert await describes.user() is first
    since = (read - CLOCK_SKEW).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert http.calls[1].request.headers["If-Modified-Since"] == since
    assert await describes.user() is first
    assert len(http.calls) == 2


async def test_a_describe_that_has_changed_is_read_anew(
    describes: Describes, http: responses.RequestsMock, clock: MovableClock
) -> None:
    http.get(URL, json=body())
    http.get(URL, json=body("Other_Email"))
    await describes.user()
    clock.advance(FRESH_FOR)
    changed = await describes.user()
    assert changed is not None
    assert list(changed.fields) == ["Other_Email"]


async def test_after_an_hour_it_is_read_in_full_since_permissions_do_not_touch_the_date(
    describes: Describes, http: responses.RequestsMock, clock: MovableClock
) -> None:
    http.get(URL, json=body())
    await describes.user()
    clock.advance(FULL_AFTER)
    await describes.user()
    assert "If-Modified-Since" not in http.calls[1].request.headers


async def test_an_object_that_is_not_there_is_none_and_that_is_kept_too(
    describes: Describes, http: responses.RequestsMock, clock: MovableClock
) -> None:
    http.get(URL, status=404, json=error("NOT_FOUND"))
    assert await describes.user() is None
    clock.advance(timedelta(minutes=1))
    assert await describes.user() is None
    assert len(http.calls) == 1


async def test_a_failure_is_not_kept(describes: Describes, http: responses.RequestsMock) -> None:
    http.get(URL, status=500, json=error("UNKNOWN_EXCEPTION"))
    http.get(URL, json=body())
    with pytest.raises(OrgError):
        await describes.user()
    assert await describes.user() is not None
