"""The janitor deletes what is past its time, once in ten minutes over all replicas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import anyio
import structlog
from sqlalchemy import ColumnElement, Delete, delete, exists, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute

from app import metrics
from app.clock import Clock
from app.store.database import Database
from app.store.leases import Leases
from app.store.secrets import new_id
from app.store.tables import (
    AccessTokenRow,
    AuditRow,
    AuthorizationRow,
    Base,
    ClientRow,
    CodeRow,
    CounterRow,
    LeaseRow,
    OneTimeCodeRow,
    PageLoginRow,
    PageSessionRow,
    RefreshTokenRow,
    SignInRow,
)

LEASE = "janitor"
LEASE_TTL = timedelta(minutes=10)
TURN = "janitor-turn"
INTERVAL = timedelta(minutes=10)
"""Whose turn it was keeps it for so long, also when its process ends: nobody else sweeps within it."""
BATCH_ROWS = 1_000
CODES_KEPT = timedelta(days=1)
"""A used code is kept for a day, so that its second use is still recognised and ends the family."""
ONE_TIME_CODES_KEPT = timedelta(days=1)
"""For support: whether a code was asked for, and used."""
UNUSED_CLIENTS_KEPT = timedelta(days=1)
"""A client that registered and never came to a sign-in."""
CLIENTS_KEPT = timedelta(days=90)
"""A registered client that nobody is signed in through and that was not used for this long."""
SIGN_INS_KEPT = timedelta(days=30)
"""An ended sign-in stays on the list for this long."""

log = structlog.stdlib.get_logger(__name__)


class Janitor:
    """Sweeps under a database lease. audit_kept: how long audit rows stay."""

    def __init__(self, database: Database, clock: Clock, *, audit_kept: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._audit_kept = audit_kept

    async def run(self) -> None:
        """Takes its turn every ten minutes until it is cancelled. A failed one is logged, and the next tries again."""
        while True:
            try:
                await self.take_turn()
            except (SQLAlchemyError, OSError) as error:
                log.error("janitor_failed", error=repr(error))
            await anyio.sleep(INTERVAL.total_seconds())

    async def take_turn(self) -> Mapping[str, int] | None:
        """Sweeps, unless any process has had its turn within the last ten minutes: None then."""
        if not await Leases(self._database, self._clock).acquire(TURN, new_id(), INTERVAL):
            return None
        return await self.sweep()

    async def sweep(self) -> Mapping[str, int] | None:
        """Deletes what is past its time; returns rows deleted by table, or None when another process is at it."""
        async with Leases(self._database, self._clock).holding(LEASE, LEASE_TTL) as held:
            if not held:
                return None
            deleted: dict[str, int] = {}
            for table, key, past in self._rules(self._clock()):
                rows = await self._delete(table, key, past)
                deleted[table.__tablename__] = rows
                metrics.note_deleted(table.__tablename__, rows)
        log.info("janitor_swept", deleted=deleted)
        return deleted

    def _rules(self, now: datetime) -> list[tuple[type[Base], InstrumentedAttribute[str], ColumnElement[bool]]]:
        """Table, its key, and which of its rows go. In this order: what refers to a row goes before it."""
        has_code = exists().where(CodeRow.family_id == SignInRow.family_id)
        has_access = exists().where(AccessTokenRow.family_id == SignInRow.family_id)
        has_refresh = exists().where(RefreshTokenRow.family_id == SignInRow.family_id)
        has_sign_in = exists().where(SignInRow.client_id == ClientRow.client_id)
        is_pending = exists().where(AuthorizationRow.client_id == ClientRow.client_id)
        unused = ~has_code & ~has_access & ~has_refresh
        return [
            (AuthorizationRow, AuthorizationRow.authorization_id, AuthorizationRow.expires_at <= now),
            (CodeRow, CodeRow.code_hash, CodeRow.expires_at <= now - CODES_KEPT),
            (AccessTokenRow, AccessTokenRow.token_hash, AccessTokenRow.expires_at <= now),
            (RefreshTokenRow, RefreshTokenRow.token_hash, RefreshTokenRow.expires_at <= now),
            (
                SignInRow,
                SignInRow.family_id,
                unused & or_(SignInRow.ended_at.is_(None), SignInRow.ended_at <= now - SIGN_INS_KEPT),
            ),
            (
                ClientRow,
                ClientRow.client_id,
                or_(
                    ClientRow.last_used_at <= now - CLIENTS_KEPT,
                    (ClientRow.last_used_at == ClientRow.created_at)
                    & (ClientRow.created_at <= now - UNUSED_CLIENTS_KEPT),
                )
                & ~has_sign_in
                & ~is_pending,
            ),
            (OneTimeCodeRow, OneTimeCodeRow.code_hash, OneTimeCodeRow.expires_at <= now - ONE_TIME_CODES_KEPT),
            (PageLoginRow, PageLoginRow.state_hash, PageLoginRow.expires_at <= now),
            (PageSessionRow, PageSessionRow.session_hash, PageSessionRow.expires_at <= now),
            (CounterRow, CounterRow.name, CounterRow.until <= now),
            (LeaseRow, LeaseRow.name, (LeaseRow.expires_at <= now) & (LeaseRow.name != LEASE)),
            (AuditRow, AuditRow.audit_id, AuditRow.at <= now - self._audit_kept),
        ]

    async def _delete(self, table: type[Base], key: InstrumentedAttribute[str], past: ColumnElement[bool]) -> int:
        """In batches, each its own transaction: a large sweep must not hold SQLite's only write lock for long."""
        total = 0
        while True:
            some = select(key).where(past).limit(BATCH_ROWS)
            statement: Delete[Any] = delete(table).where(key.in_(some))
            async with self._database.session() as session:
                rows = len((await session.execute(statement.returning(key))).all())
            total += rows
            if rows < BATCH_ROWS:
                return total
