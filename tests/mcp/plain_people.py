"""lookup_user and get_scheduling_links read in plain Python from the org's rows: nothing of the tools' own code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.org.caller import Caller, Scope
from tests.mcp.plain_reading import Row, snake, value
from tests.mcp.world import World


def name_of(user: Row) -> str:
    return f"{user['FirstName']} {user['LastName']}"


def settings_of(world: World, user_id: str) -> Row | None:
    return next((row for row in world.of("User_Setting") if value(row, "User") == user_id), None)


def user_id_of(world: World, caller: Caller, named: str) -> str | None:
    return caller.user_id if named == "me" else world.people[named.partition("@")[0]]


def people(world: World, caller: Caller, asked: Mapping[str, Any]) -> list[Row]:
    """The users that lookup_user must answer, in the order of their names, whatever the case, and ids."""
    if caller.scope is Scope.USER:
        return [row for row in world.rows["User"] if row["Id"] == caller.user_id]
    pools = {value(row, "Grouping_Name"): row["Id"] for row in world.of("Pool")}
    members = {
        value(row, "User_Owner")
        for row in world.of("Pool_Member")
        if value(row, "Pool") == pools.get(asked.get("pool"))
    }
    named = "user" in asked or "pool" in asked

    def fits(user: Row) -> bool:
        settings = settings_of(world, user["Id"])
        status = snake(value(settings, "Calendar_Status")) if settings else "not_connected"
        return all(
            (
                named or (settings is not None and user["IsActive"]),
                "user" not in asked or user["Id"] == user_id_of(world, caller, asked["user"]),
                "pool" not in asked or user["Id"] in members,
                not asked.get("calendar_status") or status in asked["calendar_status"],
                all(
                    settings is not None and value(settings, f"Product_Access_{product.capitalize()}")
                    for product in asked.get("product_access", ())
                ),
            )
        )

    return sorted((row for row in world.rows["User"] if fits(row)), key=lambda row: (name_of(row).lower(), row["Id"]))


def offered(world: World, link: Row) -> set[str]:
    return {value(row, "Meeting_Type") for row in world.of("Link_Meeting_Type") if value(row, "Link") == link["Id"]}


def links(world: World, caller: Caller, asked: Mapping[str, Any]) -> list[Row]:
    """The links that get_scheduling_links must answer, in the order of their link ids, which are case-sensitive."""
    now: datetime = world.clock()
    types = {value(row, "Display_Name"): row["Id"] for row in world.of("Meeting_Type")}
    pools = {value(row, "Grouping_Name"): row["Id"] for row in world.of("Pool")}
    teams = {row["Name"]: row["Id"] for row in world.of("Team")}
    team = teams.get(asked.get("team", ""))
    members = {value(row, "User") for row in world.of("Team_Member") if value(row, "Team") == team}

    def fits(link: Row) -> bool:
        owner, host, expires = value(link, "Owner"), value(link, "Main_Host"), value(link, "Expires")
        works = value(link, "Is_Active") and (expires is None or expires > now)
        return all(
            (
                caller.scope is Scope.ADMIN or owner == caller.user_id,
                works or asked.get("include_inactive") or "link_id" in asked,
                "link_id" not in asked or asked["link_id"] in (value(link, "Link_Id"), value(link, "URL"), link["Id"]),
                "kind" not in asked or snake(value(link, "Kind")) in asked["kind"],
                "meeting_type" not in asked or types[asked["meeting_type"]] in offered(world, link),
                "user" not in asked or user_id_of(world, caller, asked["user"]) in (owner, host),
                "team" not in asked or value(link, "Team") == team or owner in members,
                "pool" not in asked or value(link, "Pool") == pools[asked["pool"]],
            )
        )

    return sorted((row for row in world.of("Link") if fits(row)), key=lambda row: value(row, "Link_Id"))
