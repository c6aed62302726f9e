"""A pool as answers show it."""

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.bookit.meetings.records import Person
from app.bookit.pools.records import Configuration, Counts, Membership, Pool, PoolMember
from app.mcp.views.meeting import PersonRef
from app.mcp.views.moment import Moment, moment, moment_or_none
from app.mcp.views.next_cursor import NextCursor
from app.mcp.views.tables import table
from app.mcp.views.typed import typed

MAX_DESCRIPTION: Final = 1000

_IN_ROTATION: Final = (
    "Members to whom a meeting can come: an active user, available for routing, not paused in the pool, and not of "
    "weight 0 in a weighted pool. Calendars are lookup_user's"
)


class PoolConfigurationView(BaseModel):
    """How the pool hands out meetings."""

    is_weighted: bool
    auto_calibration: str | None = Field(description="off, new_members, new_and_returning_members")
    reset_period: str | None = Field(description="never, weekly, monthly, quarterly, yearly")
    reset_date: str | None = Field(description="The day on which counts start anew, 2026-12-01")
    product_access: list[str] = Field(description="forms, links, handoff")
    credit_on_cancel: bool = Field(description="Whether a canceled meeting gives its host a credit by itself")
    credit_on_no_show: bool
    managers: list[PersonRef]


class PoolMemberView(BaseModel):
    pool_member_id: str
    user: PersonRef | None
    active: bool = Field(description="Whether he is an active Salesforce user")
    order: int | None = Field(description="Place in member order")
    weight: int | None
    available_for_routing: bool
    paused_until: Moment | None = Field(description="Of his pause in this pool; past: it is over")
    joined: Moment | None


class StampView(BaseModel):
    at: Moment
    by: PersonRef | None


class PoolMembershipView(BaseModel):
    """Who is in the pool, and its history."""

    member_count: int = Field(description="All members, shown or not")
    in_rotation_count: int = Field(description=_IN_ROTATION)
    members: list[PoolMemberView] = Field(description="In member order; a large pool's first ones")
    note: str | None = Field(description="Says that members are left out, and where they are; null: all are here")
    created: StampView
    last_modified: StampView


class PoolView(BaseModel):
    pool_id: str
    name: str
    object_type: str | None = Field(description="What it is for: lead, contact, account, opportunity, case, bookit")
    description: str | None
    distribution: str | None = Field(description="count_based, order_based")
    member_count: int | None = Field(default=None, description="Without groups; else it stands in membership")
    in_rotation_count: int | None = Field(default=None, description=f"Without groups. {_IN_ROTATION}")
    configuration: PoolConfigurationView | None = Field(default=None, description="Only as a group")
    membership: PoolMembershipView | None = Field(default=None, description="Only as a group")


class PoolSearchedView(BaseModel):
    pool: str | None = Field(default=None, description="Only if one was asked for; else all pools of the org were")


class PoolsAnswer(BaseModel):
    items: list[PoolView]
    total: int = Field(description="All pools of the list, on this page or not")
    has_more: bool
    next_cursor: NextCursor
    now: Moment
    searched: PoolSearchedView


def pool_view(pool: Pool, zone: ZoneInfo) -> PoolView:
    """The groups that were read; times in `zone`. Built from checked records, so not validated again."""
    fields: dict[str, Any] = {
        "pool_id": pool.id,
        "name": pool.name,
        "object_type": pool.object_type,
        "description": typed(pool.description, MAX_DESCRIPTION),
        "distribution": pool.distribution,
    }
    if pool.configuration is not None:
        fields["configuration"] = _configuration(pool.configuration)
    if pool.counts is not None and pool.membership is not None:
        fields["membership"] = _membership(pool.membership, pool.counts, zone)
    elif pool.counts is not None:
        fields |= {"member_count": pool.counts.members, "in_rotation_count": pool.counts.in_rotation}
    return PoolView.model_construct(**fields)


def pools_text(pools: Sequence[Pool], total: int, scope_text: str) -> str:
    """A table of the page's pools."""
    if not pools:
        return f"No pools{' on this page' if total else ''}. {scope_text}"
    counted = pools[0].counts is not None
    rows = [
        [
            pool.name,
            pool.distribution or "",
            *([f"{pool.counts.in_rotation} of {pool.counts.members}"] if pool.counts is not None else []),
            pool.id,
        ]
        for pool in pools
    ]
    head = ["pool", "distribution", *(["in rotation"] if counted else []), "pool_id"]
    return f"{len(pools)} of {total} pool{'' if total == 1 else 's'}. {scope_text}\n{table(head, rows)}"


def _configuration(configuration: Configuration) -> PoolConfigurationView:
    return PoolConfigurationView.model_construct(
        is_weighted=configuration.is_weighted,
        auto_calibration=configuration.auto_calibration,
        reset_period=configuration.reset_period,
        reset_date=configuration.reset_date.isoformat() if configuration.reset_date else None,
        product_access=list(configuration.product_access),
        credit_on_cancel=configuration.credit_on_cancel,
        credit_on_no_show=configuration.credit_on_no_show,
        managers=[_person(person) for person in configuration.managers],
    )


def _membership(membership: Membership, counts: Counts, zone: ZoneInfo) -> PoolMembershipView:
    shown = len(membership.members)
    note = (
        f"The first {shown} of {counts.members} members, in member order. "
        "view_counts or lookup_user with this pool has all of them, page by page."
    )
    return PoolMembershipView.model_construct(
        member_count=counts.members,
        in_rotation_count=counts.in_rotation,
        members=[_member(member, zone) for member in membership.members],
        note=note if shown < counts.members else None,
        created=_stamp(moment(membership.created, zone), membership.created_by),
        last_modified=_stamp(moment(membership.last_modified, zone), membership.last_modified_by),
    )


def _member(member: PoolMember, zone: ZoneInfo) -> PoolMemberView:
    return PoolMemberView.model_construct(
        pool_member_id=member.id,
        user=_person(member.user) if member.user is not None else None,
        active=member.active,
        order=member.order,
        weight=member.weight,
        available_for_routing=member.available_for_routing,
        paused_until=moment_or_none(member.paused_until, zone),
        joined=moment_or_none(member.joined, zone),
    )


def _stamp(at: Moment, by: Person | None) -> StampView:
    return StampView.model_construct(at=at, by=_person(by) if by is not None else None)


def _person(person: Person) -> PersonRef:
    return PersonRef.model_construct(user_id=person.user_id, name=person.name, email=person.email)
