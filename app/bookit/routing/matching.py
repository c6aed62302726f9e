"""Whom of the org a prospect matches: leads, contacts and accounts by e-mail address, accounts by its domain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.bookit.routing.graph import By, Graph, Match, Record, TieBreaker, Trigger, Value
from app.org.reader import Ask, Reader, Row

Way = tuple[Record, By]
"""What is looked for, and by what."""

FREE_MAIL: Final = frozenset(
    {
        "163.com",
        "aol.com",
        "fastmail.com",
        "gmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mac.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "web.de",
        "yahoo.co.uk",
        "yahoo.com",
        "yandex.com",
        "ymail.com",
    }
)
"""Domains where anybody has an address, so that they tell nothing about a company. Our own choice, and a short one."""

_STATEMENTS: Final[Mapping[Way, str]] = {
    ("lead", "email"): "routing/leads_by_email",
    ("contact", "email"): "routing/contacts_by_email",
    ("account", "email"): "routing/contacts_by_email",
    ("account", "domain"): "routing/accounts_by_website",
}
_USER_PREFIX: Final = "005"
"""Ids of users begin with it (Salesforce, Standard Field Record ID Prefixes); a lead may belong to a queue instead."""


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record that matches. fields: those of RECORD_FIELDS. active_owner: the id of the user who owns it; None where
    that one has left, or a queue owns it."""

    id: str
    fields: Mapping[str, Value]
    created: datetime
    modified: datetime
    active_owner: str | None


Found = Mapping[Way, Sequence[KnownRecord]]
"""All that matches, in no order that means anything."""


def ways_from(graph: Graph, trigger: Trigger) -> frozenset[Way]:
    """What the match nodes that a trigger node's flow may meet look for."""
    nodes = (graph.nodes[name] for name in graph.reached_from(trigger.name))
    return frozenset((node.record, node.by) for node in nodes if isinstance(node, Match))


async def read_matches(reader: Reader, ways: Collection[Way], email: str) -> Found:
    """One call to Salesforce, none where nothing is looked for. reader: the org connection's. Raises OrgError."""
    domain = email.rpartition("@")[2].casefold()
    binds: dict[str, Ask] = {}
    for way in sorted(ways):
        name = _STATEMENTS[way]
        if way[1] == "email":
            binds[name] = Ask(name, {"email": email})
        elif domain not in FREE_MAIL:
            binds[name] = Ask(name, {"websites": websites_of(domain)})
    results = await reader.fetch_all(*binds.values()) if binds else []
    rows = {name: result.rows for name, result in zip(binds, results, strict=True)}
    return {way: _known(way, rows.get(_STATEMENTS[way], ())) for way in ways}


def websites_of(domain: str) -> list[str]:
    """How an account's Website may say a domain: bare or as an address, with www or without. A list to be equal to, no
    pattern: an index can serve it, and acme.com never matches notacme.com."""
    hosts = (domain, f"www.{domain}")
    return [f"{start}{host}{end}" for start in ("", "http://", "https://") for host in hosts for end in ("", "/")]


def chosen(found: Sequence[KnownRecord], tie_breaker: TieBreaker) -> KnownRecord | None:
    """The first one by the tie-breaker. owner_active_first: of those alike, the most recently modified; last by id."""
    if not found:
        return None
    by_id = sorted(found, key=lambda record: record.id)
    match tie_breaker:
        case "oldest":
            return min(by_id, key=lambda record: record.created)
        case "most_recently_modified":
            return max(by_id, key=lambda record: record.modified)  # the first of several, so the least id
        case "owner_active_first":
            return max(by_id, key=lambda record: (record.active_owner is not None, record.modified))


def _known(way: Way, rows: Sequence[Row]) -> tuple[KnownRecord, ...]:
    record, by = way
    if record == "account" and by == "email":
        # Several contacts with one address may be of one account.
        accounts = {row["Account"]["Id"]: row["Account"] for row in rows if row["Account"] is not None}
        rows = tuple(accounts.values())
    return tuple(_record(record, row) for row in rows)


def _record(record: Record, row: Row) -> KnownRecord:
    owned: Row | None = row["Owner"]
    owner: str | None = owned["Id"] if owned is not None else None
    active = owned is not None and owned["Id"].startswith(_USER_PREFIX) and bool(owned["IsActive"])
    own: dict[str, Value] = {"id": row["Id"], "owner": owner, "owner_is_active": active}
    match record:
        case "lead":
            own |= {"email": row["Email"], "company": row["Company"]}
        case "contact":
            own |= {"email": row["Email"], "account": row["Account"]["Id"] if row["Account"] is not None else None}
        case "account":
            own |= {"name": row["Name"], "website": row["Website"]}
    return KnownRecord(
        id=row["Id"],
        fields={name: None if value == "" else value for name, value in own.items()},
        created=row["CreatedDate"],
        modified=row["LastModifiedDate"],
        active_owner=owner if active else None,
    )
