"""lookup_pool and lookup_meeting_type read in plain Python from the org's rows: nothing of the tools' own code."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from app.org.caller import Caller
from tests.mcp.plain_reading import Row, snake, value
from tests.mcp.world import World

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNREADABLE = "cannot be read"


def told(instant: datetime | None, zone: ZoneInfo) -> dict[str, str] | None:
    if instant is None:
        return None
    local = instant.astimezone(zone)
    return {
        "local": local.isoformat(timespec="seconds"),
        "utc": instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "timezone": zone.key,
        "weekday": local.strftime("%A"),
    }


def bounded(text: str | None, most: int) -> str | None:
    if not text:  # Salesforce keeps an empty text as null
        return None
    clean = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def snake_or_none(text: str | None) -> str | None:
    return snake(text) if text else None


def by_name(rows: Sequence[Row], field: str) -> list[Row]:
    return sorted(rows, key=lambda row: (value(row, field).casefold(), value(row, field), row["Id"]))


def person(world: World, user_id: str) -> dict[str, Any]:
    row = next(row for row in world.rows["User"] if row["Id"] == user_id)
    return {"user_id": user_id, "name": f"{row['FirstName']} {row['LastName']}", "email": row["Email"]}


def pools(world: World, caller: Caller, groups: Collection[str], sizes: Mapping[str, int]) -> list[dict[str, Any]]:
    """All pools in the order of the list. sizes: how many pools stood on the page of each pool id."""
    return [
        pool(world, caller, row, groups, sizes[row["Id"]])
        for row in by_name(world.of("Pool"), "Grouping_Name")
        if row["Id"] in sizes
    ]


def pool(world: World, caller: Caller, row: Row, groups: Collection[str], page: int) -> dict[str, Any]:
    members = [each for each in world.of("Pool_Member") if value(each, "Pool") == row["Id"]]
    rotation = [each for each in members if in_rotation(world, row, each)]
    found: dict[str, Any] = {
        "pool_id": row["Id"],
        "name": value(row, "Grouping_Name"),
        "object_type": snake_or_none(value(row, "Object_Type")),
        "description": bounded(value(row, "Description"), 1000),
        "distribution": snake(value(row, "Distribution_Type")),
    }
    if not groups:
        found |= {"member_count": len(members), "in_rotation_count": len(rotation)}
    if "configuration" in groups:
        reset = value(row, "Reset_Date")
        managers = [each for each in world.of("Pool_Manager") if value(each, "Pool") == row["Id"]]
        found["configuration"] = {
            "is_weighted": value(row, "Is_Weighted"),
            "auto_calibration": snake_or_none(value(row, "Auto_Calibration")),
            "reset_period": snake_or_none(value(row, "Reset_Period")),
            "reset_date": f"{reset:%Y-%m-%d}" if reset else None,
            "product_access": [snake(each) for each in (value(row, "Product_Access") or "").split(";") if each],
            "credit_on_cancel": value(row, "Credit_On_Cancel"),
            "credit_on_no_show": value(row, "Credit_On_No_Show"),
            "managers": [
                person(world, value(each, "User")) for each in sorted(managers, key=lambda each: each["Id"])[:10]
            ],
        }
    if "membership" in groups:
        # A page of a query has 2,000 rows, members and pools together; no pool shows more than 200.
        shown = in_order(members)[: min(200, 2000 // page - 1)]
        found["membership"] = {
            "member_count": len(members),
            "in_rotation_count": len(rotation),
            "members": [_member(world, caller, each) for each in shown],
            "all_here": len(shown) == len(members),
            **_stamps(world, caller, row["Id"]),
        }
    return found


def in_order(members: Sequence[Row]) -> list[Row]:
    def key(member: Row) -> tuple[bool, int, str]:
        order = value(member, "Owner_Order")
        return (order is None, order or 0, member["Id"])

    return sorted(members, key=key)


def in_rotation(world: World, row: Row, member: Row) -> bool:
    user = next(each for each in world.rows["User"] if each["Id"] == value(member, "User_Owner"))
    until = value(member, "Paused_Until")
    return (
        user["IsActive"]
        and value(member, "Is_Available_For_Routing")
        and (until is None or until <= world.clock())
        and not (value(row, "Is_Weighted") and value(member, "Weighting_Value") == 0)
    )


def _member(world: World, caller: Caller, member: Row) -> dict[str, Any]:
    zone = ZoneInfo(caller.timezone)
    user = next(each for each in world.rows["User"] if each["Id"] == value(member, "User_Owner"))
    return {
        "pool_member_id": member["Id"],
        "user": person(world, user["Id"]),
        "active": user["IsActive"],
        "order": value(member, "Owner_Order"),
        "weight": value(member, "Weighting_Value"),
        "available_for_routing": value(member, "Is_Available_For_Routing"),
        "paused_until": told(value(member, "Paused_Until"), zone),
        "joined": told(value(member, "Joined_Date"), zone),
    }


def _stamps(world: World, caller: Caller, pool_id: str) -> dict[str, Any]:
    """When and by whom the org itself says that the row was made and changed."""
    soql = (
        "SELECT CreatedDate, CreatedById, CreatedBy.Name, LastModifiedDate, LastModifiedById, LastModifiedBy.Name "
        f"FROM LeanData__BookIt_Pool__c WHERE Id = '{pool_id}'"
    )
    row = world.running.org.as_system().query(soql)["records"][0]
    return {
        ours: {
            "at": told(datetime.fromisoformat(row[f"{theirs}Date"]), ZoneInfo(caller.timezone)),
            # The org itself, which loaded the rows, is nobody whom one could look at.
            "by": person(world, row[f"{theirs}ById"]) if row[f"{theirs}By"] else None,
        }
        for ours, theirs in (("created", "Created"), ("last_modified", "LastModified"))
    }


def meeting_types(world: World, groups: Collection[str]) -> list[dict[str, Any]]:
    """All meeting types in the order of the list."""
    return [meeting_type(world, row, groups) for row in by_name(world.of("Meeting_Type"), "Display_Name")]


def meeting_type(world: World, row: Row, groups: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "meeting_type_id": row["Id"],
        "name": value(row, "Display_Name"),
        "internal_name": value(row, "Internal_Name"),
        "product": snake(value(row, "Product")),
        "ownership": snake_or_none(value(row, "Ownership")),
        "is_locked": value(row, "Is_Locked"),
        "active": value(row, "Is_Active"),
    }
    if not groups:
        found["duration_minutes"] = value(row, "Duration_Minutes")
    if "scheduling" in groups:
        found["scheduling"] = _scheduling(world, row)
    if "form" in groups:
        found["form"] = _form(row)
    if "presentation" in groups:
        color, logo = value(row, "Style_Color"), value(row, "Logo_URL")
        found["presentation"] = {
            "display_name": value(row, "Display_Name"),
            "description": bounded(value(row, "Description"), 1000),
            "branding": "default" if color is None and logo is None else "own",
            "logo_url": logo,
            "style_color": color,
        }
    return found


def _scheduling(world: World, row: Row) -> dict[str, Any]:
    categories = {each["Id"]: each["Name"] for each in world.of("Meeting_Category")}
    first, last = value(row, "Custom_Range_Start"), value(row, "Custom_Range_End")
    category = value(row, "Meeting_Category")
    return {
        "duration_minutes": value(row, "Duration_Minutes"),
        "slot_interval_minutes": value(row, "Slot_Interval_Minutes") or 30,
        "buffer_before_minutes": value(row, "Buffer_Before_Minutes") or 0,
        "buffer_after_minutes": value(row, "Buffer_After_Minutes") or 0,
        "minimum_notice_minutes": value(row, "Minimum_Notice_Minutes") or 0,
        "booking_window_days": value(row, "Booking_Window_Days"),
        "custom_range": {"start": f"{first}" if first else None, "end": f"{last}" if last else None}
        if first or last
        else None,
        "max_per_day": value(row, "Max_Per_Day"),
        "max_per_week": value(row, "Max_Per_Week"),
        "working_hours": _hours(row),
        "meeting_category": {"meeting_category_id": category, "name": categories[category]} if category else None,
        "product": snake(value(row, "Product")),
    }


def _hours(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {"source": "host", "timezone": None, "weekly": None, "problem": None}
    if value(row, "Working_Hours_Source") != "Meeting Type":
        return found
    found["source"] = "meeting_type"
    stored = value(row, "Working_Hours")
    # What of odd_setup.HOURS is in order is told by eye here: the parser has its own tests.
    if stored is None or "s3cret" in stored or stored == '{"monday": [["12:00", "09:00"]]}':
        found["problem"] = UNREADABLE
        return found
    days = json.loads(stored)
    found["timezone"] = days.get("timezone")
    found["weekly"] = {
        day: [f"{start}-{end.replace('23:59', '24:00')}" for start, end in days.get(day, [])] for day in DAYS
    }
    return found


def _form(row: Row) -> dict[str, Any]:
    fields, notifications, problems, not_shown = None, None, 0, 0
    try:
        kept = json.loads(value(row, "Form_Fields") or "[]")
        fields = [_field(each) for each in kept[:20]]
        not_shown += len(kept[20:]) + sum(len({"secret", "weight"} & each.keys()) for each in kept)
    except (ValueError, TypeError, KeyError, RecursionError):
        fields, problems = None, 1
    try:
        told_of = json.loads(value(row, "Notifications") or "{}")
        flags = [told_of.get(name) for name in ("confirmation", "cancellation", "sms")]
        reminders = told_of.get("reminders_minutes_before", [])
        if not all(flag in (None, True, False) for flag in flags) or not all(
            type(each) is int and each >= 0 for each in reminders
        ):
            raise TypeError
        notifications = {
            "confirmation": flags[0],
            "reminders_minutes_before": reminders[:10],
            "cancellation": flags[1],
            "sms": flags[2],
        }
        not_shown += len(reminders[10:]) + ("webhook" in told_of)
    except (ValueError, TypeError, AttributeError):
        problems += 1
    return {
        "fields": fields,
        "notifications": notifications,
        "problems": problems,
        "not_shown": not_shown,
        "redirect_url": value(row, "Redirect_URL"),
        "location": bounded(value(row, "Location"), 300),
        "conference_provider": snake_or_none(value(row, "Conference_Provider")),
    }


def _field(kept: object) -> dict[str, Any]:
    if not isinstance(kept, dict):
        raise TypeError
    entry = cast("dict[str, Any]", kept)
    label = entry.get("label", entry["name"])
    if not isinstance(label, str):
        raise TypeError
    found: dict[str, Any] = {
        "name": entry["name"],
        "label": bounded(label, 300),
        "type": entry.get("type", "text"),
        "required": entry.get("required", False),
    }
    if "options" in entry:
        found["options"] = [bounded(each, 300) for each in entry["options"]]
    return found
