"""Calls in the audit, as an org that uses BookIt MCP has them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert

from app.store.audit import digest_arguments
from app.store.database import Database
from app.store.secrets import new_id
from app.store.tables import AuditRow


def call(org_id: str, at: datetime, tool: str, outcome: str) -> dict[str, object]:
    """A row of the audit."""
    return {
        "audit_id": new_id(),
        "request_id": new_id(),
        "org_id": org_id,
        "user_id": "005000000000001AAA",
        "actor": "rep@demo.example",
        "client_id": "client",
        "scope": "user",
        "tool": tool,
        "arguments_digest": digest_arguments({}),
        "outcome": outcome,
        "at": at,
    }


async def plant(database: Database, *rows: dict[str, object]) -> None:
    """Writes them."""
    async with database.session() as session:
        await session.execute(insert(AuditRow), list(rows))


async def plant_calls(database: Database, org_id: str, now: datetime) -> None:
    """A month of calls: more on some days than on others, most of them well, some not."""
    outcomes = ("ok", "ok", "ok", "previewed", "ok", "not_found", "slot_taken", "ok")
    tools = ("query_meetings", "preview_availability", "query_meetings", "cancel_meeting", "whoami", "lookup_user")
    rows = [
        call(org_id, now - timedelta(days=day, minutes=number), tools[number % 6], outcomes[(number + day) % 8])
        for day in range(30)
        for number in range((day * 7) % 23)
    ]
    await plant(database, *rows)
