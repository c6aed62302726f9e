"""The MCP clients that we know: registered by themselves (RFC 7591), or read from their metadata document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select, update

from app.clock import Clock
from app.store.database import Database
from app.store.secrets import hash_token
from app.store.tables import ClientRow


@dataclass(frozen=True, slots=True)
class Client:
    """A client. details: its registration metadata as JSON, without the secret. secret_hash: None for a public one."""

    client_id: str
    details: Mapping[str, Any]
    secret_hash: str | None
    created_at: datetime
    last_used_at: datetime

    def accepts(self, secret: str | SecretStr | None) -> bool:
        """True when this is the client's secret. A public client has none, and None is right for it."""
        if self.secret_hash is None:
            return secret is None
        return secret is not None and compare_digest(hash_token(secret), self.secret_hash)


class Clients:
    """The table of clients."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def save(self, client_id: str, details: Mapping[str, Any], *, secret: SecretStr | None = None) -> Client:
        """Adds a client, or replaces the details of a known one. Raises ValueError when the details hold a secret."""
        if details.get("client_secret") is not None:
            raise ValueError("a client's secret is handed over by itself, so that only its hash is stored")
        now = self._clock()
        secret_hash = hash_token(secret) if secret is not None else None
        values = {"details": dict(details), "secret_hash": secret_hash, "last_used_at": now}
        statement = (
            self._database.insert(ClientRow)
            .values(client_id=client_id, created_at=now, **values)
            .on_conflict_do_update(index_elements=[ClientRow.client_id], set_=values)
            .returning(ClientRow.created_at)
        )
        async with self._database.session() as session:
            created_at: datetime = (await session.execute(statement)).scalar_one()
        return Client(client_id, dict(details), secret_hash, created_at, now)

    async def find(self, client_id: str) -> Client | None:
        """The client of that id, or None."""
        async with self._database.reading() as session:
            row = (await session.execute(select(ClientRow).where(ClientRow.client_id == client_id))).scalar()
        if row is None:
            return None
        return Client(row.client_id, row.details, row.secret_hash, row.created_at, row.last_used_at)

    async def touch(self, client_id: str) -> None:
        """Notes that the client was used now; the janitor removes those long unused."""
        async with self._database.session() as session:
            await session.execute(
                update(ClientRow).where(ClientRow.client_id == client_id).values(last_used_at=self._clock())
            )
