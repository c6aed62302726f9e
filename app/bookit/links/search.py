"""Booking links in the order of their link ids, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app.bookit.links.records import Link, link_from
from app.bookit.name_order import Position, position_behind
from app.bookit.picklists import LinkKind, link_kind_value
from app.org.caller import Scope
from app.org.reader import Ask, Reader
from soql.binding import BindValue

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""No link expired before it."""


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Conditions that all hold. Ids are resolved already; None and () leave a condition out.

    now: links that have expired by then, and inactive ones, are left out unless include_inactive. user_id: owner or
    main host. team_members: whose links are the team's too (our own choice: the links of a team are its people's).
    """

    now: datetime
    include_inactive: bool = False
    link_id: str | None = None
    salesforce_id: str | None = None
    kinds: tuple[LinkKind, ...] = ()
    meeting_type_id: str | None = None
    user_id: str | None = None
    team_id: str | None = None
    team_members: tuple[str, ...] = ()
    pool_id: str | None = None

    def binds(self) -> Mapping[str, BindValue]:
        """The binds of links/*.soql. Absent ones are left out."""
        found: dict[str, BindValue | None] = {
            "id": self.salesforce_id,
            "link_id": self.link_id,
            "kinds": [link_kind_value(kind) for kind in self.kinds] or None,
            "active": None if self.include_inactive else True,
            "expires_after": _LONG_AGO if self.include_inactive else self.now,
            "meeting_type": self.meeting_type_id,
            "user": self.user_id,
            "team": self.team_id,
            "team_members": self.team_members or None,
            "pool": self.pool_id,
        }
        return {key: value for key, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Page:
    """total counts every link of the filter, on whatever page; next is None on the last page."""

    links: tuple[Link, ...]
    total: int
    next: Position | None


async def search(
    reader: Reader, scope: Scope, wanted: LinkFilter, *, limit: int, after: Position | None = None
) -> Page:
    """One page of the links, and the count of all, in one round trip. Raises OrgError."""
    own = "" if scope is Scope.ADMIN else "_own"
    binds = wanted.binds()
    seen = after.seen if after else ()
    further: Mapping[str, BindValue] = {"from_link_id": after.text} if after else {}
    page, count = await reader.fetch_all(
        Ask(f"links/search{own}", {**binds, **further, "limit": limit + 1 + len(seen)}), Ask(f"links/count{own}", binds)
    )
    fresh = [link_from(row) for row in page.rows if row["Id"] not in seen]
    shown = tuple(fresh[:limit])
    position = position_behind([(link.link_id, link.id) for link in shown], after) if len(fresh) > limit else None
    return Page(shown, count.rows[0]["n"], position)
