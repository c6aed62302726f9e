"""Shops and visits with awkward values: nulls, letters outside ASCII, wildcards and quotes as plain text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from tests.support.small_org import SmallOrg

NAMES = ("alpha", "Alpha", "ALP_HA", "béta", "BÉTA", "50%", "it's", "a\\b", "Straße", "zeta x")
GUESTS = ("Ann", "ann", "Ben", None)
KINDS = ("Small", "Large", None)
TAGS = (None, "red", "red;green", "green;blue", "red;green;blue")
DAYS = (None, date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 1))
_FIRST = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
MOMENTS = (
    *(None, _FIRST, _FIRST + timedelta(hours=5), _FIRST + timedelta(days=40)),
    # The edges of days in Los Angeles and Kathmandu, and of a year.
    *(datetime(2026, 11, 25, 7, 59, 59, tzinfo=UTC), datetime(2026, 11, 25, 18, 15, tzinfo=UTC)),
    *(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2027, 1, 1, 0, 0, tzinfo=UTC)),
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """What is in the org, as plain Python: values as they were loaded."""

    shops: dict[str, Row] = field(repr=False)
    visits: dict[str, Row] = field(repr=False)
    owners: dict[str, Row] = field(repr=False)


def load_rows(small: SmallOrg, count: int = 60, seed: int = 7) -> Rows:
    """Fill the org; every third shop has a parent among those before it."""
    random = Random(seed)
    ids = [small.org.new_id("Shop__c") for _ in range(count)]
    owners = _owners(small)
    shops: dict[str, Row] = {}
    for index, shop_id in enumerate(ids):
        kind = random.choice(KINDS)
        shops[shop_id] = {
            "Id": shop_id,
            "Name": random.choice(NAMES),
            "Kind__c": kind,
            "Tags__c": random.choice(TAGS),
            "Size__c": random.choice((0.0, 1.5, 2.25)) if kind == "Large" else random.choice((None, 0.0, 1.5)),
            "Floors__c": random.choice((None, 0, 1, 7)),
            "Opened__c": random.choice(DAYS),
            "Seen__c": random.choice(MOMENTS),
            "Active__c": random.choice((True, False)),
            "Parent__c": random.choice(ids[:index]) if index and random.random() < 0.4 else None,
            "OwnerId": random.choice(list(owners)),
        }
    visits = {
        visit_id: {"Id": visit_id, "Shop__c": random.choice(ids[: count // 2]), "Guest__c": random.choice(GUESTS)}
        for visit_id in (small.org.new_id("Visit__c") for _ in range(count))
    }
    small.org.load("Shop__c", shops.values())
    small.org.load("Visit__c", visits.values())
    return Rows(shops, visits, owners)


def _owners(small: SmallOrg) -> dict[str, Row]:
    """Two people and a queue. `Type` is the object, which Owner.Type does not say of a queue."""
    night = small.org.load("Group", [{"Name": "Night", "DeveloperName": "Night_Queue", "Type": "Queue"}])[0]
    owners: dict[str, Row] = {night: {"Id": night, "Name": "Night", "DeveloperName": "Night_Queue", "Type": "Group"}}
    for handle in ("rep", "other"):
        user_id = small.people[handle]
        email = f"{handle}@shops.example"
        owners[user_id] = {"Id": user_id, "Name": f"{handle.title()} Shopper", "Email": email, "Type": "User"}
    return owners
