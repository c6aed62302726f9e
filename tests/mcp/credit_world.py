"""Meetings to ask credits for, and what an org holds of them before and after: read from the org itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from app.local_org.demo_data.model import bookit, custom
from app.org.caller import Caller
from tests.mcp.world import World

WEST, SDR = "Pool West - USA", "SDR Pool"
"""The SDR pool gives a credit for a no-show by itself, the western one does not."""


def custom_names(names: str) -> tuple[str, ...]:
    """LeanData's fields by their names without prefix."""
    return tuple(f"LeanData__{name}__c" for name in names.split())


FIELDS: Mapping[str, tuple[str, ...]] = {
    bookit("Meeting"): custom_names(
        "Status Start End Main_Host Pool Pool_Member Is_No_Show Credit_Status Canceled_Date Event_Id Selection_Snapshot"
    ),
    bookit("Credit_Request"): custom_names(
        "Meeting Host Pool Meeting_Category Reason Comment Status Is_Automatic Requested_By Decided_By Decided_Date "
        "Decision_Comment Open_Key"
    ),
    bookit("Count_Entry"): custom_names(
        "Pool Member Meeting_Category Period_Start Kind Entry_Key Delta Old_Value New_Value Reason Meeting Changed_By"
    ),
    bookit("Meeting_Activity"): custom_names("Meeting Kind Actor Channel Old_Value New_Value"),
    bookit("Attendee"): custom_names("Meeting Email User Role Response_Status"),
    "BookIt_MCP_Claim__c": ("Claim_Key__c", "Host__c", "Period__c", "Number__c", "Meeting__c"),
    "BookIt_MCP_Operation__c": ("Operation_Key__c", "Request_Hash__c", "Answer__c", "Actor__c", "Tool__c"),
    "Event": ("OwnerId", "Subject", "StartDateTime", "EndDateTime"),
}
"""Of every object that an action may write: the fields that can tell it."""

Rows = dict[tuple[str, str], dict[str, Any]]
_numbers = count(1)


def query(world: World, soql: str) -> list[dict[str, Any]]:
    """Rows as the org itself sees them, without what Salesforce adds to each."""
    found = world.running.org.as_system().query(soql)
    assert found["done"]
    return [{name: value for name, value in row.items() if name != "attributes"} for row in found["records"]]


def everything(world: World) -> Rows:
    """All rows that an action could write, by object and id, fields by their names without prefix."""
    return {
        (object_name, row["Id"]): {bare(name): row[name] for name in fields}
        for object_name, fields in FIELDS.items()
        for row in query(world, f"SELECT Id, {', '.join(fields)} FROM {object_name}")
    }


def made(before: Rows, after: Rows) -> dict[str, list[dict[str, Any]]]:
    """The new rows by object, in the order of their ids."""
    found: dict[str, list[dict[str, Any]]] = {}
    for key in sorted(after.keys() - before.keys()):
        found.setdefault(bare(key[0]), []).append({"Id": key[1], **after[key]})
    return found


def changed(before: Rows, after: Rows) -> dict[tuple[str, str], dict[str, tuple[Any, Any]]]:
    """What is otherwise than it was: (before, after) of each such field. No row may be gone."""
    assert before.keys() <= after.keys()
    return {
        (bare(key[0]), key[1]): {
            name: (value, after[key][name]) for name, value in row.items() if after[key][name] != value
        }
        for key, row in before.items()
        if after[key] != row
    }


def bare(name: str) -> str:
    """`LeanData__BookIt_Meeting__c` is Meeting, `LeanData__Start__c` Start, `BookIt_MCP_Claim__c` Claim."""
    for prefix in ("LeanData__", "BookIt_MCP_", "BookIt_"):
        name = name.removeprefix(prefix)
    return name.removesuffix("__c")


def person(world: World, handle: str) -> str:
    return world.people[handle]


def pool_id(world: World, name: str) -> str:
    return query(world, f"SELECT Id FROM {bookit('Pool')} WHERE LeanData__Grouping_Name__c = '{name}'")[0]["Id"]


def member_id(world: World, pool: str, handle: str) -> str:
    return query(
        world,
        f"SELECT Id FROM {bookit('Pool_Member')} WHERE LeanData__Pool__c = '{pool_id(world, pool)}'"
        f" AND LeanData__User_Owner__c = '{person(world, handle)}'",
    )[0]["Id"]


def category_id(world: World, name: str = "Demos") -> str:
    return query(world, f"SELECT Id FROM {bookit('Meeting_Category')} WHERE Name = '{name}'")[0]["Id"]


def new_meeting(
    world: World,
    *,
    host: str = "rep1",
    pool: str | None = WEST,
    begins: timedelta = timedelta(days=-1),
    status: str = "Scheduled",
    is_no_show: bool = False,
    prospect: str = "Jordan Lee",
) -> str:
    """The id of a new meeting, with its host, rep8 as another attendee, and a prospect."""
    system = world.running.org.as_system()
    start: datetime = world.clock() + begins
    values = custom(
        Meeting_Id=f"CRD-{next(_numbers):05d}",
        Status=status,
        Start=stamp(start),
        End=stamp(start + timedelta(minutes=30)),
        Timezone="America/Los_Angeles",
        Meeting_Type=query(
            world, f"SELECT Id FROM {bookit('Meeting_Type')} WHERE LeanData__Display_Name__c = 'Inbound Demo'"
        )[0]["Id"],
        Main_Host=person(world, host),
        Original_Host=person(world, host),
        Pool=pool_id(world, pool) if pool else None,
        Pool_Member=member_id(world, pool, host) if pool else None,
        Meeting_Category=category_id(world),
        Booking_Method="Forms",
        Booked_Date=stamp(start - timedelta(days=3)),
        Prospect_Name=prospect,
        Prospect_Email="jordan.lee@acmecorp.example",
        Company="Acme Corp",
        Canceled_Date=stamp(start - timedelta(days=1)) if status == "Canceled" else None,
        Is_No_Show=is_no_show,
        Reschedule_Count=0,
        SMS_Consent=False,
    )
    meeting = system.create(bookit("Meeting"), values)
    for role, name, handle in (("Host", "Host", host), ("Attendee", "Colleague", "rep8"), ("Prospect", prospect, None)):
        attendee = custom(
            Meeting=meeting,
            Email=f"{handle}@demo.example" if handle else "jordan.lee@acmecorp.example",
            User=person(world, handle) if handle else None,
            Role=role,
            Response_Status="Accepted",
        )
        system.create(bookit("Attendee"), {"Name": name, **attendee})
    return meeting


def new_request(world: World, meeting: str, *, status: str = "Pending", host: str = "rep1", **given: Any) -> str:
    """The id of a new credit request, as BookIt's own screens would make it. given: further fields, or others."""
    decided = status != "Pending"
    values = custom(
        **{
            "Meeting": meeting,
            "Host": person(world, host),
            "Pool": pool_id(world, WEST),
            "Meeting_Category": category_id(world),
            "Reason": "No-Show",
            "Comment": "Nobody came.",
            "Status": status,
            "Is_Automatic": False,
            "Requested_By": person(world, host),
            "Decided_By": person(world, "admin") if decided else None,
            "Decided_Date": stamp(world.clock()) if decided else None,
            "Open_Key": None if decided else f"{meeting}|{person(world, host)}",
            **given,
        }
    )
    return world.running.org.as_system().create(bookit("Credit_Request"), values)


def update(world: World, object_name: str, record: str, **values: Any) -> None:
    """Somebody changes a record in Salesforce."""
    world.running.org.as_system().update(bookit(object_name), record, custom(**values))


def stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def wrote(instant: datetime) -> str:
    """The same as Salesforce answers it."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


async def agreed(world: World, caller: Caller, tool: str, **arguments: Any) -> dict[str, Any]:
    """The answer after the preview was agreed to."""
    preview = await world.ask(caller, tool, **arguments)
    assert preview["status"] == "preview"
    answer = await world.ask(caller, tool, **arguments, confirm_token=preview["confirm_token"])
    assert answer["status"] == "done"
    return answer


def calls_of_last_write(world: World) -> int:
    return world.audit.writes[-1][1].salesforce_calls
