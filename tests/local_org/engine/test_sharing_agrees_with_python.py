"""No row leaks: random roles, groups, defaults, rules and rights, against a plain reading of them, on every path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.local_org.errors import ApiError
from tests.local_org.engine.plain_sharing import deal_level, may, visible_deals, visible_items, visible_notes
from tests.local_org.engine.sharing_world import Person, World, random_world


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_everybody_has_of_every_row_what_the_rules_say(seed: int) -> None:
    world = random_world(Random(seed))
    try:
        for person in world.people:
            _check_reading(world, person)
            _check_writing(world, person)
            _check_record_access(world, person)
    finally:
        world.org.close()


def _ids(world: World, person: Person, soql: str) -> set[str]:
    return {row["Id"] for row in world.acting(person).query(soql)["records"]}


def _check_reading(world: World, person: Person) -> None:
    session = world.acting(person)
    if not may(person, "Deal__c", "read"):
        for soql in ("SELECT Id FROM Deal__c", "SELECT COUNT() FROM Item__c", "SELECT COUNT(Id) FROM Note__c"):
            with pytest.raises(ApiError, match="INVALID_TYPE"):
                session.query(soql)
        return
    deals = visible_deals(world, person)
    assert _ids(world, person, "SELECT Id FROM Deal__c") == deals
    assert _ids(world, person, "SELECT Id FROM Deal__c WHERE Name LIKE 'D%' ORDER BY Name LIMIT 100") == deals
    assert session.query("SELECT COUNT() FROM Deal__c")["totalSize"] == len(deals)
    grouped = session.query("SELECT Kind__c k, COUNT(Id) n FROM Deal__c GROUP BY Kind__c")["records"]
    assert {row["k"]: row["n"] for row in grouped} == Counter(world.deals[deal].kind for deal in deals)
    for deal in world.deals:
        if deal in deals:
            assert session.get("Deal__c", deal)["Id"] == deal
        else:
            assert _refused(lambda d=deal: session.get("Deal__c", d)) == (404, "NOT_FOUND")
    if may(person, "Note__c", "read"):
        _check_related(world, person, deals)


def _check_related(world: World, person: Person, deals: set[str]) -> None:
    items, notes = visible_items(world, person), visible_notes(world, person)
    assert _ids(world, person, "SELECT Id FROM Item__c") == items
    assert _ids(world, person, "SELECT Id FROM Note__c") == notes
    session = world.acting(person)
    with_deal = {note for note in notes if world.notes[note][1] in deals}
    assert _ids(world, person, "SELECT Id FROM Note__c ORDER BY Deal__r.Name NULLS LAST, Id") == notes
    assert _ids(world, person, "SELECT Id FROM Note__c WHERE Deal__r.Name = null") == notes - with_deal
    sums = session.query("SELECT SUM(Deal__r.Amount__c) total FROM Note__c")["records"][0]["total"]
    amounts = [world.deals[world.notes[note][1]].amount for note in with_deal]
    assert (sums or 0) == sum(amount or 0 for amount in amounts)
    inside = "SELECT Id, Deal__r.Name, Deal__r.Owner.Id FROM Notes__r WHERE Deal__r.Name != null"
    upwards = f"SELECT Id, ({inside}) FROM Deal__c"
    rows = session.query(upwards)["records"]
    assert {note for row in rows for note in _children(row["Notes__r"])} == with_deal
    nested = "SELECT Id, (SELECT Id FROM Items__r), (SELECT Id FROM Notes__r) FROM Deal__c"
    found_items, found_notes = set[str](), set[str]()
    for row in session.query(nested)["records"]:
        assert row["Id"] in deals
        found_items |= _children(row["Items__r"])
        found_notes |= _children(row["Notes__r"])
    assert found_items == {item for item in items if world.items[item] in deals}
    assert found_notes == {note for note in notes if world.notes[note][1] in deals}
    joined = "SELECT Id FROM Note__c WHERE Deal__c {} (SELECT Id FROM Deal__c)"
    assert _ids(world, person, joined.format("IN")) == with_deal
    assert _ids(world, person, joined.format("NOT IN")) == notes - with_deal
    parents = session.query("SELECT Id, Deal__r.Name, Deal__r.Owner.Name FROM Note__c")["records"]
    assert {row["Id"] for row in parents if row["Deal__r"] is not None} == with_deal
    assert _ids(world, person, "SELECT Id FROM Note__c WHERE Deal__r.Name LIKE 'D%'") == with_deal
    counted = session.query("SELECT Deal__r.Kind__c k, COUNT(Id) n FROM Note__c GROUP BY Deal__r.Kind__c")["records"]
    kinds = Counter(world.deals[world.notes[note][1]].kind if note in with_deal else None for note in notes)
    assert {row["k"]: row["n"] for row in counted} == kinds


def _children(found: Any) -> set[str]:
    return set() if found is None else {row["Id"] for row in found["records"]}


class _TakenBackError(Exception):
    """Leaves the transaction so that nothing of a write stays."""


def _check_writing(world: World, person: Person) -> None:
    session = world.acting(person)
    for deal in world.deals.values():
        level = deal_level(world, person, deal)
        for right, least, act in (
            ("edit", 2, lambda d=deal: session.update("Deal__c", d.deal_id, {"Name": "changed"})),
            ("edit", 3, lambda d=deal: session.update("Deal__c", d.deal_id, {"OwnerId": _another(world, d.owner)})),
            ("delete", 3, lambda d=deal: session.delete("Deal__c", d.deal_id)),
        ):
            if not may(person, "Deal__c", "read"):
                expected = (404, "NOT_FOUND")
            elif not may(person, "Deal__c", right) or level < least:
                expected = (403, "INSUFFICIENT_ACCESS_OR_READONLY")
            else:
                expected = None
            assert _tried(world, act) == expected
    if may(person, "Item__c", "edit"):
        for item, deal_id in world.items.items():
            edits = deal_level(world, person, world.deals[deal_id]) >= 2
            expected = None if edits else (403, "INSUFFICIENT_ACCESS_OR_READONLY")
            assert _tried(world, lambda i=item: session.update("Item__c", i, {"Name": "changed"})) == expected
            assert _tried(world, lambda i=item: session.delete("Item__c", i)) == expected
    if may(person, "Note__c", "create"):
        for deal in world.deals:
            sees = deal in visible_deals(world, person)
            expected = None if sees else (403, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY")
            assert _tried(world, lambda d=deal: session.create("Note__c", {"Name": "n", "Deal__c": d})) == expected


def _another(world: World, owner: str) -> str:
    """Somebody else who reads deals."""
    others = (p.user_id for p in world.people if p.user_id != owner and may(p, "Deal__c", "read"))
    return next(others, owner)


def _tried(world: World, act: Callable[[], Any]) -> tuple[int, str] | None:
    refused = None
    with suppress(_TakenBackError), world.org.transaction():
        refused = _refused(act)
        raise _TakenBackError
    return refused


def _refused(act: Callable[[], Any]) -> tuple[int, str] | None:
    try:
        act()
    except ApiError as error:
        return error.status, error.code
    return None


def _check_record_access(world: World, person: Person) -> None:
    """Asked by somebody who sees every row."""
    listed = ", ".join(f"'{deal}'" for deal in world.deals)
    soql = (
        "SELECT RecordId, HasReadAccess, HasEditAccess, HasDeleteAccess, MaxAccessLevel FROM UserRecordAccess"
        f" WHERE UserId = '{person.user_id}' AND RecordId IN ({listed})"
    )
    rows = {row["RecordId"]: row for row in world.org.as_system().query(soql)["records"]}
    assert rows.keys() == world.deals.keys()
    for deal_id, row in rows.items():
        level = deal_level(world, person, world.deals[deal_id]) if may(person, "Deal__c", "read") else 0
        held = (
            level >= 1,
            level >= 2 and may(person, "Deal__c", "edit"),
            level >= 3 and may(person, "Deal__c", "delete"),
        )
        assert (row["HasReadAccess"], row["HasEditAccess"], row["HasDeleteAccess"]) == held
