"""The MCP clients that we know: registered by themselves (RFC 7591), or read from their metadata document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from pydantic import SecretStr
from sqlalchemy import exists, func, select, update

from app.clock import Clock
from app.store.database import Database
from app.store.secrets import hash_token
from app.store.tables import ClientRow, SignInRow


@dataclass(frozen=True, slots=True)
class Client:
    """A client. details: its registration metadata as JSON, without the secret. secret_hash: None for a public one.
    fresh_until: when its metadata document must be read again; None for a client that registered itself."""

    client_id: str
    details: Mapping[str, Any]
    secret_hash: str | None
    fresh_until: datetime | None
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

    async def save(
        self,
        client_id: str,
        details: Mapping[str, Any],
        *,
        secret: SecretStr | None = None,
        fresh_until: datetime | None = None,
    ) -> Client:
        """Adds a client, or replaces the details of a known one, which is no use of it.

        Raises ValueError when the details hold a secret.
        """
        if details.get("client_secret") is not None:
            raise ValueError("a client's secret is handed over by itself, so that only its hash is stored")
        now = self._clock()
        secret_hash = hash_token(secret) if secret is not None else None
        values = {"details": dict(details), "secret_hash": secret_hash, "fresh_until": fresh_until}
        statement = (
            self._database.insert(ClientRow)
            .values(client_id=client_id, created_at=now, last_used_at=now, **values)
            .on_conflict_do_update(index_elements=[ClientRow.client_id], set_=values)
            .returning(ClientRow)
        )
        async with self._database.session() as session:
            return _client(
                (await session.execute(statement, execution_options={"populate_existing": True})).scalar_one()
            )

    async def find(self, client_id: str) -> Client | None:
        """The client of that id, or None."""
        async with self._database.reading() as session:
            row = (await session.execute(select(ClientRow).where(ClientRow.client_id == client_id))).scalar()
        return _client(row) if row is not None else None

    async def without_sign_in(self, since: datetime, *, most: int) -> int:
        """How many clients came since then through which nobody has signed in; it counts no further than `most`."""
        # last_used_at, never before created_at, has the index.
        some = (
            select(ClientRow.client_id)
            .where(
                ClientRow.last_used_at >= since,
                ClientRow.created_at >= since,
                ~exists().where(SignInRow.client_id == ClientRow.client_id),
            )
            .limit(most)
            .subquery()
        )
        async with self._database.reading() as session:
            return (await session.execute(select(func.count()).select_from(some))).scalar_one()

    async def touch(self, client_id: str) -> None:
        """Notes that the client was used now; the janitor removes those long unused."""
        async with self._database.session() as session:
            await session.execute(
                update(ClientRow).where(ClientRow.client_id == client_id).values(last_used_at=self._clock())
            )


def _client(row: ClientRow) -> Client:
    return Client(row.client_id, row.details, row.secret_hash, row.fresh_until, row.created_at, row.last_used_at)
