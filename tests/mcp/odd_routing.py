"""What routing meets in a world: graphs with every kind of node, and prospects who match several records at once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from app.local_org.demo_data.model import DemoData, NewId, Row, bookit, custom

DOUBLED = "double@twice.example"
"""Three leads, three contacts of two accounts."""
CONVERTED = "converted@twice.example"
QUEUED = "queued@twice.example"
"""A lead that a queue owns."""
BROKEN_TYPE, BROKEN_POOL, RETIRED_TYPE = "To a type that is gone", "To a pool that is gone", "To a type that is retired"
TIE_BREAKERS = ("most_recently_modified", "oldest", "owner_active_first")


def add_odd_routing(data: DemoData, new_id: NewId) -> None:
    """Takes the demo's live graph off, and puts two of its own live, of which the second was modified last."""
    for row in data.of(bookit("Graph")):
        row["LeanData__Is_Live__c"] = False
    owner = data.people["admin"]
    kind = new_id(bookit("Meeting_Type"))
    template = next(row for row in data.of(bookit("Meeting_Type")))
    retired = custom(Internal_Name="retired", Display_Name="Retired", Is_Active=False)
    data.add(bookit("Meeting_Type"), {**template, "Id": kind, **retired})
    gone = {"type": new_id(bookit("Meeting_Type")), "pool": new_id(bookit("Pool"))}
    older = [_trigger("Older", [], "end"), {"name": "end", "kind": "end_of_flow"}]
    for name, nodes, age in (("Older", older, 2), ("Newer", _nodes(data, kind, gone), 1)):
        row = {"Id": new_id(bookit("Graph")), "Name": name, "OwnerId": owner}
        row |= {"LastModifiedDate": data.now - timedelta(days=age)}
        data.add(bookit("Graph"), row | custom(Is_Live=True, Definition=json.dumps({"nodes": nodes})))
    _add_records(data, new_id)


def _nodes(data: DemoData, retired: str, gone: dict[str, str]) -> list[dict[str, Any]]:
    inbound = next(
        r["Id"] for r in data.of(bookit("Meeting_Type")) if r["LeanData__Internal_Name__c"] == "inbound_demo"
    )
    pool = data.of(bookit("Pool"))[0]["Id"]
    nodes: list[dict[str, Any]] = [{"name": "end", "kind": "end_of_flow"}]
    for record, by in (("lead", "email"), ("contact", "email"), ("account", "email"), ("account", "domain")):
        for tie_breaker in TIE_BREAKERS:
            name = f"{record} {by} {tie_breaker}"
            nodes += [
                _trigger(name, [], f"find {name}"),
                {
                    "name": f"find {name}", "kind": "match", "record": record, "by": by, "tie_breaker": tie_breaker,
                    "found": f"{record} owner", "not_found": "end",
                },
            ]  # fmt: skip
    nodes += [
        {"name": f"{record} owner", "kind": "schedule", "meeting_type": inbound, "owner_of": record, "otherwise": "end"}
        for record in ("lead", "contact", "account")
    ]
    for name, to in (
        (BROKEN_TYPE, {"meeting_type": gone["type"], "pool": pool}),
        (BROKEN_POOL, {"meeting_type": inbound, "pool": gone["pool"]}),
        (RETIRED_TYPE, {"meeting_type": retired, "pool": pool}),
    ):
        nodes += [_trigger(name, [], f"node: {name}"), {"name": f"node: {name}", "kind": "schedule", **to}]
    return nodes


def _trigger(name: str, inputs: list[dict[str, Any]], after: str) -> dict[str, Any]:
    return {"name": name, "kind": "trigger", "inputs": inputs, "next": after}


def _add_records(data: DemoData, new_id: NewId) -> None:
    """Of each object: the newest is of who has left, the oldest of a rep, the others tie."""
    ages = ((9, 1, "inactive"), (30, 7, "rep3"), (20, 3, "rep1"), (20, 3, "rep8"))
    accounts: list[str] = []
    for number, (created, modified, handle) in enumerate(ages):
        row = _row(data, created, modified, handle) | {"Name": f"Twice {number}"}
        website = ("twice.example", "HTTP://WWW.Twice.example/", "https://twice.example", "https://nottwice.example")
        accounts.append(data.add("Account", {"Id": new_id("Account"), "Website": website[number], **row}))
    for number, (created, modified, handle) in enumerate(ages[:3]):
        row = _row(data, created, modified, handle)
        person = {"LastName": f"Twice {number}", "Email": DOUBLED.upper() if number == 1 else DOUBLED}
        data.add("Lead", {"Id": new_id("Lead"), "Company": "Twice", **person, **row})
        account = (accounts[0], accounts[1], None)[number]
        data.add("Contact", {"Id": new_id("Contact"), "AccountId": account, **person, **row})
    data.add("Lead", _lead(data, new_id, CONVERTED) | {"IsConverted": True})
    data.add("Lead", _lead(data, new_id, QUEUED) | {"OwnerId": data.add("Group", _queue(new_id))})
    # A queue stands before the leads that it owns.
    data.rows = {"User": data.rows.pop("User"), "Group": data.rows.pop("Group"), **data.rows}


def _row(data: DemoData, created: int, modified: int, handle: str) -> Row:
    return {
        "OwnerId": data.people[handle],
        "CreatedDate": data.now - timedelta(days=created),
        "LastModifiedDate": data.now - timedelta(days=modified),
    }


def _lead(data: DemoData, new_id: NewId, email: str) -> Row:
    return {"Id": new_id("Lead"), "Company": "Twice", "LastName": "Twice", "Email": email} | _row(data, 5, 5, "rep1")


def _queue(new_id: NewId) -> Row:
    return {"Id": new_id("Group"), "Name": "Inbound leads", "DeveloperName": "Inbound_leads", "Type": "Queue"}
