"""People, their settings and their links with every corner that look-ups meet: for a world of their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.local_org.demo_data.model import DemoData, NewId, Row, bookit, custom

POOL = "Corner Pool"
POOL_MEMBERS = ("rep1", "rep2", "rep4", "rep5", "both", "inactive", "integration")
"""Connected, not connected, expired, paused, without settings, a former user, without settings too."""
MANY_LINKS = "rep28"
SECRET = "s3cret"
OFFERS = 150
KINDS = ("Individual", "Group", "Pool", "Routing", "Multi-Type", "Single-Use", "Managed")


def add_odd_people(data: DemoData, new_id: NewId) -> None:
    """After the demo's own rows; nobody's permission changes."""
    data.rows = {bookit("Team"): data.rows.pop(bookit("Team")), **data.rows}  # links of teams are loaded after them
    rng = Random(11)
    _add_pool(data, new_id)
    _name_alike(data)
    _add_hours(data, new_id)
    _change_settings(data, rng)
    _add_connections(data, new_id)
    _add_vacations(data, new_id)
    _add_random_links(data, new_id, rng)
    for number in range(60):
        link = _link(data, new_id, f"many-{number:02d}", data.people[MANY_LINKS], Is_Active=number % 7 != 0)
        _offer(data, new_id, link, [data.of(bookit("Meeting_Type"))[number % 3]["Id"]])


def settings_of(data: DemoData, handle: str) -> Row:
    return next(r for r in data.of(bookit("User_Setting")) if r["LeanData__User__c"] == data.people[handle])


def _add_pool(data: DemoData, new_id: NewId) -> None:
    pool = dict(data.of(bookit("Pool"))[1])
    pool |= {"Id": new_id(bookit("Pool"))} | custom(Grouping_Name=POOL)
    data.add(bookit("Pool"), pool)
    for order, handle in enumerate(POOL_MEMBERS, start=1):
        values = custom(
            Pool=pool["Id"],
            User_Owner=data.people[handle],
            OwnerId=data.people[handle],
            Owner_Order=order,
            Weighting_Value=1,
            Is_Available_For_Routing=handle != "rep5",
            Joined_Date=data.now,
        )
        data.add(bookit("Pool_Member"), {"Id": new_id(bookit("Pool_Member")), **values})


def _name_alike(data: DemoData) -> None:
    """Names that differ in case alone are one place in Salesforce's order; those with another letter are not."""
    alike = {
        "rep25": ("Zoë", "Laurent"),
        "rep26": ("ZOË", "laurent"),
        "rep29": ("Zoë", "LAURENT"),
        "rep30": ("Zoe", "L."),
    }
    alike |= {"rep16": ("100%", "_O'Brien \\"), "rep22": ("zoë", "laurent")}
    for row in data.of("User"):
        handle = row["Username"].partition("@")[0]
        row["FullPhotoUrl"] = f"https://pictures.example/{handle}"
        if handle in alike:
            row["FirstName"], row["LastName"] = alike[handle]


def _add_hours(data: DemoData, new_id: NewId) -> None:
    night = json.dumps({"friday": [["20:00", "24:00"]], "saturday": [["00:00", "04:30"], ["09:00", "10:00"]]})
    for handle, name, zone, blocks in (
        ("rep26", "Of no zone", "Mars/Olympus", night),
        ("rep27", "No JSON", None, "{not json"),
        ("rep28", "Overlapping", None, json.dumps({"monday": [["09:00", "12:00"], ["11:00", "13:00"]]})),
        ("rep29", "Nights", "Asia/Tokyo", night),
        ("rep24", "Empty", None, None),
        ("rep30", None, None, None),
    ):
        hours = None
        if name is not None:
            values = custom(Timezone=zone, Use_User_Timezone=zone is None, Is_Default=False, Blocks=blocks)
            row = {"Id": new_id(bookit("Working_Hours")), "Name": name, "OwnerId": data.people["admin"], **values}
            hours = data.add(bookit("Working_Hours"), row)
        settings_of(data, handle).update(custom(Working_Hours=hours))


def _change_settings(data: DemoData, rng: Random) -> None:
    for row in data.of(bookit("User_Setting")):
        row |= custom(
            Product_Access_Forms=rng.random() < 0.7,
            Product_Access_Links=rng.random() < 0.7,
            Product_Access_Handoff=rng.random() < 0.3,
            Access_Level=rng.choice(("Admin", "Manager", "User", None)),
        )
    for handle, until in (
        ("rep22", data.now - timedelta(days=1)),
        ("rep23", None),
        ("rep24", data.now),
        ("rep25", data.now + timedelta(seconds=1)),
    ):
        settings_of(data, handle).update(custom(Is_Paused=True, Paused_Until=until))
    settings_of(data, "rep21").update(custom(Is_Paused=False, Paused_Until=data.now + timedelta(days=3)))


def _add_connections(data: DemoData, new_id: NewId) -> None:
    for row in data.of(bookit("Conference_Connection")):
        row["LeanData__Link__c"] = f"https://zoom.example/j/1?pwd={SECRET}"
    for handle in ("rep1", "both"):
        for provider, status in (("Webex", "Expired"), ("Custom", "Not Connected"), ("Google Meet", "Connected")):
            user = data.people[handle]
            values = custom(
                User=user,
                Provider=provider,
                Status=status,
                Link=f"https://{SECRET}.example/{handle}",
                Is_Default=False,
            )
            row = {"Id": new_id(bookit("Conference_Connection")), "OwnerId": user, **values}
            data.add(bookit("Conference_Connection"), row)


def _add_vacations(data: DemoData, new_id: NewId) -> None:
    """Of rep29, whose today is London's, and of rep13, who is in Sydney and so already has the next day."""
    for handle in ("rep29", "rep13"):
        user = data.people[handle]
        today = data.now.astimezone(ZoneInfo("Europe/London")).date()
        for first, last, before in ((-400, -390, 0), (-9, -1, 1), (-3, 0, 2), (30, 44, None), (5, 5, 0)):
            values = custom(
                User=user,
                Start=today + timedelta(days=first),
                End=today + timedelta(days=last),
                Start_Buffer_Days=before,
                End_Buffer_Days=None if before is None else before + 1,
            )
            data.add(bookit("Vacation"), {"Id": new_id(bookit("Vacation")), "OwnerId": user, **values})


def _add_random_links(data: DemoData, new_id: NewId, rng: Random) -> None:
    people = [data.people[handle] for handle in ("rep1", "rep2", "rep3", "admin", "rep9")]
    teams = [row["Id"] for row in data.of(bookit("Team"))]
    pools = [row["Id"] for row in data.of(bookit("Pool"))]
    types = [row["Id"] for row in data.of(bookit("Meeting_Type"))]
    times: Sequence[datetime | None] = (
        None,
        data.now - timedelta(seconds=1),
        data.now,
        data.now + timedelta(seconds=1),
        data.now + timedelta(days=30),
    )
    made: list[str] = []
    for number in range(OFFERS):
        kind = rng.choice(KINDS)
        link = _link(
            data,
            new_id,
            f"{rng.choice(('rnd', 'RND', 'Ünd', 'a_b%'))}-{number // 3:03d}{'xX-'[number % 3]}",
            rng.choice((*people, None)),
            Kind=kind,
            Is_Active=rng.random() < 0.8,
            Expires=rng.choice(times),
            Main_Host=rng.choice((*people, None)),
            Team=rng.choice((*teams, None, None)),
            Pool=rng.choice((*pools, None, None)),
            Parent_Link=rng.choice(made) if made and kind == "Single-Use" else None,
            Single_Use_Status=rng.choice(("Unused", "Used", "Expired")) if kind == "Single-Use" else None,
        )
        made.append(link)
        _offer(data, new_id, link, rng.sample(types, rng.randint(0, 3)))


def _link(data: DemoData, new_id: NewId, link_id: str, owner: str | None, **fields: object) -> str:
    values: dict[str, object] = {"Kind": "Individual", "Is_Active": True} | fields
    row = {
        "Id": new_id(bookit("Link")),
        "OwnerId": owner or data.people["admin"],
        **custom(Link_Id=link_id, URL=f"https://bookit.example/{link_id}", Owner=owner, **values),
    }
    return data.add(bookit("Link"), row)


def _offer(data: DemoData, new_id: NewId, link: str, types: Sequence[str]) -> None:
    for each in types:
        values = custom(Link=link, Meeting_Type=each)
        data.add(bookit("Link_Meeting_Type"), {"Id": new_id(bookit("Link_Meeting_Type")), **values})
