"""The records that a caller may name: people, pools, meeting types and the like, kept for a short while per caller."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from app.bookit.cached import Cached
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.naming import Named, find
from app.bookit.picklists import snake
from app.clock import Clock
from app.org.caller import Caller, Scope
from app.org.ids import is_record_id, record_id
from app.org.reader import Reader, Row
from soql.binding import contains

Kind = Literal["user", "pool", "meeting_type", "meeting_category", "team", "link"]

TTL_SECONDS: Final = 60.0
CAP: Final = 2000
"""Names that a list holds: one page of a query. In a larger org the list is searched in Salesforce instead."""

_Key = tuple[Kind, str, Scope, str | None]


@dataclass(frozen=True, slots=True)
class _Listing:
    statement: str
    noun: str
    named: Callable[[Row], Named]


def _user(row: Row) -> Named:
    keys = tuple(dict.fromkeys(key for key in (row["Email"], row["Username"]) if key))
    return Named(row["Id"], (row["Name"],), keys, f"{row['Email']}{'' if row['IsActive'] else ', inactive'}")


def _pool(row: Row) -> Named:
    return Named(row["Id"], (row["Grouping_Name"],))


def _meeting_type(row: Row) -> Named:
    inactive = "" if row["Is_Active"] else ", inactive"
    return Named(
        row["Id"],
        (row["Display_Name"] or row["Internal_Name"], row["Internal_Name"]),
        detail=f"internal name {row['Internal_Name']}{inactive}",
    )


def _by_name(row: Row) -> Named:
    return Named(row["Id"], (row["Name"],))


def _link(row: Row) -> Named:
    inactive = "" if row["Is_Active"] else ", inactive"
    return Named(row["Id"], (row["Link_Id"],), (row["URL"],), f"{snake(row['Kind'])} link{inactive}")


_LISTINGS: Final[dict[Kind, _Listing]] = {
    "user": _Listing("names/users", "person", _user),
    "pool": _Listing("names/pools", "pool", _pool),
    "meeting_type": _Listing("names/meeting_types", "meeting type", _meeting_type),
    "meeting_category": _Listing("names/meeting_categories", "meeting category", _by_name),
    "team": _Listing("names/teams", "team", _by_name),
    "link": _Listing("names/links", "link", _link),
}


class Directory:
    """Finds who or what a caller's word means. One for the process."""

    def __init__(self, clock: Clock) -> None:
        self._lists: Cached[_Key, tuple[Named, ...]] = Cached(clock, ttl=TTL_SECONDS, size=500)

    async def find(self, kind: Kind, text: str, *, caller: Caller, reader: Reader) -> Named:
        """The record that `text` means to this caller: `me` (a person), an id, an e-mail address, a name.

        Costs no call to Salesforce when the list is warm. Raises BookItError as naming.find does; OrgError.
        """
        if kind == "user" and text.strip().casefold() == "me":
            return me(caller)
        listing = _LISTINGS[kind]
        records = await self.listed(kind, caller=caller, reader=reader)
        if len(records) >= CAP:
            if is_record_id(text.strip()):
                wanted = record_id(text.strip())
                return next((record for record in records if record.id == wanted), Named(wanted, (wanted,)))
            result = await reader.fetch(listing.statement, {"limit": CAP, "text": contains(text.strip())})
            records = tuple(listing.named(row) for row in result.rows) or records
        return find(text, records, listing.noun)

    async def listed(self, kind: Kind, *, caller: Caller, reader: Reader) -> tuple[Named, ...]:
        """All records of a kind that the caller may name, in the order of the list, CAP at most. Raises OrgError."""
        listing = _LISTINGS[kind]

        async def fetch() -> tuple[Named, ...]:
            result = await reader.fetch(listing.statement, {"limit": CAP})
            return tuple(listing.named(row) for row in result.rows)

        # Keyed by the user as well, in every scope: what Salesforce shows depends on who asks.
        return await self._lists.get((kind, caller.org_id, caller.scope, caller.user_id), fetch)


def me(caller: Caller) -> Named:
    """The caller as a person. Raises BookItError for a caller by one-time code, who is no Salesforce user."""
    if caller.user_id is None:
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            "You signed in with a one-time code and are no Salesforce user, so nobody is meant by 'me'.",
            "Name the person by e-mail address, name or id.",
        )
    return Named(caller.user_id, (caller.name,), (caller.email, caller.username))
