"""Pools by their ids: what is known of each, in one round trip, however many groups are asked for."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Literal

from app.bookit.picklists import snake_or_none
from app.bookit.pools.records import Counts, Pool, configuration_from, membership_from
from app.org.reader import Ask, Reader, Result, Row

Group = Literal["identity", "configuration", "membership"]

MAX_MEMBERS: Final = 200
"""Members of one pool that are read; how many there are in all is counted apart."""
MAX_MANAGERS: Final = 10
_ROWS_A_PAGE: Final = 2000
"""Rows of a query's page, children among them: more would cost a further call (REST API guide, Query)."""


def members_read(pools: int) -> int:
    """How many members of each of so many pools fit into one round trip: 200 of up to nine, 19 of a hundred."""
    return min(MAX_MEMBERS, _ROWS_A_PAGE // max(pools, 1) - 1)


async def read_pools(
    reader: Reader, pool_ids: Sequence[str], groups: Collection[Group], *, counts: bool, now: datetime
) -> list[Pool]:
    """The pools in the order of their ids (100 at most), each with the groups asked for; one that is gone is left out.

    counts: with the counts of its members, which the group membership has in any case. One call to Salesforce, none
    without ids. Raises OrgError.
    """
    if not pool_ids:
        return []
    these = {"pools": list(pool_ids)}
    asks = {"identity": Ask("pools/identity", these)}
    if "configuration" in groups:
        asks["configuration"] = Ask("pools/configuration", {**these, "managers": MAX_MANAGERS})
    if "membership" in groups:
        asks["membership"] = Ask("pools/membership", {**these, "members": members_read(len(pool_ids))})
    if counts or "membership" in groups:
        asks["members"] = Ask("pools/member_counts", these)
        asks["in_rotation"] = Ask("pools/rotation_counts", {**these, "now": now})
    found = dict(zip(asks, await reader.fetch_all(*asks.values()), strict=True))
    rows = {name: _by_id(found[name]) for name in ("identity", "configuration", "membership") if name in found}
    # The queries run one after the other: a pool may be deleted between two of them.
    there = [pool_id for pool_id in pool_ids if all(pool_id in by_id for by_id in rows.values())]
    return [_pool(pool_id, rows, found) for pool_id in there]


def _pool(pool_id: str, rows: dict[str, dict[str, Row]], found: dict[str, Result]) -> Pool:
    identity = rows["identity"][pool_id]
    return Pool(
        id=pool_id,
        name=identity["Grouping_Name"],
        object_type=snake_or_none(identity["Object_Type"]),
        description=identity["Description"],
        distribution=snake_or_none(identity["Distribution_Type"]),
        counts=Counts(_count(found["members"], pool_id), _count(found["in_rotation"], pool_id))
        if "members" in found
        else None,
        configuration=configuration_from(rows["configuration"][pool_id]) if "configuration" in rows else None,
        membership=membership_from(rows["membership"][pool_id]) if "membership" in rows else None,
    )


def _by_id(result: Result) -> dict[str, Row]:
    return {row["Id"]: row for row in result.rows}


def _count(result: Result, pool_id: str) -> int:
    """0 for a pool without a row: a group of nobody is no group."""
    return next((row["n"] for row in result.rows if row["Pool"] == pool_id), 0)
