"""Reading from an org by the names of statements: no caller of this sees SOQL, an API name or a token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from soql.binding import BindValue

Row = Mapping[str, Any]
"""A record by logical names, nested as the statement reads it: `row["Start"]` is an aware datetime (UTC),
`row["Main_Host"]["Name"]` text, `row["Main_Host"]` None when the lookup is empty, `row["Attendees"]` a tuple of rows.
Aggregates stand under their alias, groups under their path (`row["Main_Host"]["Id"]`)."""

MAX_ASKS = 5
"""Salesforce takes at most five queries in one composite request (REST API guide, Composite)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One statement to run: its name (`meetings/search`), its binds without `me`, its variant.

    descending: only where the file says `-- also: descending`. group_by: names of its `-- group by:` line, in order.
    """

    name: str
    binds: Mapping[str, BindValue] = field(default_factory=dict[str, BindValue])
    descending: bool = False
    group_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """All rows of one statement, every page of it. `total` is Salesforce's totalSize (of `COUNT()`, the count)."""

    rows: tuple[Row, ...]
    total: int


class Reader(Protocol):
    """What one caller may read. Errors: OrgError, and StatementRefused for an ask that no statement allows."""

    async def fetch(
        self,
        name: str,
        binds: Mapping[str, BindValue] | None = None,
        *,
        descending: bool = False,
        group_by: tuple[str, ...] = (),
    ) -> Result:
        """Run one statement: one call to Salesforce for each 2,000 rows."""
        ...

    async def fetch_all(self, *asks: Ask) -> list[Result]:
        """Run up to five statements in one call (further pages of a long one cost more), answers in the same order."""
        ...
