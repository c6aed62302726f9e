"""Which records of the org the prospect of a new meeting is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.bookit.routing.routed import Routed
from app.org.reader import Ask, Result


@dataclass(frozen=True, slots=True)
class MatchedRecords:
    """The prospect's records in the org, by id."""

    lead: str | None = None
    contact: str | None = None
    account: str | None = None


def match_asks(routed: Routed | None, email: str) -> tuple[Ask, ...]:
    """What to look for: nothing, where the routing found the person already. A routing that found an account alone, or
    looked for nobody, leaves the person open."""
    known = _by_routing(routed)
    if known.lead is not None or known.contact is not None:
        return ()
    return Ask("routing/contacts_by_email", {"email": email}), Ask("routing/leads_by_email", {"email": email})


def matched_by(routed: Routed | None, found: Sequence[Result]) -> MatchedRecords:
    """What the routing found, else who has the e-mail address. found: the answers to `match_asks`."""
    known = _by_routing(routed)
    if not found:
        return known
    by_email = matched_in(*(each.rows for each in found))
    return replace(by_email, account=by_email.account or known.account)


def matched_in(contacts: Sequence[Mapping[str, Any]], leads: Sequence[Mapping[str, Any]]) -> MatchedRecords:
    """A contact before a lead; of several the one that was modified last, then by id (our own choice)."""

    def newest(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        return max(rows, key=lambda row: (row["LastModifiedDate"], row["Id"]), default=None)

    contact, lead = newest(contacts), newest(leads)
    if contact is not None:
        account = contact["Account"]
        return MatchedRecords(contact=contact["Id"], account=account["Id"] if account else None)
    return MatchedRecords(lead=lead["Id"] if lead is not None else None)


def _by_routing(routed: Routed | None) -> MatchedRecords:
    if routed is None or routed.matched is None:
        return MatchedRecords()
    matched = routed.matched
    return MatchedRecords(matched.get("lead"), matched.get("contact"), matched.get("account"))
