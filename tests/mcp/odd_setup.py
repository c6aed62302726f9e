"""Pools and meeting types full of corners: names that differ in case alone or not at all, texts that are too long or no
JSON, members who are paused, gone, without a place in the order, and one pool that is larger than an answer shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from app.local_org.demo_data.model import DemoData, NewId, bookit, custom

LARGE_POOL = "Everybody"
LARGE_POOL_MEMBERS = 230
POOL_NAMES = ("ärmel", "SDR pool", "sdr Pool", "Twin", "Twin", "%", "zulu", "_", 'Quo"te', "O'Brien", LARGE_POOL)
TYPE_NAMES = ("Twin", "Twin", "inbound demo ", "ünder", "%", "zz top", "Owned")
FORMS: tuple[str | None, ...] = (
    None,
    "",
    "[]",
    json.dumps(
        [
            {"name": "email", "label": "E-mail", "type": "email", "required": True, "secret": "s3cret", "weight": 2},
            {"name": "size", "label": "Size" * 200, "type": "select", "options": ["1-10", "more\u0007"]},
            {"name": "bare"},
        ]
    ),
    json.dumps([{"name": f"question_{number}", "required": False} for number in range(25)]),
    '[{"name": "email", "label": 7}]',
    '[{"label": "no name: s3cret"}]',
    '{"name": "s3cret"}',
    "s3cret, and no JSON",
    "[" * 5000,
)
NOTIFICATIONS: tuple[str | None, ...] = (
    None,
    "{}",
    json.dumps({"confirmation": True, "reminders_minutes_before": [1440, 60, 0], "cancellation": False, "sms": True}),
    json.dumps({"confirmation": None, "reminders_minutes_before": list(range(12)), "webhook": "https://s3cret"}),
    '{"sms": "yes, s3cret"}',
    '{"reminders_minutes_before": [true]}',
    '{"reminders_minutes_before": [-5]}',
    "[1, 2]",
    "s3cret",
)
HOURS: tuple[str | None, ...] = (
    None,
    "{}",
    json.dumps({"monday": [["09:00", "12:00"], ["13:00", "24:00"]], "sunday": [["00:00", "23:59"]]}),
    json.dumps({"timezone": "Asia/Kathmandu", "friday": [["08:30", "09:00"]]}),
    json.dumps({"timezone": "UTC", "friday": [["08:30", "09:00"]]}),
    json.dumps({"timezone": "Middle/Earth: s3cret", "friday": [["08:30", "09:00"]]}),
    '{"monday": [["12:00", "09:00"]]}',
    '{"s3cretday": []}',
    "s3cret",
)


def add_odd_setup(data: DemoData, new_id: NewId) -> None:
    """Rows of Pool, Pool_Member, Pool_Manager and Meeting_Type, beside the demo's."""
    random = Random(11)
    for name in POOL_NAMES:
        _add_pool(data, new_id, random, name)
    for number in range(60):
        _add_meeting_type(data, new_id, random, number)


def _add_pool(data: DemoData, new_id: NewId, random: Random, name: str) -> None:
    people, admin = list(data.people.values()), data.people["admin"]
    weighted = random.random() < 0.5
    pool_id = _add(
        data,
        new_id,
        "Pool",
        custom(
            Grouping_Name=name,
            Object_Type=random.choice(("Lead", "Opportunity", "BookIt", None)),
            Description=random.choice((None, "For Ünal & Sons", "x" * 3000, "with a bell \u0007 in it")),
            Distribution_Type=random.choice(("Count-Based", "Order-Based")),
            Is_Weighted=weighted,
            Auto_Calibration=random.choice(("Off", "New Members", "New and Returning Members", None)),
            Reset_Period=random.choice(("Never", "Weekly", "Quarterly", "Yearly", None)),
            Reset_Date=random.choice((None, date(2026, 12, 28))),
            Product_Access=random.choice((None, "Forms", "Forms;Links", "Forms;Links;Handoff")),
            Credit_On_Cancel=random.random() < 0.5,
            Credit_On_No_Show=random.random() < 0.5,
        )
        | {"OwnerId": admin},
    )
    size = LARGE_POOL_MEMBERS if name == LARGE_POOL else random.choice((0, 1, 3, 12))
    for number in range(size):
        values = custom(
            Pool=pool_id,
            User_Owner=random.choice(people),
            Owner_Order=random.choice((None, number % 7, number)),
            Weighting_Value=random.choice((None, 0, 1, 1, 5)),
            Is_Available_For_Routing=random.random() < 0.8,
            Joined_Date=random.choice((None, data.now - timedelta(days=number, seconds=number))),
            Paused_Until=random.choice((None, None, data.now, *(data.now + timedelta(seconds=s) for s in (-1, 1)))),
        )
        _add(data, new_id, "Pool_Member", values)
    for user in random.sample(people, random.choice((0, 1, 3, 14))):
        _add(data, new_id, "Pool_Manager", custom(Pool=pool_id, User=user))


def _add_meeting_type(data: DemoData, new_id: NewId, random: Random, number: int) -> None:
    ranged = random.choice(((None, None), (date(2026, 11, 1), date(2026, 12, 31)), (None, date(2027, 1, 31))))
    _add(
        data,
        new_id,
        "Meeting_Type",
        custom(
            Internal_Name=f"odd_{number}",
            Display_Name=random.choice((*TYPE_NAMES, f"Type {number}")),
            Product=random.choice(("Forms", "Links", "Handoff")),
            Ownership=random.choice(("Organization", "User", None)),
            Is_Locked=random.random() < 0.5,
            Is_Active=random.random() < 0.7,
            Meeting_Category=random.choice((None, *(row["Id"] for row in data.of(bookit("Meeting_Category"))))),
            Duration_Minutes=random.choice((15, 45, 480)),
            Slot_Interval_Minutes=random.choice((None, 5, 60)),
            Buffer_Before_Minutes=random.choice((None, 0, 10)),
            Buffer_After_Minutes=random.choice((None, 0, 15)),
            Minimum_Notice_Minutes=random.choice((None, 0, 1440)),
            Booking_Window_Days=random.choice((None, 14)),
            Custom_Range_Start=ranged[0],
            Custom_Range_End=ranged[1],
            Max_Per_Day=random.choice((None, 1)),
            Max_Per_Week=random.choice((None, 12)),
            Working_Hours_Source=random.choice(("Host", "Meeting Type", "Meeting Type", None)),
            Working_Hours=HOURS[number % len(HOURS)],
            Form_Fields=FORMS[number % len(FORMS)],
            Notifications=NOTIFICATIONS[number // 2 % len(NOTIFICATIONS)],
            Conference_Provider=random.choice((None, "Google Meet", "Microsoft Teams")),
            Location=random.choice((None, "Room 7", "l" * 255)),
            Description=random.choice((None, "", "d" * 3000, "Two\nlines")),
            Redirect_URL=random.choice((None, "https://shop.example/thanks")),
            Style_Color=random.choice((None, "#1F6FEB")),
            Logo_URL=random.choice((None, None, "https://shop.example/logo.png")),
        )
        | {"OwnerId": data.people["admin"]},
    )


def _add(data: DemoData, new_id: NewId, name: str, values: Mapping[str, Any]) -> str:
    return data.add(bookit(name), {"Id": new_id(bookit(name)), **values})
