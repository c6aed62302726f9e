"""Booking links as answers show them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.bookit.links.records import Link, OfferedType, is_expired
from app.bookit.meetings.records import Person
from app.mcp.views.meeting import PersonRef, PoolRef
from app.mcp.views.moment import Moment, moment_or_none
from app.mcp.views.next_cursor import NextCursor
from app.mcp.views.tables import table
from app.org.caller import Scope

LINKS_IN_TEXT: Final = 10

KINDS: Final = "individual, group, pool, routing, multi_type, single_use, managed"


class TeamRef(BaseModel):
    team_id: str
    name: str


class OfferedTypeView(BaseModel):
    meeting_type_id: str
    name: str
    duration_minutes: int | None


class LinkView(BaseModel):
    """One booking link."""

    link_id: str
    url: str | None
    kind: str = Field(description=KINDS)
    active: bool = Field(description="false: switched off, nobody can book by it")
    expired: bool = Field(description="true: its time is over, nobody can book by it")
    expires: Moment | None = Field(description="null: it never expires")
    owner: PersonRef | None
    main_host: PersonRef | None
    team: TeamRef | None
    meeting_types: list[OfferedTypeView] = Field(description="What can be booked by it")
    single_use_status: str | None = Field(description="unused, used, expired; null: it is no single-use link")
    parent_link_id: str | None = Field(description="link_id of the link that it was made from")


class AdminLinkView(LinkView):
    """One booking link, with the pool that it books."""

    pool: PoolRef | None = Field(description="null: it books people, not a pool")


class LinksSearchedView(BaseModel):
    """What was searched, names resolved to the records that they were taken for. Only what was asked for is there."""

    link_id: str | None = None
    meeting_type: str | None = None
    kind: list[str] | None = None
    include_inactive: bool | None = None


class AdminLinksSearchedView(LinksSearchedView):
    user: str | None = None
    team: str | None = None
    pool: str | None = None


class LinksAnswer(BaseModel):
    items: list[LinkView] = Field(description="The links of this page, by link_id")
    total: int = Field(description="All links that match, on this page or not")
    has_more: bool = Field(description="Whether there is a next page")
    next_cursor: NextCursor
    now: Moment
    searched: LinksSearchedView


class AdminLinksAnswer(LinksAnswer):
    items: list[AdminLinkView] = Field(description="The links of this page, by link_id")  # pyright: ignore[reportIncompatibleVariableOverride]
    searched: AdminLinksSearchedView  # pyright: ignore[reportIncompatibleVariableOverride]


def offered_views(types: Sequence[OfferedType]) -> list[OfferedTypeView]:
    return [
        OfferedTypeView.model_construct(meeting_type_id=each.id, name=each.name, duration_minutes=each.minutes)
        for each in types
    ]


def link_view(link: Link, scope: Scope, now: datetime, zone: ZoneInfo) -> LinkView:
    """The view of that scope, times in `zone`. Built from checked records, so not validated again."""
    fields: dict[str, Any] = {
        "link_id": link.link_id,
        "url": link.url,
        "kind": link.kind,
        "active": link.active,
        "expired": is_expired(link.expires, now),
        "expires": moment_or_none(link.expires, zone),
        "owner": _person(link.owner),
        "main_host": _person(link.main_host),
        "team": TeamRef.model_construct(team_id=link.team.id, name=link.team.name) if link.team else None,
        "meeting_types": offered_views(link.meeting_types),
        "single_use_status": link.single_use_status,
        "parent_link_id": link.parent_link_id,
    }
    if scope is not Scope.ADMIN:
        return LinkView.model_construct(**fields)
    pool = link.pool
    fields["pool"] = PoolRef.model_construct(pool_id=pool.id, name=pool.name) if pool else None
    return AdminLinkView.model_construct(**fields)


def _person(person: Person | None) -> PersonRef | None:
    if person is None:
        return None
    return PersonRef.model_construct(user_id=person.user_id, name=person.name, email=person.email)


def links_text(links: Sequence[LinkView], total: int, has_more: bool, scope_text: str) -> str:
    """A table of links, and the addresses of the first ones: a client may show the text alone."""
    if not links:
        return f"No booking links{' on this page' if total else ''}. {scope_text}"
    rows = [
        [each.link_id, each.kind, _state(each), each.owner.name if each.owner else "", _types(each)] for each in links
    ]
    lines = [
        f"{len(links)} of {'1 booking link' if total == 1 else f'{total} booking links'}. {scope_text}",
        table(["link_id", "kind", "state", "owner", "meeting types"], rows),
        *(f"{_types(each) or each.link_id}: {each.url}" for each in links[:LINKS_IN_TEXT] if each.url),
    ]
    if len(links) > LINKS_IN_TEXT:
        lines.append("The other addresses are in the structured answer.")
    if has_more:
        lines.append("There are more: call again with the same arguments and next_cursor as cursor.")
    return "\n".join(lines)


def _state(link: LinkView) -> str:
    if link.expired:
        return "expired"
    return "active" if link.active else "inactive"


def _types(link: LinkView) -> str:
    return ", ".join(each.name for each in link.meeting_types)
