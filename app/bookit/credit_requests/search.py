"""Credit requests, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.bookit.credit_requests.records import CreditRequest, credit_request_from
from app.bookit.picklists import CreditStatus, credit_status_value
from app.org.reader import Ask, Reader
from soql.binding import BindValue


@dataclass(frozen=True, slots=True)
class CreditFilter:
    """Conditions that all hold; empty ones are left out. until: the last instant of a request's making that counts, so
    that what is asked for between two pages changes neither."""

    until: datetime
    statuses: tuple[CreditStatus, ...] = ()
    pool_id: str | None = None
    host_id: str | None = None

    def binds(self) -> Mapping[str, BindValue]:
        """The binds of credits/count. Absent ones are left out."""
        found: dict[str, BindValue | None] = {
            "made_until": self.until,
            "statuses": [credit_status_value(status) for status in self.statuses] or None,
            "pool": self.pool_id,
            "host": self.host_id,
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: when its last request was made, and the ids of all of that instant that were shown."""

    at: datetime
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreditPage:
    """total counts every request of the filter, on whatever page; next is None on the last page."""

    requests: tuple[CreditRequest, ...]
    total: int
    next: Position | None


async def search_credit_requests(
    reader: Reader, wanted: CreditFilter, *, limit: int, after: Position | None
) -> CreditPage:
    """One page, and the count of all, in one round trip. Raises OrgError."""
    binds = wanted.binds()
    page_binds = {**binds, "limit": limit + 1 + (len(after.seen) if after else 0)}
    if after is not None:
        page_binds["made_until"] = after.at
    page, count = await reader.fetch_all(Ask("credits/search", page_binds), Ask("credits/count", binds))
    seen = frozenset(after.seen if after else ())
    fresh = [credit_request_from(row) for row in page.rows if row["Id"] not in seen]
    shown = tuple(fresh[:limit])
    total: int = count.rows[0]["n"] if count.rows else 0
    return CreditPage(shown, total, _position(shown, after) if len(fresh) > limit else None)


def _position(shown: tuple[CreditRequest, ...], after: Position | None) -> Position:
    at = shown[-1].requested
    before = after.seen if after is not None and after.at == at else ()
    return Position(at, (*before, *(each.id for each in shown if each.requested == at)))
