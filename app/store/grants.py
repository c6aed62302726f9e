"""What Salesforce granted us: one access and refresh token per (org, user), shared by all of that user's MCP clients.

Salesforce ends the oldest grant when a user has more than five, and ends all of them when a rotated refresh token is
used again. So there is one row per user, a new refresh token is stored before it is used, and every write names the
version that it replaces: of two writers with the same stale row, one is refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import SecretStr
from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from app.clock import Clock
from app.store.database import Database
from app.store.encryption import Keyring
from app.store.tables import GrantRow, OrgRow, SignInRow

TABLE = GrantRow.__tablename__
MOST_UNUSED = 1_000


class Purpose(StrEnum):
    """What a grant is for. The org connection is its own grant, even when a person who signs in also bound it."""

    PERSON = "person"
    ORG_CONNECTION = "org_connection"


@dataclass(frozen=True, slots=True)
class GrantKey:
    """Which grant: 18-character Salesforce ids, and its purpose."""

    org_id: str
    user_id: str
    purpose: Purpose = Purpose.PERSON

    def row_id(self, column: str) -> str:
        """What a sealed token is bound to: this row and this column, so that the two tokens cannot trade places."""
        return f"{self.org_id}|{self.user_id}|{self.purpose}|{column}"


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant's tokens, opened. version: what `save` must name to replace it."""

    key: GrantKey
    access_token: SecretStr
    refresh_token: SecretStr
    instance_url: str
    login_origin: str
    version: int
    updated_at: datetime


class GrantChanged(Exception):
    """Somebody replaced or deleted the grant meanwhile: read it again."""


class Grants:
    """The table of Salesforce grants."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock

    async def find(self, key: GrantKey) -> Grant | None:
        """The grant, or None. Raises SealError when its row does not open with the keys that we have."""
        async with self._database.reading() as session:
            row = (await session.execute(select(GrantRow).where(_is(key)))).scalar()
        return self._open(row) if row is not None else None

    async def put(
        self,
        key: GrantKey,
        *,
        access_token: SecretStr,
        refresh_token: SecretStr,
        instance_url: str,
        login_origin: str,
    ) -> Grant:
        """Stores what a new sign-in brought, in place of an older grant of the same user.

        The first version is random, so that a writer who still knows a deleted grant's version cannot hit this one.
        """
        now = self._clock()
        values = {
            **self._sealed(key, access_token, refresh_token),
            "instance_url": instance_url,
            "login_origin": login_origin,
            "updated_at": now,
        }
        statement = (
            self._database.insert(GrantRow)
            .values(
                org_id=key.org_id,
                user_id=key.user_id,
                purpose=key.purpose.value,
                created_at=now,
                version=secrets.randbits(48),
                **values,
            )
            .on_conflict_do_update(
                index_elements=[GrantRow.org_id, GrantRow.user_id, GrantRow.purpose],
                set_={**values, "version": GrantRow.version + 1},
            )
            .returning(GrantRow.version)
        )
        async with self._database.session() as session:
            version: int = (await session.execute(statement)).scalar_one()
        return Grant(key, access_token, refresh_token, instance_url, login_origin, version, now)

    async def save(
        self, grant: Grant, *, access_token: SecretStr, refresh_token: SecretStr, instance_url: str | None = None
    ) -> Grant:
        """Replaces the tokens of exactly that version. Raises GrantChanged, and has written nothing then."""
        now = self._clock()
        place = instance_url or grant.instance_url
        statement = (
            update(GrantRow)
            .where(_is(grant.key), GrantRow.version == grant.version)
            .values(
                **self._sealed(grant.key, access_token, refresh_token),
                instance_url=place,
                version=grant.version + 1,
                updated_at=now,
            )
            .returning(GrantRow.version)
        )
        async with self._database.session() as session:
            version = (await session.execute(statement)).scalar()
        if version is None:
            raise GrantChanged("the grant was replaced or deleted meanwhile")
        return Grant(grant.key, access_token, refresh_token, place, grant.login_origin, version, now)

    async def delete(self, key: GrantKey, *, version: int | None = None) -> Grant | None:
        """Removes the grant (only that version, if one is named) and returns it, to be revoked at Salesforce too.

        None when there is none, or it is another version by now. One that does not open is removed all the same, and
        SealError raised then.
        """
        conditions = [_is(key)] if version is None else [_is(key), GrantRow.version == version]
        async with self._database.session() as session:
            row = (await session.execute(delete(GrantRow).where(*conditions).returning(GrantRow))).scalar()
        return self._open(row) if row is not None else None

    async def of_org(self, org_id: str) -> Sequence[GrantKey]:
        """Which grants an org has, without their tokens."""
        return await self._keys(GrantRow.org_id == org_id)

    async def unused(self, unchanged_since: datetime) -> Sequence[tuple[GrantKey, int]]:
        """Grants, with their versions, that nobody needs, of those not written since then: of an org that is not on,
        of a person without a living sign-in, of somebody who is the org connection no more. At most 1,000.
        """
        is_on = exists().where(OrgRow.org_id == GrantRow.org_id, OrgRow.disabled_at.is_(None))
        is_connection = exists().where(OrgRow.org_id == GrantRow.org_id, OrgRow.connection_user_id == GrantRow.user_id)
        is_signed_in = exists().where(
            SignInRow.org_id == GrantRow.org_id, SignInRow.user_id == GrantRow.user_id, SignInRow.ended_at.is_(None)
        )
        statement = (
            select(GrantRow.org_id, GrantRow.user_id, GrantRow.purpose, GrantRow.version)
            .where(
                GrantRow.updated_at <= unchanged_since,
                or_(
                    ~is_on,
                    (GrantRow.purpose == Purpose.PERSON.value) & ~is_signed_in,
                    (GrantRow.purpose == Purpose.ORG_CONNECTION.value) & ~is_connection,
                ),
            )
            .limit(MOST_UNUSED)
        )
        async with self._database.reading() as session:
            rows = (await session.execute(statement)).all()
        return [(GrantKey(org_id, user_id, Purpose(purpose)), version) for org_id, user_id, purpose, version in rows]

    async def reseal(self) -> int:
        """Seals every grant of an older key under the ring's first one; returns how many. Then the old key may go."""
        resealed = 0
        for key in await self._keys():
            async with self._database.session() as session:
                row = (await session.execute(select(GrantRow).where(_is(key)).with_for_update())).scalar()
                if row is None or not self._is_stale(row):
                    continue
                grant = self._open(row)
                for column, blob in self._sealed(key, grant.access_token, grant.refresh_token).items():
                    setattr(row, column, blob)
                resealed += 1
        return resealed

    async def _keys(self, *conditions: ColumnElement[bool]) -> Sequence[GrantKey]:
        statement = select(GrantRow.org_id, GrantRow.user_id, GrantRow.purpose).where(*conditions)
        async with self._database.reading() as session:
            rows = (await session.execute(statement)).all()
        return [GrantKey(org_id, user_id, Purpose(purpose)) for org_id, user_id, purpose in rows]

    def _is_stale(self, row: GrantRow) -> bool:
        return any(map(self._keyring.needs_resealing, (row.sealed_access_token, row.sealed_refresh_token)))

    def _sealed(self, key: GrantKey, access_token: SecretStr, refresh_token: SecretStr) -> dict[str, bytes]:
        return {
            f"sealed_{name}": self._keyring.seal(token, table=TABLE, row_id=key.row_id(name))
            for name, token in (("access_token", access_token), ("refresh_token", refresh_token))
        }

    def _open(self, row: GrantRow) -> Grant:
        key = GrantKey(row.org_id, row.user_id, Purpose(row.purpose))
        return Grant(
            key=key,
            access_token=self._keyring.open(row.sealed_access_token, table=TABLE, row_id=key.row_id("access_token")),
            refresh_token=self._keyring.open(row.sealed_refresh_token, table=TABLE, row_id=key.row_id("refresh_token")),
            instance_url=row.instance_url,
            login_origin=row.login_origin,
            version=row.version,
            updated_at=row.updated_at,
        )


def _is(key: GrantKey) -> ColumnElement[bool]:
    return and_(GrantRow.org_id == key.org_id, GrantRow.user_id == key.user_id, GrantRow.purpose == key.purpose.value)
