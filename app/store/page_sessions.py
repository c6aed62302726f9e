"""Who is signed in to the integration page. A session lives for an hour, or until nothing was asked for 20 minutes.

The browser's cookie holds a random value, of which only the hash is kept. Every login makes a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import ColumnElement, delete, update

from app.clock import Clock
from app.store.database import Database
from app.store.secrets import hash_token, new_token
from app.store.tables import PageSessionRow

LIFETIME = timedelta(hours=1)
IDLE = timedelta(minutes=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAdmin:
    """The admin of a session, as he was when he logged in: 18-character Salesforce ids, timezone an IANA name,
    login_origin where he did."""

    org_id: str
    org_name: str
    user_id: str
    username: str
    name: str
    email: str
    timezone: str
    login_origin: str


@dataclass(frozen=True, slots=True)
class PageSession:
    """A living session. checked_at: when his rights were derived last."""

    session_hash: str
    admin: PageAdmin
    checked_at: datetime
    expires_at: datetime


class PageSessions:
    """The table of sessions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, admin: PageAdmin) -> SecretStr:
        """A new session, and the value for the browser's cookie. His rights were derived just now."""
        now, value = self._clock(), new_token()
        row = PageSessionRow(
            session_hash=hash_token(value),
            **{name: getattr(admin, name) for name in PageAdmin.__slots__},
            created_at=now,
            checked_at=now,
            last_used_at=now,
            expires_at=now + LIFETIME,
        )
        async with self._database.session() as session:
            session.add(row)
        return value

    async def use(self, value: str) -> PageSession | None:
        """The living session of that value, and notes that it was used now. None: unknown, ended or past its time."""
        now = self._clock()
        statement = (
            update(PageSessionRow)
            .where(
                PageSessionRow.session_hash == hash_token(value),
                PageSessionRow.expires_at > now,
                PageSessionRow.last_used_at > now - IDLE,
            )
            .values(last_used_at=now)
            .returning(PageSessionRow)
        )
        async with self._database.session() as session:
            row = (await session.execute(statement)).scalar()
        if row is None:
            return None
        admin = PageAdmin(**{name: getattr(row, name) for name in PageAdmin.__slots__})
        return PageSession(row.session_hash, admin, row.checked_at, row.expires_at)

    async def note_checked(self, org_id: str, user_id: str) -> None:
        """His rights were derived again, and he still has them: for all his sessions."""
        statement = update(PageSessionRow).where(*_of_user(org_id, user_id)).values(checked_at=self._clock())
        async with self._database.session() as session:
            await session.execute(statement)

    async def end(self, value: str) -> None:
        """Signs that browser out."""
        await self._end(PageSessionRow.session_hash == hash_token(value))

    async def end_user(self, org_id: str, user_id: str) -> None:
        """Ends all sessions of somebody who is an admin no more."""
        await self._end(*_of_user(org_id, user_id))

    async def _end(self, *conditions: ColumnElement[bool]) -> None:
        async with self._database.session() as session:
            await session.execute(delete(PageSessionRow).where(*conditions))


def _of_user(org_id: str, user_id: str) -> tuple[ColumnElement[bool], ...]:
    return PageSessionRow.org_id == org_id, PageSessionRow.user_id == user_id
