"""The tokens that MCP clients hold: access tokens (1 h) and rotating refresh tokens, both stored as hashes.

Every refresh rotates. Clients race with themselves, so an already rotated token gets a sibling within 30 seconds;
after that its use means theft, and ends the family (RFC 9700 section 4.14.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.store.database import Database
from app.store.secrets import ACCESS_PREFIX, REFRESH_PREFIX, hash_token, new_token
from app.store.sign_ins import end_families, stored_user
from app.store.tables import AccessTokenRow, RefreshTokenRow, SignInRow

ACCESS_LIFETIME = timedelta(hours=1)
REFRESH_LIFETIME = timedelta(days=30)
"""From the last rotation on: as long as Salesforce keeps an idle grant (30 days)."""
SIBLING_WINDOW = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What a token stands for. audience: the resource it may be used at. user_id: None by one-time code."""

    family_id: str
    client_id: str
    org_id: str
    user_id: str | None
    scopes: tuple[str, ...]
    audience: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """A new pair, seen once. expires_in: seconds of the access token."""

    access_token: SecretStr
    refresh_token: SecretStr
    expires_in: int
    record: TokenRecord


class FamilyEnded(Exception):
    """The sign-in was ended: no more tokens of it."""


class RefreshReused(FamilyEnded):
    """A rotated refresh token came back too late. Its family has been ended."""

    def __init__(self, family_id: str) -> None:
        super().__init__("a refresh token was used again after its rotation")
        self.family_id = family_id


class Tokens:
    """The tables of access and refresh tokens."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def issue(self, family_id: str, *, scopes: tuple[str, ...], audience: str | None) -> IssuedTokens:
        """The first pair of a sign-in (its code was just taken). Raises FamilyEnded."""
        async with self._database.session() as session:
            sign_in = await _lock_family(session, family_id)
            return self._write_pair(session, sign_in, scopes, audience)

    async def find_access(self, token: str | SecretStr) -> TokenRecord | None:
        """What an access token stands for, or None when it is unknown, revoked or past its time. One round trip."""
        values = {"token_hash": hash_token(token), "now": self._clock()}
        row = await self._database.look_up(_FIND_ACCESS, values)
        if row is None:
            return None
        family_id, client_id, org_id, user_id, scopes, audience, created, expires = row
        return TokenRecord(family_id, client_id, org_id, user_id or None, tuple(scopes), audience, created, expires)

    async def find_refresh(self, token: str | SecretStr) -> TokenRecord | None:
        """What a refresh token stands for, a rotated one too: `rotate` decides. None: unknown or past its time."""
        statement = select(RefreshTokenRow).where(
            RefreshTokenRow.token_hash == hash_token(token), RefreshTokenRow.expires_at > self._clock()
        )
        async with self._database.reading() as session:
            row = (await session.execute(statement)).scalar()
        return _record(row) if row is not None else None

    async def rotate(self, token: str | SecretStr, *, scopes: tuple[str, ...] | None = None) -> IssuedTokens | None:
        """Trades a refresh token for a new pair; scopes: fewer than it has, or None for the same.

        None when it is unknown or past its time. Raises RefreshReused when it was rotated more than 30 seconds ago,
        FamilyEnded when its sign-in was ended meanwhile.
        """
        token_hash = hash_token(token)
        async with self._database.session() as session:
            known = select(RefreshTokenRow.family_id).where(RefreshTokenRow.token_hash == token_hash)
            family_id = (await session.execute(known)).scalar()
            if family_id is None:
                return None
            sign_in = await _lock_family(session, family_id)
            row = (
                await session.execute(select(RefreshTokenRow).where(RefreshTokenRow.token_hash == token_hash))
            ).scalar()
            # The time is read under the lock: who waited for it is late by that wait.
            now = self._clock()
            if row is None or row.expires_at <= now:
                return None
            if row.rotated_at is None or now - row.rotated_at <= SIBLING_WINDOW:
                row.rotated_at = row.rotated_at or now
                sign_in.last_used_at = now
                return self._write_pair(session, sign_in, scopes or tuple(row.scopes), row.audience)
            await end_families(session, SignInRow.family_id == family_id, because="refresh_reused", now=now)
        raise RefreshReused(family_id)

    async def revoke_token(self, token: str | SecretStr, *, client_id: str) -> TokenRecord | None:
        """Ends the family of an access or refresh token of that client (RFC 7009). None: not a token of his."""
        token_hash = hash_token(token)
        async with self._database.session() as session:
            for table in (AccessTokenRow, RefreshTokenRow):
                statement = select(table).where(table.token_hash == token_hash, table.client_id == client_id)
                row = (await session.execute(statement)).scalar()
                if row is not None:
                    record = _record(row)
                    now = self._clock()
                    await end_families(session, SignInRow.family_id == record.family_id, because="revoked", now=now)
                    return record
        return None

    async def revoke_family(self, family_id: str, *, because: str) -> int:
        """Ends one sign-in; returns how many lived (0 or 1)."""
        return await self._revoke(SignInRow.family_id == family_id, because=because)

    async def revoke_user(self, org_id: str, user_id: str, *, because: str) -> int:
        """Ends every sign-in of a user; returns how many."""
        return await self._revoke(SignInRow.org_id == org_id, SignInRow.user_id == user_id, because=because)

    async def revoke_codes(self, org_id: str, *, because: str) -> int:
        """Ends every sign-in by one-time code of an org; returns how many."""
        return await self._revoke(SignInRow.org_id == org_id, SignInRow.method == "one_time_code", because=because)

    async def revoke_org(self, org_id: str, *, because: str) -> int:
        """Ends every sign-in of an org; returns how many."""
        return await self._revoke(SignInRow.org_id == org_id, because=because)

    async def _revoke(self, *conditions: ColumnElement[bool], because: str) -> int:
        async with self._database.session() as session:
            return await end_families(session, *conditions, because=because, now=self._clock())

    def _write_pair(
        self, session: AsyncSession, sign_in: SignInRow, scopes: tuple[str, ...], audience: str | None
    ) -> IssuedTokens:
        now = self._clock()
        access, refresh = new_token(ACCESS_PREFIX), new_token(REFRESH_PREFIX)
        record = TokenRecord(
            family_id=sign_in.family_id,
            client_id=sign_in.client_id,
            org_id=sign_in.org_id,
            user_id=sign_in.user_id or None,
            scopes=scopes,
            audience=audience,
            created_at=now,
            expires_at=now + ACCESS_LIFETIME,
        )
        for table, token, lifetime in (
            (AccessTokenRow, access, ACCESS_LIFETIME),
            (RefreshTokenRow, refresh, REFRESH_LIFETIME),
        ):
            session.add(
                table(
                    token_hash=hash_token(token),
                    family_id=record.family_id,
                    client_id=record.client_id,
                    org_id=record.org_id,
                    user_id=stored_user(record.user_id),
                    scopes=list(scopes),
                    audience=audience,
                    created_at=now,
                    expires_at=now + lifetime,
                )
            )
        return IssuedTokens(access, refresh, int(ACCESS_LIFETIME.total_seconds()), record)


# Every request runs it: it is made once, and the driver keeps it prepared.
_FIND_ACCESS = select(
    AccessTokenRow.family_id,
    AccessTokenRow.client_id,
    AccessTokenRow.org_id,
    AccessTokenRow.user_id,
    AccessTokenRow.scopes,
    AccessTokenRow.audience,
    AccessTokenRow.created_at,
    AccessTokenRow.expires_at,
).where(AccessTokenRow.token_hash == bindparam("token_hash"), AccessTokenRow.expires_at > bindparam("now"))


async def _lock_family(session: AsyncSession, family_id: str) -> SignInRow:
    """The sign-in's row, locked until the transaction ends. Raises FamilyEnded when it is ended or gone."""
    statement = select(SignInRow).where(SignInRow.family_id == family_id).with_for_update()
    row = (await session.execute(statement)).scalar()
    if row is None or row.ended_at is not None:
        raise FamilyEnded("the sign-in was ended")
    return row


def _record(row: AccessTokenRow | RefreshTokenRow) -> TokenRecord:
    return TokenRecord(
        family_id=row.family_id,
        client_id=row.client_id,
        org_id=row.org_id,
        user_id=row.user_id or None,
        scopes=tuple(row.scopes),
        audience=row.audience,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
