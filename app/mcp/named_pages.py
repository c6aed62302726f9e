"""What a look-up by name is about: the one record that was named, else a page of all that the caller may name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.bookit.directory import Kind
from app.mcp.call import Call
from app.mcp.cursors import make_cursor, read_cursor


@dataclass(frozen=True, slots=True)
class NamedPage:
    """The ids to look up. one: the shown name of the record that was named; total counts the records of all pages."""

    ids: tuple[str, ...]
    one: str | None
    total: int
    next_cursor: str | None


async def named_page(
    call: Call, kind: Kind, one: str | None, arguments: Mapping[str, Any], *, cursor: str | None, limit: int
) -> NamedPage:
    """The record that `one` means, else the page at the cursor or the first, in the order of the shown names.

    arguments: those of the call but `cursor` and `limit`, as JSON holds them. A page goes on after the name and id with
    which the one before ended: what is added or removed elsewhere in the list shifts nothing. Costs no call to
    Salesforce when the names are warm. Raises BookItError, as Directory.find and read_cursor do; OrgError.
    """
    after = read_cursor(call, arguments, cursor) if cursor is not None else None
    if one is not None:
        named = await call.find(kind, one)
        return NamedPage((named.id,), named.shown, 1, None)
    every = sorted(await call.listed(kind), key=lambda each: _key(each.shown, each.id))
    rest = [each for each in every if after is None or _key(each.shown, each.id) > _key(after["name"], after["id"])]
    page = rest[:limit]
    next_cursor = None
    if len(rest) > limit:
        next_cursor = make_cursor(call, arguments, {"name": page[-1].shown, "id": page[-1].id})
    return NamedPage(tuple(each.id for each in page), None, len(every), next_cursor)


def _key(name: str, record_id: str) -> tuple[str, str, str]:
    return name.casefold(), name, record_id
