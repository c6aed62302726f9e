"""Authorization codes: 5 minutes, one use. A second use ends the whole family (RFC 6749 section 4.1.2).

The sign-in (the token family) is written together with the code, so that a code used twice at the same time has a
family to end, whichever of the two comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import select, update

from app.clock import Clock
from app.store.authorizations import AuthorizationRequest
from app.store.database import Database
from app.store.secrets import CODE_PREFIX, hash_token, new_id, new_token
from app.store.sign_ins import Method, end_families, stored_user
from app.store.tables import CodeRow, SignInRow

LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in: 18-character Salesforce ids, and the scope ("admin" or "user") that was derived for him.

    By one-time code it is nobody of Salesforce: user_id is None, and username the address that the code went to.
    """

    org_id: str
    user_id: str | None
    username: str
    scope: str
    method: Method = "salesforce_login"


@dataclass(frozen=True, slots=True)
class Code:
    """A code's record. used_at: when it was exchanged, None until then."""

    family_id: str
    client_id: str
    redirect_uri: str
    redirect_uri_explicit: bool
    code_challenge: str
    resource: str | None
    scopes: tuple[str, ...]
    org_id: str
    user_id: str | None
    expires_at: datetime
    used_at: datetime | None


class CodeReused(Exception):
    """The code was used before. Its family has been ended: whoever holds its tokens has lost them."""

    def __init__(self, family_id: str) -> None:
        super().__init__("an authorization code was used twice")
        self.family_id = family_id


class Codes:
    """The table of authorization codes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def issue(self, request: AuthorizationRequest, person: Person) -> SecretStr:
        """A new code for what the client asked and who signed in, and the sign-in it belongs to."""
        now = self._clock()
        code = new_token(CODE_PREFIX)
        sign_in = SignInRow(
            family_id=new_id(),
            org_id=person.org_id,
            user_id=stored_user(person.user_id),
            username=person.username,
            client_id=request.client_id,
            scope=person.scope,
            method=person.method,
            since=now,
            last_used_at=now,
        )
        row = CodeRow(
            code_hash=hash_token(code),
            family_id=sign_in.family_id,
            client_id=request.client_id,
            redirect_uri=request.redirect_uri,
            redirect_uri_explicit=request.redirect_uri_explicit,
            code_challenge=request.code_challenge,
            resource=request.resource,
            scopes=list(request.scopes),
            org_id=person.org_id,
            user_id=stored_user(person.user_id),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        async with self._database.session() as session:
            session.add(sign_in)
            await session.flush()
            session.add(row)
        return code

    async def find(self, code: str | SecretStr) -> Code | None:
        """The code's record, a used one too (exchange it: `take` then ends the family). None: unknown or too old."""
        statement = select(CodeRow).where(CodeRow.code_hash == hash_token(code), CodeRow.expires_at > self._clock())
        async with self._database.reading() as session:
            row = (await session.execute(statement)).scalar()
        return _code(row) if row is not None else None

    async def take(self, code: str | SecretStr) -> Code | None:
        """Uses the code. Of many at the same time exactly one gets it.

        None when it is unknown or past its time. Raises CodeReused when it was used before, even if it is past its
        time by now; the family has been ended then.
        """
        now = self._clock()
        code_hash = hash_token(code)
        statement = (
            update(CodeRow)
            .where(CodeRow.code_hash == code_hash, CodeRow.used_at.is_(None), CodeRow.expires_at > now)
            .values(used_at=now)
            .returning(CodeRow)
        )
        async with self._database.session() as session:
            row = (await session.execute(statement)).scalar()
            if row is not None:
                return _code(row)
            used = select(CodeRow.family_id).where(CodeRow.code_hash == code_hash, CodeRow.used_at.is_not(None))
            family_id = (await session.execute(used)).scalar()
            if family_id is None:
                return None
            await end_families(session, SignInRow.family_id == family_id, because="code_reused", now=now)
        raise CodeReused(family_id)


def _code(row: CodeRow) -> Code:
    return Code(
        family_id=row.family_id,
        client_id=row.client_id,
        redirect_uri=row.redirect_uri,
        redirect_uri_explicit=row.redirect_uri_explicit,
        code_challenge=row.code_challenge,
        resource=row.resource,
        scopes=tuple(row.scopes),
        org_id=row.org_id,
        user_id=row.user_id or None,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
