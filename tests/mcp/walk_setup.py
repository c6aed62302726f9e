"""Pools and meeting types to walk at random among: few people who share pools, tight limits, unequal buffers, every way
to reset and to give credits. What else takes time or counts in the demo is taken out, so that all there is was done by
the walk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis.vendor.pretty import RepresentationPrinter as PrettyPrinter

from app.local_org.demo_data.model import DemoData, NewId, bookit, custom

EMPTIED = (
    "Event",
    *(
        bookit(name)
        for name in (
            "Meeting",
            "Attendee",
            "Meeting_Activity",
            "Count_Entry",
            "Credit_Request",
            "Vacation",
            "Holiday",
        )
    ),
)


@dataclass(frozen=True)
class Kind:
    """A meeting type; buffers and duration in minutes."""

    name: str
    category: str
    minutes: int
    before: int
    after: int
    max_per_day: int | None = None
    max_per_week: int | None = None

    def _repr_pretty_(self, printer: PrettyPrinter, _cycle: bool) -> None:
        """What hypothesis shows of it."""
        printer.text(self.name)


@dataclass(frozen=True)
class Pool:
    """members: handle → weight, in member order. resets: never, weekly (on Wednesdays), monthly (on the first)."""

    name: str
    members: Mapping[str, int]
    resets: str
    distribution: str = "Count-Based"
    weighted: bool = False
    credit_on_cancel: bool = False
    credit_on_no_show: bool = False

    def _repr_pretty_(self, printer: PrettyPrinter, _cycle: bool) -> None:
        """What hypothesis shows of it."""
        printer.text(self.name)


KINDS = (
    Kind("Tight Call", "Demos", 30, 10, 5, max_per_day=2, max_per_week=3),
    Kind("Long Call", "Intros", 60, 0, 20),
)
POOLS = (
    Pool("By Month", {"rep1": 1, "rep3": 1, "rep8": 1}, "Monthly"),
    Pool(
        "By Week",
        {"rep1": 2, "rep3": 1, "rep16": 1},
        "Weekly",
        weighted=True,
        credit_on_cancel=True,
        credit_on_no_show=True,
    ),
    Pool("In Order", {"rep8": 1, "rep16": 1, "rep1": 1}, "Never", distribution="Order-Based"),
)
PEOPLE = ("rep1", "rep3", "rep8", "rep16")
ZONES = {
    "rep1": "America/Los_Angeles",
    "rep3": "America/Los_Angeles",
    "rep8": "America/Chicago",
    "rep16": "America/New_York",
}
NOTICE = timedelta(hours=1)
RESET_DATE = {"Monthly": date(2026, 12, 1), "Weekly": date(2026, 11, 25), "Never": None}
BEFORE = (
    ("By Month", "rep3", "Demos", date(2026, 11, 1), "Calibration", 1),
    ("By Week", "rep16", "Demos", date(2026, 5, 6), "Credit", 2),
    ("By Week", "rep16", "Intros", date(2026, 5, 6), "Credit", 1),
)
"""pool, member, category, count period, kind, delta: the entries that were there before."""


def add_walk_setup(data: DemoData, new_id: NewId) -> None:
    """Rows of Meeting_Type, Pool, Pool_Member and Count_Entry; those of EMPTIED go."""
    for name in EMPTIED:
        if name in data.rows:
            data.rows[name] = []
    admin = data.people["admin"]
    categories = {row["Name"]: row["Id"] for row in data.of(bookit("Meeting_Category"))}
    for kind in KINDS:
        values = custom(
            Internal_Name=kind.name.lower().replace(" ", "_"),
            Display_Name=kind.name,
            Product="Links",
            Ownership="Organization",
            Is_Locked=False,
            Is_Active=True,
            Meeting_Category=categories[kind.category],
            Duration_Minutes=kind.minutes,
            Slot_Interval_Minutes=30,
            Buffer_Before_Minutes=kind.before,
            Buffer_After_Minutes=kind.after,
            Minimum_Notice_Minutes=int(NOTICE.total_seconds()) // 60,
            Booking_Window_Days=60,
            Max_Per_Day=kind.max_per_day,
            Max_Per_Week=kind.max_per_week,
            Working_Hours_Source="Host",
        )
        data.add(bookit("Meeting_Type"), {"Id": new_id(bookit("Meeting_Type")), "OwnerId": admin, **values})
    for pool in POOLS:
        _add_pool(data, new_id, pool, categories)


def _add_pool(data: DemoData, new_id: NewId, pool: Pool, categories: Mapping[str, str]) -> None:
    pool_id = new_id(bookit("Pool"))
    values = custom(
        Grouping_Name=pool.name,
        Object_Type="Lead",
        Distribution_Type=pool.distribution,
        Is_Weighted=pool.weighted,
        Auto_Calibration="Off",
        Reset_Period=pool.resets,
        Reset_Date=RESET_DATE[pool.resets],
        Product_Access="Links",
        Credit_On_Cancel=pool.credit_on_cancel,
        Credit_On_No_Show=pool.credit_on_no_show,
    )
    data.add(bookit("Pool"), {"Id": pool_id, "OwnerId": data.people["admin"], **values})
    for order, (handle, weight) in enumerate(pool.members.items(), start=1):
        values = custom(
            Pool=pool_id,
            User_Owner=data.people[handle],
            OwnerId=data.people[handle],
            Owner_Order=order,
            Weighting_Value=weight,
            Is_Available_For_Routing=True,
            Joined_Date=data.now - timedelta(days=100),
        )
        member_id = data.add(bookit("Pool_Member"), {"Id": new_id(bookit("Pool_Member")), **values})
        for number, (of_pool, of, category, period, what, delta) in enumerate(BEFORE):
            if (of_pool, of) == (pool.name, handle):
                entry = custom(
                    Pool=pool_id,
                    Member=member_id,
                    Meeting_Category=categories[category],
                    Period_Start=period,
                    Kind=what,
                    Entry_Key=f"before|{number}",
                    Delta=delta,
                    Reason="By hand",
                    Changed_By=data.people["admin"],
                )
                long_ago = data.now - timedelta(days=200)
                data.add(bookit("Count_Entry"), {"Id": new_id(bookit("Count_Entry")), "CreatedDate": long_ago, **entry})
