"""Members and rows, as tests of the actions' pure parts need them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from app.bookit.actions.pool_turns import PoolTurns
from app.scheduling.standings import Distribution, Standing

MODIFIED = datetime(2026, 11, 20, tzinfo=UTC)


def member(
    name: str,
    *,
    net: int = 0,
    credits: int = 0,
    unconsumed: int = 0,
    order: int | None = None,
    weight: int = 1,
    assigned: datetime | None = None,
) -> Standing:
    """Member m-<name> of user <name>."""
    return Standing(f"m-{name}", name, weight, net + credits, 0, credits, unconsumed, order, assigned)


def turns(*standings: Standing, distribution: Distribution = "count_based") -> PoolTurns:
    return PoolTurns("pool", None, date(2026, 11, 1), distribution, False, standings, {})


def record(record_id: str, *, modified: datetime = MODIFIED, account: str | None = None) -> dict[str, Any]:
    """A row of routing/contacts_by_email or leads_by_email."""
    return {"Id": record_id, "LastModifiedDate": modified, "Account": {"Id": account} if account else None}
