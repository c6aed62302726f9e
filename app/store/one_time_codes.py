"""One-time codes: 10 minutes, one use, bound to an org. Only the hash is kept.

A code is typed by a person or pasted for an agent: `K7QF-0V8X-M2RS-94GD-TWZ1`, in Crockford's base32, which has no
I, L, O and U. The first group is the org's and no secret: it says whose delay a wrong try counts against. The other
four have 80 random bits. What is looked up is the hash of the whole.

After a wrong try the next one for the same org is refused for 1, 2, 4, 8, 16, then 30 seconds, over all replicas. Tries
whose first group is that of no org with an open code share one delay, so guesses make no more rows than there are orgs.
The price: who knows an org's first group can hold its codes up for as long as he goes on guessing, by at most 30
seconds a guess and 5 guesses a sign-in. A right code that is tried meanwhile stays good, and people can still sign in
with Salesforce. Without the delay 80 bits would be safe all the same; with it nobody even has the tries.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import SecretStr
from sqlalchemy import ColumnElement, case, delete, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.store.columns import UtcDateTime
from app.store.database import Database
from app.store.secrets import hash_token
from app.store.tables import CounterRow, OneTimeCodeRow, OrgRow

LIFETIME: Final = timedelta(minutes=10)
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32."""
GROUP: Final = 4
RANDOM_GROUPS: Final = 4
LONGEST_TYPED: Final = 100
"""Characters of what was typed that are looked at."""

DELAYS: Final = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 16, 30))
"""After the first wrong try, the second, …; the last one after all later ones."""
WRONG_TRIES_REMEMBERED: Final = timedelta(minutes=10)
"""From the last one on."""

_SAME_TO_THE_EYE = str.maketrans("ILO", "110")
_BETWEEN_GROUPS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212]+")
"""Blanks and whatever mail programs and people write for a dash."""


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """What a code stood for. email: where it was sent; requested_by: the user id of the admin who asked for it."""

    org_id: str
    email: str
    requested_by: str


def new_code(org_id: str) -> SecretStr:
    """A new code for an org. It is good once it has been added."""
    groups = ["".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(RANDOM_GROUPS)]
    return SecretStr("-".join([org_group(org_id), *groups]))


def org_group(org_id: str) -> str:
    """The first group of all codes of an org: 20 bits of its id's sha256."""
    number = int.from_bytes(hashlib.sha256(org_id.encode()).digest()[:3])
    return "".join(ALPHABET[number >> shift & 31] for shift in (19, 14, 9, 4))


def canonical(typed: str) -> str:
    """What was typed, as it is hashed: capitals without dashes and blanks, look-alikes as what they were read from."""
    return _BETWEEN_GROUPS.sub("", typed[:LONGEST_TYPED]).upper().translate(_SAME_TO_THE_EYE)


class OneTimeCodes:
    """The table of one-time codes, and the delay after wrong tries (rows of the table of counters)."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, code: SecretStr, *, org_id: str, email: str, requested_by: str) -> datetime | None:
        """Makes a new code good from now on; returns when it expires. None: the org is not on, and there is no code.

        The org's row is locked: a code is there before the org is turned off, and void then, or it never is.
        """
        now = self._clock()
        row = OneTimeCodeRow(
            code_hash=_hash(code.get_secret_value()),
            org_id=org_id,
            email=email,
            requested_by=requested_by,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        is_on = select(OrgRow.org_id).where(OrgRow.org_id == org_id, OrgRow.disabled_at.is_(None)).with_for_update()
        async with self._database.session() as session:
            if (await session.execute(is_on)).scalar() is None:
                return None
            session.add(row)
        return now + LIFETIME

    async def take(self, typed: str) -> OneTimeCode | None:
        """Uses a code. Of many at the same time exactly one gets it.

        None for all else, after the same statements in the same order: wrong, used, past its time, of an org that is
        not enabled, or tried within the delay, which leaves a right one good.
        """
        text = canonical(typed)
        now = self._clock()
        async with self._database.session() as session:
            bucket = await self._bucket(session, text[:GROUP], now)
            # Counted before the look-up, and taken back after a good one: of many tries at once one alone is looked
            # at. The counter's row is locked until the end, so a good one never delays the next.
            counted = await self._count(session, bucket, now)
            statement = (
                update(OneTimeCodeRow)
                .where(
                    OneTimeCodeRow.code_hash == _hash(text),
                    OneTimeCodeRow.used_at.is_(None),
                    OneTimeCodeRow.expires_at > now,
                    literal(counted),
                    OneTimeCodeRow.org_id.in_(select(OrgRow.org_id).where(OrgRow.disabled_at.is_(None))),
                )
                .values(used_at=now)
                .returning(OneTimeCodeRow)
            )
            row = (await session.execute(statement)).scalar()
            if row is None:
                return None
            await session.execute(delete(CounterRow).where(CounterRow.name == bucket))
        return OneTimeCode(row.org_id, row.email, row.requested_by)

    async def _bucket(self, session: AsyncSession, group: str, now: datetime) -> str:
        """The counter of the org with an open code whose first group that is; else the one that all others share."""
        open_codes = (
            select(OneTimeCodeRow.org_id)
            .where(OneTimeCodeRow.used_at.is_(None), OneTimeCodeRow.expires_at > now)
            .distinct()
        )
        groups = {org_group(org_id) for org_id in (await session.execute(open_codes)).scalars()}
        return f"wrong-codes|{group if group in groups else 'unknown'}"

    async def _count(self, session: AsyncSession, bucket: str, now: datetime) -> bool:
        """Counts a try as a wrong one, and begins its delay. False, uncounted, while an earlier one's lasts.

        A row's `until` is when the last wrong try is forgotten, and so says when that was.
        """
        remembered = CounterRow.until > now
        statement = (
            self._database.insert(CounterRow)
            .values(name=bucket, count=1, until=now + WRONG_TRIES_REMEMBERED)
            .on_conflict_do_update(
                index_elements=[CounterRow.name],
                set_={
                    "count": case((remembered, CounterRow.count + 1), else_=1),
                    "until": now + WRONG_TRIES_REMEMBERED,
                },
                where=CounterRow.until <= _forgotten_at_latest(now),
            )
            .returning(CounterRow.name)
        )
        return (await session.execute(statement)).scalar() is not None


def _forgotten_at_latest(now: datetime) -> ColumnElement[datetime]:
    """The latest `until` of a counter whose delay is over, by its count."""
    ends = [literal(now + WRONG_TRIES_REMEMBERED - delay, UtcDateTime()) for delay in DELAYS]
    return case(*((CounterRow.count == count, end) for count, end in enumerate(ends, start=1)), else_=ends[-1])


def _hash(text: str) -> str:
    return hash_token(canonical(text))
