"""Whose time a preview is about: a person, a pool, the hosts of a link, or those of a meeting that is to be moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.bookit.errors import BookItError, Candidate, ErrorCode
from app.org.reader import Ask, Reader, Row

PER_PERSON: Final = frozenset({"Individual", "Multi-Type", "Single-Use", "Managed"})
"""Kinds of links that lead to one person: the main host, else the owner."""
GROUP: Final = "Group"
POOL: Final = "Pool"
USED: Final = frozenset({"Used", "Expired"})


@dataclass(frozen=True, slots=True)
class Target:
    """Exactly one of pool_id and user_ids says who. together: all of these people at once, the first one as the main
    host; else any one of them."""

    pool_id: str | None = None
    user_ids: tuple[str, ...] = ()
    together: bool = False


async def target_of_link(reader: Reader, link_id: str, meeting_type_id: str, now: datetime) -> Target:
    """Where a link leads. One call to Salesforce.

    A group link is its main host's and the whole team's time together (our own choice). Raises BookItError for a link
    that is not there, cannot be used now, has no hosts of its own or does not offer the meeting type; OrgError.
    """
    links, team = await reader.fetch_all(
        Ask("availability/link", {"link": link_id}), Ask("availability/link_team", {"link": link_id})
    )
    if not links.rows:
        raise BookItError(ErrorCode.NOT_FOUND, "There is no such link any more.", "get_scheduling_links lists them.")
    link = links.rows[0]
    _check_usable(link, now)
    _check_offers(link, meeting_type_id)
    kind = link["Kind"]
    if kind == POOL and link["Pool"]:
        return Target(pool_id=link["Pool"]["Id"])
    leads_to: Row | None = link["Main_Host"] or link["Owner"]
    host: str | None = leads_to["Id"] if leads_to is not None else None
    if kind == GROUP and host:
        people = (host, *(row["User"]["Id"] for row in team.rows))
        return Target(user_ids=tuple(dict.fromkeys(people)), together=True)
    if kind in PER_PERSON and host:
        return Target(user_ids=(host,))
    raise BookItError(
        ErrorCode.NOT_AVAILABLE,
        f"The link {link['Link_Id']} has no hosts of its own: who hosts is only known when somebody is routed.",
        "Preview a pool or a user instead.",
    )


def _check_usable(link: Row, now: datetime) -> None:
    why = None
    if not link["Is_Active"]:
        why = "is switched off"
    elif link["Expires"] is not None and link["Expires"] <= now:
        why = "has expired"
    elif link["Single_Use_Status"] in USED:
        why = "was for one use, and is used up"
    if why is not None:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            f"Nobody can book through the link {link['Link_Id']}: it {why}.",
            "Preview the user or pool behind it, or another link.",
        )


def _check_offers(link: Row, meeting_type_id: str) -> None:
    offered = {row["Meeting_Type"]["Id"]: row["Meeting_Type"]["Display_Name"] for row in link["Meeting_Types"]}
    if meeting_type_id not in offered:
        raise BookItError(
            ErrorCode.INVALID_ARGUMENT,
            f"The link {link['Link_Id']} does not offer this meeting type.",
            "Take one of the candidates as meeting_type, or preview a user or pool instead.",
            candidates=[Candidate(type_id, name) for type_id, name in offered.items()],
        )
