"""A pool as large as a preview of availability has to bear: fifty members with appointments, beside the demo's rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.local_org.demo_data.model import DemoData, bookit, custom
from app.local_org.org import LocalOrg

NAME = "Wide Pool"
MEMBERS = 50
APPOINTMENTS = 6
"""Of each member in the next two weeks."""


def add_wide_pool(org: LocalOrg, data: DemoData) -> None:
    """Members of their own, each with the demo's office hours and a connected calendar."""
    admin = data.people["admin"]
    hours = data.of(bookit("Working_Hours"))[0]["Id"]
    profiles: list[dict[str, Any]] = org.as_system().query("SELECT Id, Name FROM Profile")["records"]
    profile = next(row["Id"] for row in profiles if row["Name"] == "Standard User")
    with org.transaction():
        users = org.load("User", [_user(number, profile) for number in range(MEMBERS)])
        values = custom(Grouping_Name=NAME, Distribution_Type="Count-Based", Object_Type="Lead", Product_Access="Forms")
        (pool,) = org.load(bookit("Pool"), [{"OwnerId": admin, **values}])
        org.load(bookit("User_Setting"), [_setting(user, hours) for user in users])
        org.load(
            bookit("Pool_Member"),
            [
                custom(
                    Pool=pool,
                    User_Owner=user,
                    OwnerId=user,
                    Owner_Order=order,
                    Weighting_Value=1,
                    Is_Available_For_Routing=True,
                    Joined_Date=data.now - timedelta(days=100),
                )
                for order, user in enumerate(users, start=1)
            ],
        )
        org.load("Event", [_appointment(data, user, number) for user in users for number in range(APPOINTMENTS)])


def _user(number: int, profile: str) -> dict[str, Any]:
    return {
        "Username": f"wide{number}@demo.example",
        "Email": f"wide{number}@demo.example",
        "FirstName": "Wide",
        "LastName": f"Member {number:02d}",
        "Alias": f"wide{number}",
        "ProfileId": profile,
        "IsActive": True,
        "TimeZoneSidKey": ("America/New_York", "America/Los_Angeles", "Europe/London")[number % 3],
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
    }


def _setting(user: str, hours: str) -> dict[str, Any]:
    values = custom(
        User=user,
        User_Key=user,
        Product_Access_Forms=True,
        Access_Level="User",
        Calendar_Provider="Google",
        Calendar_Status="Connected",
        Working_Hours=hours,
        Is_Paused=False,
    )
    return {"OwnerId": user, **values}


def _appointment(data: DemoData, user: str, number: int) -> dict[str, Any]:
    start = data.now.replace(minute=0, second=0) + timedelta(days=1 + 2 * number, hours=number)
    return {
        "OwnerId": user,
        "Subject": "Appointment",
        "StartDateTime": start,
        "EndDateTime": start + timedelta(hours=1),
        "ShowAs": "Busy",
        "IsAllDayEvent": False,
        "IsPrivate": number % 2 == 0,
    }
