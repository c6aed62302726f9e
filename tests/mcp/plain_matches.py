"""Whom a prospect matches in a world, read naively from its rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.bookit.routing.plain_routing import Json, Rows
from tests.mcp.world import World


def live_nodes(world: World) -> list[Json]:
    """The nodes of the live graph that was modified last."""
    live = [row for row in world.of("Graph") if row["LeanData__Is_Live__c"]]
    live.sort(key=lambda row: row.get("LastModifiedDate", world.clock()))
    return json.loads(live[-1]["LeanData__Definition__c"])["nodes"]


def plain_rows(world: World, email: str, free_mail: Sequence[str] = ("gmail.com",)) -> Rows:
    """By record and way, what matches the address."""
    address = email.casefold()
    domain = address.split("@")[-1]
    active = {row["Id"]: row["IsActive"] for row in world.rows["User"]}
    accounts = {row["Id"]: row for row in world.rows["Account"]}

    def shown(rows: Sequence[Any], fields: Callable[[Any], Json]) -> list[Json]:
        found: list[Json] = []
        for row in rows:
            by_user = row["OwnerId"] in active
            is_active = by_user and active[row["OwnerId"]]
            own = {"id": row["Id"], "owner": row["OwnerId"], "owner_is_active": is_active}
            found.append(
                {
                    "id": row["Id"],
                    "created": row.get("CreatedDate", world.clock()),
                    "modified": row.get("LastModifiedDate", world.clock()),
                    "owner": row["OwnerId"] if by_user else None,
                    "active": is_active,
                    "fields": own | fields(row),
                }
            )
        return found

    def of_account(row: Any) -> Json:
        return {"name": row["Name"], "website": row.get("Website")}

    leads = [row for row in world.rows["Lead"] if row["Email"].casefold() == address and not row.get("IsConverted")]
    contacts = [row for row in world.rows["Contact"] if row["Email"].casefold() == address]
    theirs = dict.fromkeys(row["AccountId"] for row in contacts if row["AccountId"])
    sites = [row for row in accounts.values() if bare(row.get("Website") or "") == domain and domain not in free_mail]
    return {
        ("lead", "email"): shown(leads, lambda row: {"email": row["Email"], "company": row["Company"]}),
        ("contact", "email"): shown(contacts, lambda row: {"email": row["Email"], "account": row["AccountId"]}),
        ("account", "email"): shown([accounts[each] for each in theirs], of_account),
        ("account", "domain"): shown(sites, of_account),
    }


def bare(website: str) -> str:
    """`HTTPS://www.acme.com/` → `acme.com`."""
    return re.sub(r"^(https?://)?(www\.)?", "", website.casefold()).removesuffix("/")
