"""The living sign-ins of an org, as its admins see them: who, through which client, how, since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.store.database import Database
from app.store.tables import ClientRow, SignInRow


@dataclass(frozen=True, slots=True)
class ListedSignIn:
    """A sign-in. client_name: what the client calls itself, or None. method: salesforce_login or one_time_code."""

    family_id: str
    username: str
    client_name: str | None
    scope: str
    method: str
    since: datetime
    last_used_at: datetime


class SignInList:
    """Reads the list."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_org(self, org_id: str, *, skip: int, limit: int) -> tuple[Sequence[ListedSignIn], int]:
        """At most `limit` of them, the newest first, without the first `skip`; and how many there are."""
        living = (SignInRow.org_id == org_id, SignInRow.ended_at.is_(None))
        statement = (
            select(SignInRow, ClientRow.details)
            .outerjoin(ClientRow, ClientRow.client_id == SignInRow.client_id)
            .where(*living)
            .order_by(SignInRow.since.desc(), SignInRow.family_id)
            .offset(skip)
            .limit(limit)
        )
        async with self._database.reading() as session:
            total: int = (await session.execute(select(func.count()).where(*living))).scalar_one()
            rows = (await session.execute(statement)).all()
        listed = [
            ListedSignIn(
                family_id=row.family_id,
                username=row.username,
                client_name=(details or {}).get("client_name"),
                scope=row.scope,
                method=row.method,
                since=row.since,
                last_used_at=row.last_used_at,
            )
            for row, details in rows
        ]
        return listed, total
