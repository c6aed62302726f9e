"""People in the order of their names, a page at a time, each with the groups that were asked for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from app.bookit.name_order import Position, position_behind
from app.bookit.users.filters import UserFilter
from app.bookit.users.records import Group, HoursSet, User, hours_set_from, user_from
from app.org.reader import Ask, Reader, Result
from soql.binding import BindValue

MAX_LINKS: Final = 50
"""Links of one person that an answer holds; one more is read, to know that there are more."""
MAX_VACATIONS: Final = 50
"""The latest ones: past ones give way to those to come."""
MAX_CONNECTIONS: Final = 20
_BEYOND_SETTINGS: Final[frozenset[Group]] = frozenset({"schedule", "integrations", "links"})


@dataclass(frozen=True, slots=True)
class Page:
    """total counts everybody of the filter, on whatever page; next is None on the last page. default_hours: the org's
    set for whoever has none, if the schedule was asked for."""

    users: tuple[User, ...]
    total: int
    next: Position | None
    default_hours: HoursSet | None


async def search(
    reader: Reader, wanted: UserFilter, groups: Collection[Group], *, limit: int, after: Position | None = None
) -> Page:
    """One page, and the count of all, in one round trip. Raises OrgError."""
    detail = not _BEYOND_SETTINGS.isdisjoint(groups)
    binds = wanted.binds()
    seen = after.seen if after else ()
    further: Mapping[str, BindValue] = {"from_name": after.text} if after else {}
    page, count, *default = await reader.fetch_all(
        Ask(
            wanted.statement("lookup", detail=detail),
            {**binds, **further, **_limits(groups, detail=detail), "limit": limit + 1 + len(seen)},
        ),
        Ask(wanted.statement("count"), binds),
        *_default_hours(groups),
    )
    fresh = [user_from(row) for row in page.rows if row["Id"] not in seen]
    shown = tuple(fresh[:limit])
    position = position_behind([(user.name, user.id) for user in shown], after) if len(fresh) > limit else None
    return Page(shown, count.rows[0]["n"], position, _default(default))


async def own(reader: Reader, groups: Collection[Group]) -> Page:
    """The caller himself, in one round trip. Raises OrgError."""
    detail = not _BEYOND_SETTINGS.isdisjoint(groups)
    found, *default = await reader.fetch_all(
        Ask("users/own_detail" if detail else "users/own", _limits(groups, detail=detail)), *_default_hours(groups)
    )
    users = tuple(user_from(row) for row in found.rows)
    return Page(users, len(users), None, _default(default))


def _limits(groups: Collection[Group], *, detail: bool) -> Mapping[str, BindValue]:
    """How many child rows to read of each person: SOQL has no 0, so one of what was not asked for."""
    if not detail:
        return {}
    return {
        "vacations": MAX_VACATIONS if "schedule" in groups else 1,
        "connections": MAX_CONNECTIONS if "integrations" in groups else 1,
        "links": MAX_LINKS + 1 if "links" in groups else 1,
    }


def _default_hours(groups: Collection[Group]) -> list[Ask]:
    return [Ask("users/default_hours")] if "schedule" in groups else []


def _default(results: list[Result]) -> HoursSet | None:
    return hours_set_from(results[0].rows[0]) if results and results[0].rows else None
