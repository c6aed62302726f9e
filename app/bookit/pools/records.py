"""A pool as the statements of soql/queries/pools read it, group by group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.bookit.meetings.records import Person
from app.bookit.picklists import snake, snake_or_none
from app.bookit.pools.members import PoolMember, member_from
from app.org.reader import Row


@dataclass(frozen=True, slots=True)
class Counts:
    """How many members a pool has, and to how many of them a meeting can come (pools/rotation_counts says which)."""

    members: int
    in_rotation: int


@dataclass(frozen=True, slots=True)
class Configuration:
    """How a pool hands out meetings. reset_date: the day on which the count period ends."""

    is_weighted: bool
    auto_calibration: str | None
    reset_period: str | None
    reset_date: date | None
    product_access: tuple[str, ...]
    credit_on_cancel: bool
    credit_on_no_show: bool
    managers: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """members: in member order, the first so many of them."""

    members: tuple[PoolMember, ...]
    created: datetime
    created_by: Person | None
    last_modified: datetime
    last_modified_by: Person | None


@dataclass(frozen=True, slots=True)
class Pool:
    """One pool; times in UTC, enums in snake_case. A group that was not asked for is None."""

    id: str
    name: str
    object_type: str | None
    description: str | None
    distribution: str | None
    counts: Counts | None = None
    configuration: Configuration | None = None
    membership: Membership | None = None


def configuration_from(row: Row) -> Configuration:
    """The configuration of a row of pools/configuration."""
    return Configuration(
        is_weighted=row["Is_Weighted"],
        auto_calibration=snake_or_none(row["Auto_Calibration"]),
        reset_period=snake_or_none(row["Reset_Period"]),
        reset_date=row["Reset_Date"],
        product_access=tuple(snake(product) for product in (row["Product_Access"] or "").split(";") if product),
        credit_on_cancel=row["Credit_On_Cancel"],
        credit_on_no_show=row["Credit_On_No_Show"],
        managers=tuple(person for each in row["Managers"] if (person := _person(each["User"])) is not None),
    )


def membership_from(row: Row) -> Membership:
    """The members and the history of a row of pools/membership."""
    return Membership(
        members=tuple(member_from(each) for each in row["Members"]),
        created=row["CreatedDate"],
        created_by=_person(row["CreatedBy"]),
        last_modified=row["LastModifiedDate"],
        last_modified_by=_person(row["LastModifiedBy"]),
    )


def _person(row: Mapping[str, Any] | None) -> Person | None:
    return Person(row["Id"], row["Name"], row["Email"]) if row is not None else None
