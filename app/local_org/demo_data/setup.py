"""What an admin has set up: users, categories, meeting types, working hours, pools, links, teams, calendars."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.local_org.demo_data.cast import AMEA, EVERYBODY, LEADERS, REPS, SDRS, SPECIAL, WEST, Person
from app.local_org.demo_data.model import DemoData, NewId, bookit, custom
from app.local_org.demo_data.options import period_start
from app.local_org.demo_data.roles import add_roles

OFFICE_HOURS = json.dumps(
    {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
)

INBOUND_DEMO = "Inbound Demo"
OUTBOUND_DEMO = "Outbound Demo"
INTRO = "30-minute intro"
DEEP_DIVE = "Technical Deep Dive"
RENEWAL = "Renewal Check-in"

ENTERPRISE_AMEA = "Enterprise AMEA Pool"
POOL_WEST = "Pool West - USA"
SDR_POOL = "SDR Pool"


@dataclass(frozen=True, slots=True)
class MeetingType:
    """A meeting type and who hosts it: members of `pools`, or anybody for himself where there are none."""

    name: str
    internal_name: str
    product: str
    category: str
    minutes: int
    pools: tuple[str, ...] = ()
    buffer_minutes: int = 0
    max_per_day: int | None = None
    max_per_week: int | None = None
    color: str = "#1F6FEB"


MEETING_TYPES = (
    MeetingType(INBOUND_DEMO, "inbound_demo", "Forms", "Demos", 30, (POOL_WEST, ENTERPRISE_AMEA), max_per_day=8),
    MeetingType(OUTBOUND_DEMO, "outbound_demo", "Handoff", "Demos", 45, (SDR_POOL,), 5, max_per_week=30),
    MeetingType(INTRO, "thirty_minute_intro", "Links", "Intros", 30, color="#2DA44E"),
    MeetingType(DEEP_DIVE, "technical_deep_dive", "Links", "Solutions", 60, buffer_minutes=10, color="#8250DF"),
    MeetingType(RENEWAL, "renewal_check_in", "Links", "Customers", 30, color="#BF8700"),
)


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool with its members in member order."""

    name: str
    description: str
    members: tuple[Person, ...]
    distribution: str = "Count-Based"
    weighted: bool = False
    product: str = "Forms"
    credit_on_no_show: bool = False
    auto_calibration: str = "New Members"


POOLS = (
    Pool(
        ENTERPRISE_AMEA,
        "Enterprise accounts in Asia, the Middle East and Africa",
        AMEA,
        weighted=True,
        auto_calibration="New and Returning Members",
    ),
    Pool(POOL_WEST, "Inbound demos for the western United States", WEST),
    Pool(SDR_POOL, "Hand-offs to the sales development team", SDRS, product="Handoff", credit_on_no_show=True),
)


@dataclass(slots=True)
class Ids:
    """Where the set-up put things, by name. members: (pool name, handle) → id; links: (handle, type name) → id."""

    categories: dict[str, str] = field(default_factory=dict[str, str])
    types: dict[str, str] = field(default_factory=dict[str, str])
    pools: dict[str, str] = field(default_factory=dict[str, str])
    members: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    links: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])


def add_users(data: DemoData, new_id: NewId) -> None:
    """Rows of UserRole and User. Profiles and permission sets are the loader's: the org's rows, not the demo's."""
    roles = add_roles(data, new_id)
    for person in EVERYBODY:
        data.people[person.handle] = data.add(
            "User",
            {
                "Id": new_id("User"),
                "Username": f"{person.handle}@demo.example",
                "Email": f"{person.handle}@demo.example",
                "FirstName": person.first,
                "LastName": person.last,
                "Alias": person.handle[:8],
                "Title": person.title,
                "Phone": f"+1 555 01{len(data.people):02d}",
                "IsActive": person.active,
                "UserRoleId": roles.get(person.handle),
                "TimeZoneSidKey": person.zone,
                "LocaleSidKey": "en_US",
                "LanguageLocaleKey": "en_US",
                "EmailEncodingKey": "UTF-8",
            },
        )


def add_setup(data: DemoData, new_id: NewId, rng: Random) -> Ids:
    """Everything but users and meetings. Needs add_users before it."""
    ids = Ids()
    owner = data.people["admin"]
    hours = _add_working_hours(data, new_id, owner)
    for kind in dict.fromkeys(t.category for t in MEETING_TYPES):
        ids.categories[kind] = _add(data, new_id, "Meeting_Category", owner, Name=kind)
    for meeting_type in MEETING_TYPES:
        ids.types[meeting_type.name] = _add_meeting_type(data, new_id, owner, meeting_type, ids)
    for pool in POOLS:
        _add_pool(data, new_id, owner, pool, ids)
    for person in (*REPS, *SPECIAL):
        _add_person_settings(data, new_id, person, hours, rng)
        _add_links(data, new_id, person, ids)
    _add_shared_links(data, new_id, owner, ids)
    _add_teams(data, new_id, owner)
    return ids


DETAILS = frozenset({"Pool_Member", "Pool_Manager", "Link_Meeting_Type", "Team_Member"})
"""Objects whose owner is their master's: they have no OwnerId."""


def add_leaders_settings(data: DemoData, new_id: NewId, rng: Random) -> None:
    """The settings of the managers. After all else, so that the rest is what it is without them."""
    hours = data.of(bookit("Working_Hours"))[0]["Id"]
    for person in LEADERS:
        _add_person_settings(data, new_id, person, hours, rng)


def _add(data: DemoData, new_id: NewId, name: str, owner: str, Name: str | None = None, **fields: object) -> str:
    row = {"Id": new_id(bookit(name)), **custom(**fields)}
    if name not in DETAILS:
        row["OwnerId"] = owner
    if Name is not None:
        row["Name"] = Name
    return data.add(bookit(name), row)


def _add_working_hours(data: DemoData, new_id: NewId, owner: str) -> str:
    return _add(
        data,
        new_id,
        "Working_Hours",
        owner,
        Name="Office hours",
        Use_User_Timezone=True,
        Is_Default=True,
        Blocks=OFFICE_HOURS,
    )


def _add_meeting_type(data: DemoData, new_id: NewId, owner: str, kind: MeetingType, ids: Ids) -> str:
    form = [
        {"name": "first_name", "label": "First name", "type": "text", "required": True},
        {"name": "last_name", "label": "Last name", "type": "text", "required": True},
        {"name": "email", "label": "Business e-mail", "type": "email", "required": True},
        {"name": "company", "label": "Company", "type": "text", "required": True},
        {"name": "team_size", "label": "How large is your team?", "type": "text", "required": False},
    ]
    notifications = {"confirmation": True, "reminders_minutes_before": [1440, 60], "cancellation": True, "sms": False}
    return _add(
        data,
        new_id,
        "Meeting_Type",
        owner,
        Internal_Name=kind.internal_name,
        Display_Name=kind.name,
        Product=kind.product,
        Ownership="Organization",
        Is_Locked=False,
        Is_Active=True,
        Meeting_Category=ids.categories[kind.category],
        Duration_Minutes=kind.minutes,
        Slot_Interval_Minutes=30,
        Buffer_Before_Minutes=kind.buffer_minutes,
        Buffer_After_Minutes=kind.buffer_minutes,
        Minimum_Notice_Minutes=60,
        Booking_Window_Days=60,
        Max_Per_Day=kind.max_per_day,
        Max_Per_Week=kind.max_per_week,
        Working_Hours_Source="Host",
        Working_Hours=OFFICE_HOURS,
        Form_Fields=json.dumps(form),
        Notifications=json.dumps(notifications),
        Conference_Provider="Zoom",
        Location="Video call",
        Description=f"{kind.name}, {kind.minutes} minutes.",
        Style_Color=kind.color,
    )


def _add_pool(data: DemoData, new_id: NewId, owner: str, pool: Pool, ids: Ids) -> None:
    first_of_month = period_start(data.now)
    ids.pools[pool.name] = pool_id = _add(
        data,
        new_id,
        "Pool",
        owner,
        Grouping_Name=pool.name,
        Object_Type="Lead",
        Description=pool.description,
        Distribution_Type=pool.distribution,
        Is_Weighted=pool.weighted,
        Auto_Calibration=pool.auto_calibration,
        Reset_Period="Monthly",
        Reset_Date=(first_of_month + timedelta(days=32)).replace(day=1),
        Product_Access=pool.product,
        Credit_On_Cancel=False,
        Credit_On_No_Show=pool.credit_on_no_show,
    )
    for order, person in enumerate(pool.members, start=1):
        ids.members[pool.name, person.handle] = _add(
            data,
            new_id,
            "Pool_Member",
            owner,
            Pool=pool_id,
            User_Owner=data.people[person.handle],
            OwnerId=data.people[person.handle],
            Owner_Order=order,
            Weighting_Value=2 if pool.weighted and order == 1 else 1,
            Is_Available_For_Routing=not person.paused,
            Joined_Date=data.now - timedelta(days=400 - order),
        )
    manager = "poolmanager1" if pool.name == POOL_WEST else "poolmanager2"
    _add(data, new_id, "Pool_Manager", owner, Pool=pool_id, User=data.people[manager])


def _add_person_settings(data: DemoData, new_id: NewId, person: Person, hours: str, rng: Random) -> None:
    user = data.people[person.handle]
    _add(
        data,
        new_id,
        "User_Setting",
        user,
        User=user,
        User_Key=user,
        Product_Access_Forms=True,
        Product_Access_Links=True,
        Product_Access_Handoff=person in SDRS,
        Access_Level="User",
        Calendar_Provider=person.provider,
        Calendar_Status=person.calendar,
        Working_Hours=hours,
        Is_Paused=person.paused,
        Paused_Until=data.now + timedelta(days=5) if person.paused else None,
    )
    _add(
        data,
        new_id,
        "Conference_Connection",
        user,
        User=user,
        Provider="Zoom" if person.provider == "Google" else "Microsoft Teams",
        Status="Connected" if person.calendar != "Not Connected" else "Not Connected",
        Link=f"https://zoom.example/j/{rng.randrange(10**9, 10**10)}",
        Is_Default=True,
    )
    if person.on_vacation:
        today = data.now.astimezone(ZoneInfo(person.zone)).date()
        _add(
            data,
            new_id,
            "Vacation",
            user,
            User=user,
            Start=today - timedelta(days=1),
            End=today + timedelta(days=9),
            Start_Buffer_Days=1,
            End_Buffer_Days=0,
        )


def _add_link(
    data: DemoData, new_id: NewId, owner: str, slug: str, kind: str, types: tuple[str, ...], **target: str
) -> str:
    link = _add(
        data,
        new_id,
        "Link",
        owner,
        Link_Id=slug,
        URL=f"https://bookit.example/{slug}",
        Kind=kind,
        Owner=owner,
        Is_Active=True,
        **target,
    )
    for type_id in types:
        _add(data, new_id, "Link_Meeting_Type", owner, Link=link, Meeting_Type=type_id)
    return link


def _add_links(data: DemoData, new_id: NewId, person: Person, ids: Ids) -> None:
    user = data.people[person.handle]
    for name, slug in ((INTRO, "intro"), (DEEP_DIVE, "deep-dive")):
        types = (ids.types[name],)
        ids.links[person.handle, name] = _add_link(
            data, new_id, user, f"{person.handle}-{slug}", "Individual", types, Main_Host=user
        )


def _add_shared_links(data: DemoData, new_id: NewId, owner: str, ids: Ids) -> None:
    for pool in POOLS:
        slug = pool.name.lower().replace(" - ", "-").replace(" ", "-")
        kinds = tuple(ids.types[t.name] for t in MEETING_TYPES if pool.name in t.pools)
        _add_link(data, new_id, owner, slug, "Pool", kinds, Pool=ids.pools[pool.name])


def _add_teams(data: DemoData, new_id: NewId, owner: str) -> None:
    for name, members in (("West", WEST), ("AMEA", AMEA), ("Sales Development", SDRS)):
        team = _add(data, new_id, "Team", owner, Name=name)
        for person in members:
            _add(data, new_id, "Team_Member", owner, Team=team, User=data.people[person.handle])
