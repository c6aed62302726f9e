"""The Salesforce orgs that an admin turned on, their org connection, and what their last check said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from app.clock import Clock
from app.store.database import Database
from app.store.tables import OneTimeCodeRow, OrgRow


@dataclass(frozen=True, slots=True)
class Check:
    """How a check of an org went, as JSON. what_is_off: name of a tool or ability → why, in words for an admin."""

    result: Mapping[str, Any]
    bookit_version: str | None
    what_is_off: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Org:
    """An org. connection_user_id, connection_username: whose grant the org connection is; None until one is bound.
    connection_lost_at: when it was found dead; None while it works. admin_email: who is told then. usage_shown: whether
    its admins see counts of its calls."""

    org_id: str
    name: str
    instance_url: str
    enabled_at: datetime
    disabled_at: datetime | None
    connection_user_id: str | None
    connection_username: str | None
    connection_lost_at: datetime | None
    usage_shown: bool
    admin_email: str | None
    checked_at: datetime | None
    check_result: Mapping[str, Any] | None
    bookit_version: str | None
    what_is_off: Mapping[str, str]

    @property
    def is_enabled(self) -> bool:
        """True while the org is turned on."""
        return self.disabled_at is None


class Orgs:
    """The table of orgs."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def enable(
        self,
        org_id: str,
        *,
        name: str,
        instance_url: str,
        connection_user_id: str,
        check: Check,
        connection_username: str | None = None,
        admin_email: str | None = None,
    ) -> Org:
        """Turns the org on, for the first time or again, with the connection and the check that allowed it."""
        now = self._clock()
        values = {
            "name": name,
            "instance_url": instance_url,
            "enabled_at": now,
            "disabled_at": None,
            "connection_user_id": connection_user_id,
            "connection_username": connection_username,
            "connection_lost_at": None,
            "admin_email": admin_email,
            **_of_check(check, now),
        }
        statement = (
            self._database.insert(OrgRow)
            .values(org_id=org_id, **values)
            .on_conflict_do_update(index_elements=[OrgRow.org_id], set_=values)
            .returning(OrgRow)
        )
        async with self._database.session() as session:
            row = (await session.execute(statement)).scalar_one()
        return _org(row)

    async def disable(self, org_id: str) -> bool:
        """Turns the org off, and makes its open one-time codes void; its sign-ins are ended apart (Tokens.revoke_org).
        False when it was not on."""
        statement = (
            update(OrgRow)
            .where(OrgRow.org_id == org_id, OrgRow.disabled_at.is_(None))
            .values(disabled_at=self._clock())
            .returning(OrgRow.org_id)
        )
        open_codes = delete(OneTimeCodeRow).where(OneTimeCodeRow.org_id == org_id, OneTimeCodeRow.used_at.is_(None))
        async with self._database.session() as session:
            was_on = (await session.execute(statement)).scalar() is not None
            await session.execute(open_codes)
        return was_on

    async def note_check(self, org_id: str, check: Check) -> bool:
        """Stores how a later check went. False when the org is unknown."""
        statement = (
            update(OrgRow)
            .where(OrgRow.org_id == org_id)
            .values(**_of_check(check, self._clock()))
            .returning(OrgRow.org_id)
        )
        async with self._database.session() as session:
            return (await session.execute(statement)).scalar() is not None

    async def show_usage(self, org_id: str, *, shown: bool) -> None:
        """Whether the org's admins see counts of its calls on the integration page."""
        async with self._database.session() as session:
            await session.execute(update(OrgRow).where(OrgRow.org_id == org_id).values(usage_shown=shown))

    async def note_connection_lost(self, org_id: str) -> Org | None:
        """Notes that the org connection is dead. Of all who find it so at the same time one gets the org, to tell the
        admins of it; None for the others, and for an org that is not on."""
        statement = (
            update(OrgRow)
            .where(OrgRow.org_id == org_id, OrgRow.connection_lost_at.is_(None), OrgRow.disabled_at.is_(None))
            .values(connection_lost_at=self._clock())
            .returning(OrgRow)
        )
        async with self._database.session() as session:
            row = (await session.execute(statement)).scalar()
        return _org(row) if row is not None else None

    async def note_connection_works(self, org_id: str) -> bool:
        """Notes that the org connection works. True when it was dead before."""
        statement = (
            update(OrgRow)
            .where(OrgRow.org_id == org_id, OrgRow.connection_lost_at.is_not(None))
            .values(connection_lost_at=None)
            .returning(OrgRow.org_id)
        )
        async with self._database.session() as session:
            return (await session.execute(statement)).scalar() is not None

    async def find(self, org_id: str) -> Org | None:
        """The org, a disabled one too, or None."""
        found = await self._where(OrgRow.org_id == org_id)
        return found[0] if found else None

    async def enabled(self) -> Sequence[Org]:
        """The orgs that are on, by id."""
        return await self._where(OrgRow.disabled_at.is_(None))

    async def _where(self, *conditions: ColumnElement[bool]) -> Sequence[Org]:
        async with self._database.reading() as session:
            rows = (await session.execute(select(OrgRow).where(*conditions).order_by(OrgRow.org_id))).scalars().all()
        return [_org(row) for row in rows]


def _org(row: OrgRow) -> Org:
    return Org(**{name: getattr(row, name) for name in Org.__slots__})


def _of_check(check: Check, now: datetime) -> dict[str, Any]:
    return {
        "checked_at": now,
        "check_result": dict(check.result),
        "bookit_version": check.bookit_version,
        "what_is_off": dict(check.what_is_off),
    }
