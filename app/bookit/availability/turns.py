"""In which order a pool would choose among its members, for a preview that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.bookit.counts.standings import standings_from, sums_asks
from app.bookit.picklists import distribution, reset_period
from app.org.reader import Ask, Result, Row
from app.scheduling.count_periods import count_period
from app.scheduling.hosts import HostAvailability
from app.scheduling.ledger import Member
from app.scheduling.round_robin import turn_order
from app.scheduling.zones import day_of, zone_named

_LAST: Final = 1 << 30


def turn_asks(members: Sequence[Row], category_id: str | None, org_zone: str, now: datetime) -> tuple[Ask, ...]:
    """What the counts of a pool are read with. members: rows of availability/members, at least one.

    org_zone: an IANA name, where the days of count periods are.
    """
    pool = members[0]["Pool"]
    today = day_of(now, zone_named(org_zone))
    period = count_period(today, reset_period(pool["Reset_Period"]), pool["Reset_Date"])
    return sums_asks(pool["Id"], category_id, period)


def in_turn(
    found: Sequence[HostAvailability], members: Sequence[Row], sums: Sequence[Result], category_id: str | None
) -> list[HostAvailability]:
    """The hosts in the order of their turns at this moment. sums: the answers to `turn_asks`."""
    place = {user_id: at for at, user_id in enumerate(turns(members, sums, category_id))}
    return sorted(found, key=lambda host: place.get(host.host_id, _LAST))


def turns(members: Sequence[Row], sums: Sequence[Result], category_id: str | None) -> list[str]:
    """The user ids of all whom the pool gives turns, in their order at this moment."""
    pool = members[0]["Pool"]
    current, earlier = sums
    counted = [
        Member(row["Id"], row["User_Owner"]["Id"], row["Weighting_Value"], row["Owner_Order"]) for row in members
    ]
    standings = standings_from(counted, current.rows, earlier.rows, category_id, weighted=pool["Is_Weighted"])
    ordered = turn_order(standings, distribution(pool["Distribution_Type"]))
    return [standing.user_id for standing in ordered]
