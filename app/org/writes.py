"""Writing to an org by logical names: no caller of this sees an API name, a URL or a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of the record that an earlier Create of the same transaction, of that name, will have."""

    name: str


Value = str | bool | int | float | datetime | date | Ref | None
"""What a field can be given. A datetime is aware, of any zone; None empties the field; a lookup takes an id or a
Ref."""


@dataclass(frozen=True, slots=True)
class Create:
    """A new record. values: by logical field names. name: what a Ref calls it, and under which its id comes back (a
    letter, then at most 39 letters, digits and underscores); a record without one can be one of many in a collection.
    """

    object: str
    values: Mapping[str, Value]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """A change to one record. unchanged_since: its LastModifiedDate as it was read; if somebody changed it after that
    second the transaction fails with RecordChanged. Salesforce compares whole seconds (REST API guide, conditional
    requests), so a change within the same second as that date is not seen."""

    object: str
    id: str
    values: Mapping[str, Value]
    unchanged_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """The end of one record."""

    object: str
    id: str


Write = Create | Update | Delete


class Writer(Protocol):
    """One transaction of an org, in one call to Salesforce, as the org connection."""

    async def write(self, *writes: Write) -> Mapping[str, str]:
        """Do all of it, in this order, or none: the ids (18 characters) of the Creates that have a name, by name.

        Raises (all in app.org.failures, and all of them OrgError):
        DuplicateKey: a unique key stands already; nothing was done.
        RecordChanged: an Update's record was changed since; nothing was done.
        OutcomeUnknown: the request left and no answer came that says how it ended; it may have been done or not.
        OrgError: anything else, and nothing was done. A row that somebody else holds, and a session that has ended, are
        tried again first.
        Raises WriteRefused, before anything leaves, for what the rules of app.org.write_rules do not allow, a value of
        the wrong type, a Ref that no earlier Create has, and more than one request can hold.
        """
        ...
