"""Admins on their way from the integration page to Salesforce and back.

As with an authorize request, a browser is bound to its login by a random value in a cookie, of which only the hash is
kept: nobody finishes a login that another browser began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from pydantic import SecretStr
from sqlalchemy import delete

from app.clock import Clock
from app.store.authorizations import Upstream
from app.store.database import Database
from app.store.encryption import Keyring
from app.store.secrets import hash_token
from app.store.tables import PageLoginRow

LIFETIME = timedelta(minutes=10)
TABLE = PageLoginRow.__tablename__


class LoginPurpose(StrEnum):
    """What the login is for: to sign in to the page, or to become the org connection (an integration user's login, or
    the admin's own)."""

    SIGN_IN = "sign_in"
    CONNECTION = "connection"
    OWN_CONNECTION = "own_connection"


@dataclass(frozen=True, slots=True)
class ReturnedLogin:
    """A login that Salesforce answered, now gone from the table. session_hash: whose org it is to be bound to; None
    for a sign-in."""

    purpose: LoginPurpose
    session_hash: str | None
    login_origin: str
    code_verifier: SecretStr


class PageLogins:
    """The table of these logins. Each lives for 10 minutes and ends once."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock

    async def begin(
        self, browser: str, purpose: LoginPurpose, upstream: Upstream, *, session_hash: str | None = None
    ) -> None:
        """Notes our request to Salesforce for that browser; session_hash: of the session that asked for it."""
        now, state_hash = self._clock(), hash_token(upstream.state)
        row = PageLoginRow(
            state_hash=state_hash,
            browser_hash=hash_token(browser),
            purpose=purpose.value,
            session_hash=session_hash,
            login_origin=upstream.login_origin,
            sealed_verifier=self._keyring.seal(upstream.code_verifier, table=TABLE, row_id=state_hash),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        async with self._database.session() as session:
            session.add(row)

    async def take(self, state: str, browser: str) -> ReturnedLogin | None:
        """Ends the login that Salesforce answered, once: of many at the same time one gets it, the others None.

        None as well when the state is unknown or past its time, or belongs to another browser, for which it stays.
        """
        statement = (
            delete(PageLoginRow)
            .where(
                PageLoginRow.state_hash == hash_token(state),
                PageLoginRow.browser_hash == hash_token(browser),
                PageLoginRow.expires_at > self._clock(),
            )
            .returning(PageLoginRow)
        )
        async with self._database.session() as session:
            row = (await session.execute(statement)).scalar()
        if row is None:
            return None
        verifier = self._keyring.open(row.sealed_verifier, table=TABLE, row_id=row.state_hash)
        return ReturnedLogin(LoginPurpose(row.purpose), row.session_hash, row.login_origin, verifier)
