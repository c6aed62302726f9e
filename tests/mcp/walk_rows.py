"""What the org holds after each step of a walk, from its own rows, against the model and against each other."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.mcp.credit_world import Rows, bare, query
from tests.mcp.moving_world import everything
from tests.mcp.walk_meetings import Meeting
from tests.mcp.walk_model import Model
from tests.mcp.walk_setup import PEOPLE
from tests.mcp.world import World

LIVE = {"Scheduled", "Rescheduled"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Names:
    """What ids of the org stand for: users' handles, and names of pools, categories and types; (pool, handle) of
    members."""

    users: Mapping[str, str]
    pools: Mapping[str, str]
    members: Mapping[str, tuple[str, str]]
    categories: Mapping[str, str]
    kinds: Mapping[str, str]

    @classmethod
    def of(cls, world: World) -> Names:
        users = {world.people[handle]: handle for handle in PEOPLE}
        pools = {row["Id"]: row["LeanData__Grouping_Name__c"] for row in world.of("Pool")}
        return cls(
            users=users,
            pools=pools,
            members={
                row["Id"]: (pools[row["LeanData__Pool__c"]], users[row["LeanData__User_Owner__c"]])
                for row in world.of("Pool_Member")
                if row["LeanData__User_Owner__c"] in users
            },
            categories={row["Id"]: row["Name"] for row in world.of("Meeting_Category")},
            kinds={row["Id"]: row["LeanData__Display_Name__c"] for row in world.of("Meeting_Type")},
        )


def all_rows(world: World) -> Rows:
    """Every row that an action could write or change, prospects' leads too."""
    leads = query(world, "SELECT Id, Email, LastName, Company, OwnerId FROM Lead")
    return everything(world) | {("Lead", row["Id"]): row for row in leads}


def check_rows(rows: Rows, model: Model, names: Names, *, operations: int) -> None:
    """Everything that must be so whatever was done. operations: how many deeds were done."""
    found: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for (object_name, record_id), row in rows.items():
        found[bare(object_name)][record_id] = row
    _check_meetings(found["Meeting"], model, names)
    _check_events(found["Event"], found["Meeting"])
    _check_attendees(found["Attendee"], found["Meeting"])
    _check_times(model)
    _check_ledger(found["Count_Entry"], found["Meeting"], model, names)
    _check_credits(found["Credit_Request"], model, names)
    _check_operations(found["Operation"], operations)
    claims = [row["Claim_Key"] for row in found["Claim"].values()]
    assert len(claims) == len(set(claims))


def check_claims_stand(before: Rows, after: Rows) -> None:
    def claims(rows: Rows) -> dict[tuple[str, str], Row]:
        return {key: row for key, row in rows.items() if bare(key[0]) in ("Claim", "Operation", "Count_Entry")}

    assert claims(before).items() <= claims(after).items()


def _check_meetings(meetings: Mapping[str, Row], model: Model, names: Names) -> None:
    assert meetings.keys() == {each.id for each in model.meetings}
    for each in model.meetings:
        row = meetings[each.id]
        assert _as_modelled(row, names) == _modelled(each)
        assert row["OwnerId"] == row["Main_Host"]
        assert (row["Canceled_Date"] is not None) == (not each.live)


def _as_modelled(row: Row, names: Names) -> dict[str, Any]:
    member = row["Pool_Member"]
    return {
        "status": row["Status"],
        "start": instant(row["Start"]),
        "end": instant(row["End"]),
        "kind": names.kinds[row["Meeting_Type"]],
        "category": names.categories[row["Meeting_Category"]],
        "host": names.users[row["Main_Host"]],
        "original": names.users[row["Original_Host"]],
        "pool": names.pools[row["Pool"]] if row["Pool"] else None,
        "member": names.members[member] if member else None,
        "no_show": row["Is_No_Show"],
        "credit": row["Credit_Status"],
        "moves": row["Reschedule_Count"],
        "previous": instant(row["Previous_Start"]) if row["Previous_Start"] else None,
        "from": names.users[row["Reassigned_From"]] if row["Reassigned_From"] else None,
    }


def _modelled(meeting: Meeting) -> dict[str, Any]:
    pool = meeting.pool.name if meeting.pool else None
    return {
        "status": meeting.status,
        "start": meeting.start,
        "end": meeting.end,
        "kind": meeting.kind.name,
        "category": meeting.kind.category,
        "host": meeting.host,
        "original": meeting.original,
        "pool": pool,
        "member": (pool, meeting.host) if pool else None,
        "no_show": meeting.no_show,
        "credit": meeting.credit_status,
        "moves": meeting.moves,
        "previous": meeting.previous,
        "from": meeting.from_host,
    }


def _check_events(events: Mapping[str, Row], meetings: Mapping[str, Row]) -> None:
    """Each live meeting has its own, and there are no others."""
    live = {row["Event_Id"]: row for row in meetings.values() if row["Status"] in LIVE}
    assert events.keys() == live.keys()
    for event_id, event in events.items():
        meeting = live[event_id]
        assert (event["OwnerId"], event["StartDateTime"], event["EndDateTime"]) == (
            meeting["Main_Host"],
            meeting["Start"],
            meeting["End"],
        )


def _check_attendees(attendees: Mapping[str, Row], meetings: Mapping[str, Row]) -> None:
    roles: defaultdict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for row in attendees.values():
        roles[row["Meeting"]].append((row["Role"], row["User"]))
    for meeting_id, row in meetings.items():
        assert Counter(roles[meeting_id]) == Counter([("Host", row["Main_Host"]), ("Prospect", None)])


def _check_times(model: Model) -> None:
    """No two live meetings of a host come nearer than their buffers, and no day or week has more than its type allows.
    The model's meetings are those of the rows by now."""
    for each in model.meetings:
        if each.live:
            assert model.is_free(each.host, each.kind, each.start, each.start, but=each, notice=False)


def _check_ledger(entries: Mapping[str, Row], meetings: Mapping[str, Row], model: Model, names: Names) -> None:
    sums: Counter[tuple[str, str, str, date, str]] = Counter()
    of_meetings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in entries.values():
        pool, member = names.members[row["Member"]]
        assert names.pools[row["Pool"]] == pool
        period = date.fromisoformat(row["Period_Start"])
        sums[pool, member, names.categories[row["Meeting_Category"]], period, row["Kind"]] += row["Delta"]
        if row["Kind"] in ("Scheduled", "Unscheduled"):
            of_meetings[row["Meeting"]][row["Member"]] += row["Delta"]
    assert sums == model.sums()
    assert len(entries) == len(model.ledger)
    keys = [row["Entry_Key"] for row in entries.values()]
    assert len(keys) == len(set(keys))
    for meeting_id, row in meetings.items():
        once = {row["Pool_Member"]: 1} if row["Pool_Member"] else {}
        assert {member: total for member, total in of_meetings[meeting_id].items() if total} == once


def _check_credits(requests: Mapping[str, Row], model: Model, names: Names) -> None:
    open_ones: Counter[tuple[str, str]] = Counter()
    for row in requests.values():
        if row["Status"] == "Pending":
            open_ones[row["Meeting"], row["Host"]] += 1
        key = f"{row['Meeting']}|{row['Host']}" if row["Status"] == "Pending" else None
        assert row["Open_Key"] == key
        assert (row["Decided_Date"] is None) == (row["Status"] == "Pending")
    assert max(open_ones.values(), default=0) <= 1
    assert Counter(
        (row["Meeting"], names.users[row["Host"]], row["Reason"], row["Status"], row["Is_Automatic"])
        for row in requests.values()
    ) == Counter((each.meeting.id, each.host, each.reason, each.status, each.automatic) for each in model.requests)
    for each in model.requests:
        if each.id:  # an automatic one of a cancellation is told to nobody by its id
            assert requests[each.id]["Status"] == each.status


def _check_operations(operations: Mapping[str, Row], number: int) -> None:
    assert len(operations) == number
    assert len({row["Operation_Key"] for row in operations.values()}) == number
    assert all(isinstance(json.loads(row["Answer"]), dict) for row in operations.values())


def instant(text: str) -> datetime:
    """Of Salesforce's `2026-11-23T15:30:00.000+0000`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
