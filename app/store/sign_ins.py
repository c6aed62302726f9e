"""Who is signed in, through which client, in which scope, since when. One sign-in is one family of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.store.database import Database
from app.store.tables import AccessTokenRow, RefreshTokenRow, SignInRow

Method = Literal["salesforce_login", "one_time_code"]
"""How somebody signed in."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in. ended_at: when it was ended, with the reason; None while it lives. user_id: None by one-time code;
    username then is the address that the code went to."""

    family_id: str
    org_id: str
    user_id: str | None
    username: str
    client_id: str
    scope: str
    method: Method
    since: datetime
    last_used_at: datetime
    ended_at: datetime | None
    ended_because: str | None


class SignIns:
    """The table of sign-ins."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def find(self, family_id: str) -> SignIn | None:
        """The sign-in of that family, an ended one too, or None."""
        found = await self._where(SignInRow.family_id == family_id)
        return found[0] if found else None

    async def of_org(self, org_id: str) -> Sequence[SignIn]:
        """The living sign-ins of an org, the newest first."""
        return await self._where(SignInRow.org_id == org_id, SignInRow.ended_at.is_(None))

    async def of_user(self, org_id: str, user_id: str) -> Sequence[SignIn]:
        """The living sign-ins of a user, the newest first. None left: his grant at Salesforce is of no use to us."""
        return await self._where(SignInRow.org_id == org_id, SignInRow.user_id == user_id, SignInRow.ended_at.is_(None))

    async def note_scope(self, family_id: str, scope: str) -> None:
        """Notes the scope that was derived anew, and that the sign-in was used now."""
        async with self._database.session() as session:
            await session.execute(
                update(SignInRow)
                .where(SignInRow.family_id == family_id)
                .values(scope=scope, last_used_at=self._clock())
            )

    async def _where(self, *conditions: ColumnElement[bool]) -> Sequence[SignIn]:
        statement = select(SignInRow).where(*conditions).order_by(SignInRow.since.desc(), SignInRow.family_id)
        async with self._database.reading() as session:
            rows = (await session.execute(statement)).scalars().all()
        return [
            SignIn(
                family_id=row.family_id,
                org_id=row.org_id,
                user_id=row.user_id or None,
                username=row.username,
                client_id=row.client_id,
                scope=row.scope,
                method=cast("Method", row.method),
                since=row.since,
                last_used_at=row.last_used_at,
                ended_at=row.ended_at,
                ended_because=row.ended_because,
            )
            for row in rows
        ]


def stored_user(user_id: str | None) -> str:
    """A user id as a column holds it: empty for somebody who is no Salesforce user."""
    return user_id or ""


async def end_families(session: AsyncSession, *conditions: ColumnElement[bool], because: str, now: datetime) -> int:
    """Ends the living sign-ins that match and deletes their tokens, in that transaction. Returns how many.

    The sign-in's row is written first: who issues tokens locks it, so none are issued after they were deleted.
    """
    ended = (
        update(SignInRow)
        .where(SignInRow.ended_at.is_(None), *conditions)
        .values(ended_at=now, ended_because=because)
        .returning(SignInRow.family_id)
    )
    families = (await session.execute(ended)).scalars().all()
    if families:
        await session.execute(delete(AccessTokenRow).where(AccessTokenRow.family_id.in_(families)))
        await session.execute(delete(RefreshTokenRow).where(RefreshTokenRow.family_id.in_(families)))
    return len(families)
