"""Invitations over HTTP: a booking with co-hosts is one composite, and its child events stand or fall with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local_org.rest.test_composite import HALTED, ROOT, get, make, results
from tests.support.local_org import RestClient, RunningLocalOrg


@pytest.fixture
def api(running_local_org: RunningLocalOrg) -> RestClient:
    return running_local_org.as_user("admin@demo.example")


def people(api: RestClient) -> tuple[str, str]:
    """A host and a co-host."""
    names = ("rep@demo.example", "nosets@demo.example")
    found = {row["Username"]: row["Id"] for row in api.query("SELECT Id, Username FROM User")}
    return found[names[0]], found[names[1]]


def booking(host: str, co_host: str) -> tuple[dict[str, Any], dict[str, Any]]:
    times = {"StartDateTime": "2031-05-06T07:00:00Z", "EndDateTime": "2031-05-06T07:30:00Z"}
    return (
        make("event", "Event", Subject="Demo with Ada", OwnerId=host, **times),
        make("relation", "EventRelation", EventId="@{event.id}", RelationId=co_host, Status="New"),
    )


def calendar(api: RestClient, *owners: str) -> set[tuple[str, str, bool]]:
    listed = ", ".join(f"'{owner}'" for owner in owners)
    rows = api.query(f"SELECT OwnerId, Subject, StartDateTime, IsChild FROM Event WHERE OwnerId IN ({listed})")
    return {(row["OwnerId"], row["StartDateTime"], row["IsChild"]) for row in rows}


def patch(reference: str, url: str, **body: object) -> dict[str, Any]:
    return {"method": "PATCH", "url": f"{ROOT}{url}", "referenceId": reference, "body": body}


def test_a_composite_books_a_co_host_and_moves_and_cancels_both(api: RestClient) -> None:
    host, co_host = people(api)
    read = get("read", f"/query?q=SELECT+Subject+FROM+Event+WHERE+OwnerId='{co_host}'+AND+IsChild=true")
    event, relation, found = results(api, *booking(host, co_host), read, allOrNone=True)
    assert (event["httpStatusCode"], relation["httpStatusCode"]) == (201, 201)
    assert [row["Subject"] for row in found["body"]["records"]] == ["Demo with Ada"]
    seven, nine = "2031-05-06T07:00:00.000+0000", "2031-05-06T09:00:00.000+0000"
    assert calendar(api, host, co_host) == {(host, seven, False), (co_host, seven, True)}
    url = f"/sobjects/Event/{event['body']['id']}"
    results(api, patch("moved", url, StartDateTime="2031-05-06T09:00:00Z"), allOrNone=True)
    assert calendar(api, host, co_host) == {(host, nine, False), (co_host, nine, True)}
    assert api.call("DELETE", url).status_code == 204
    assert calendar(api, host, co_host) == set()


def test_a_composite_that_fails_leaves_no_child(api: RestClient) -> None:
    host, co_host = people(api)
    event, relation, bad = results(api, *booking(host, co_host), make("bad", "Account"), allOrNone=True)
    assert (event["body"], relation["body"], bad["httpStatusCode"]) == (HALTED, HALTED, 400)
    assert calendar(api, host, co_host) == set()
    assert api.query("SELECT Id FROM EventRelation") == []


def test_a_cancellation_that_fails_leaves_the_children(api: RestClient) -> None:
    host, co_host = people(api)
    event, _ = results(api, *booking(host, co_host), allOrNone=True)
    before = calendar(api, host, co_host)
    url = f"/sobjects/Event/{event['body']['id']}"
    gone = {"method": "DELETE", "url": f"{ROOT}{url}", "referenceId": "gone"}
    answers = results(api, patch("moved", url, Subject="Moved"), gone, make("bad", "Account"), allOrNone=True)
    assert [answer["httpStatusCode"] for answer in answers] == [400, 400, 400]
    assert calendar(api, host, co_host) == before
    assert len(before) == 2


def test_several_co_hosts_are_invited_in_one_collection(api: RestClient) -> None:
    host, co_host = people(api)
    (other,) = [row["Id"] for row in api.query("SELECT Id FROM User WHERE Username = 'minimum@demo.example'")]
    records = [
        {"attributes": {"type": "EventRelation"}, "EventId": "@{event.id}", "RelationId": invitee}
        for invitee in (co_host, other)
    ]
    invited = {
        "method": "POST",
        "url": f"{ROOT}/composite/sobjects",
        "referenceId": "invited",
        "body": {"allOrNone": True, "records": records},
    }
    _, answer = results(api, booking(host, co_host)[0], invited, allOrNone=True)
    assert [result["success"] for result in answer["body"]] == [True, True]
    assert {(owner, child) for owner, _, child in calendar(api, host, co_host, other)} == {
        (host, False),
        (co_host, True),
        (other, True),
    }
