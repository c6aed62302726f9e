"""A booking link as the statements of soql/queries/links read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.bookit.meetings.records import Person, Reference
from app.bookit.picklists import snake, snake_or_none
from app.org.reader import Row


@dataclass(frozen=True, slots=True)
class OfferedType:
    """A meeting type that a link offers."""

    id: str
    name: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Link:
    """One link; expires in UTC, enums in snake_case. pool is None too where the caller's scope has no pools.

    id: Salesforce's; link_id: BookIt's own, and its place in a list. parent_link_id: of the link that it was made from.
    """

    id: str
    link_id: str
    url: str | None
    kind: str
    active: bool
    expires: datetime | None
    owner: Person | None
    main_host: Person | None
    pool: Reference | None
    team: Reference | None
    meeting_types: tuple[OfferedType, ...]
    single_use_status: str | None
    parent_link_id: str | None


def link_from(row: Row) -> Link:
    """The link of a row of links/search or links/search_own."""
    parent = row["Parent_Link"]
    return Link(
        id=row["Id"],
        link_id=row["Link_Id"],
        url=row["URL"],
        kind=snake(row["Kind"]),
        active=row["Is_Active"],
        expires=row["Expires"],
        owner=_person(row["Owner"]),
        main_host=_person(row["Main_Host"]),
        pool=Reference(pool["Id"], pool["Grouping_Name"]) if (pool := row.get("Pool")) else None,
        team=Reference(team["Id"], team["Name"]) if (team := row["Team"]) else None,
        meeting_types=offered_types(row["Meeting_Types"]),
        single_use_status=snake_or_none(row["Single_Use_Status"]),
        parent_link_id=parent["Link_Id"] if parent else None,
    )


def offered_types(rows: Iterable[Row]) -> tuple[OfferedType, ...]:
    """The meeting types of a link's child rows, in their order."""
    types = (row["Meeting_Type"] for row in rows)
    return tuple(OfferedType(each["Id"], each["Display_Name"], each["Duration_Minutes"]) for each in types if each)


def is_expired(expires: datetime | None, now: datetime) -> bool:
    """Whether a link's time is over; one without an end never expires."""
    return expires is not None and expires <= now


def _person(row: Mapping[str, Any] | None) -> Person | None:
    return Person(row["Id"], row["Name"], row["Email"]) if row else None
